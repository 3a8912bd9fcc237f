import { IntlMessageFormat } from 'intl-messageformat';
import { LOCALES, MESSAGES, type LocaleName, type MessageArguments, type MessageKey } from './messages.ts';

export { LOCALES, type LocaleName };

/** Each language in its own words, for people who cannot read the one that is set. */
export const LOCALE_LABELS: Readonly<Record<LocaleName, string>> = { en: 'English', 'zh-CN': '简体中文' };

const STORAGE_KEY = 'ringline.locale';

export function isLocaleName(value: unknown): value is LocaleName {
  return LOCALES.some((name) => name === value);
}

/** The first language of the browser's that we speak; English without one. */
export function chooseLocale(stored: string | null, languages: readonly string[]): LocaleName {
  if (isLocaleName(stored)) return stored;
  for (const language of languages) {
    if (language.toLowerCase().startsWith('zh')) return 'zh-CN';
    if (language.toLowerCase().startsWith('en')) return 'en';
  }
  return 'en';
}

/** The language of the screen: everything that is read through it changes at once when it is switched. */
class Locale {
  #name = $state<LocaleName>('en');
  readonly #compiled = new Map<string, IntlMessageFormat>();

  get name(): LocaleName {
    return this.#name;
  }

  use(name: LocaleName): void {
    this.#name = name;
    document.documentElement.lang = name;
  }

  /** As {@link use}, and remembered by this browser. */
  choose(name: LocaleName): void {
    this.use(name);
    localStorage.setItem(STORAGE_KEY, name);
  }

  restore(): void {
    this.use(chooseLocale(localStorage.getItem(STORAGE_KEY), navigator.languages));
  }

  /** Whether this browser has a choice of its own that goes before that of the person's account. */
  get isChosenHere(): boolean {
    return isLocaleName(localStorage.getItem(STORAGE_KEY));
  }

  text<K extends MessageKey>(key: K, ...[values]: MessageArguments<K>): string {
    const cacheKey = `${this.#name} ${key}`;
    let format = this.#compiled.get(cacheKey);
    if (!format) {
      format = new IntlMessageFormat(MESSAGES[this.#name][key], this.#name, undefined, { ignoreTag: true });
      this.#compiled.set(cacheKey, format);
    }
    return String(format.format(values));
  }
}

export const locale = new Locale();

/** Text of the screen in the language that is set. */
export const t: Locale['text'] = (key, ...values) => locale.text(key, ...values);
