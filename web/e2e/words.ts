import { IntlMessageFormat } from 'intl-messageformat';
import { MESSAGES, type LocaleName, type MessageArguments, type MessageKey } from '../src/i18n/messages.ts';

/** In place of a value that a test cannot know: a moment, say. For {@link saying}. */
export const ANYTHING = '\uE000';

export type Say = <K extends MessageKey>(key: K, ...values: MessageArguments<K>) => string;

/** The product's own words in a language, so that one journey is taken in each of them. */
export const wordsOf =
  (language: LocaleName): Say =>
  (key, ...[values]) =>
    String(
      new IntlMessageFormat(MESSAGES[language][key], language, undefined, { ignoreTag: true }).format(values),
    );

/** The whole of a text with {@link ANYTHING} in it. */
export const saying = (text: string): RegExp =>
  new RegExp(`^${text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(ANYTHING, '.+')}$`);
