/** A piece of a line. A place for a field carries its name; `text` is null where the lead has no such value. */
export interface ScriptSpan {
  readonly text: string | null;
  readonly isStrong: boolean;
  readonly field: string | null;
}

export type ScriptLine = readonly ScriptSpan[];

/** What an agent reads: plain data, no HTML, so that nothing in a lead or a script can become markup. */
export type ScriptBlock =
  | { readonly kind: 'heading'; readonly line: ScriptLine }
  | { readonly kind: 'paragraph'; readonly lines: readonly ScriptLine[] }
  | { readonly kind: 'list'; readonly lines: readonly ScriptLine[] };

/** What fills the places of a script. */
export interface ScriptLead {
  readonly firstName: string;
  readonly lastName: string;
  readonly externalId?: string | null;
  /** The organization's own fields. */
  readonly fields: Readonly<Record<string, string>>;
  readonly agentName?: string;
}

/** Names of places that every script knows; any other names a field of the organization's own. */
export const SCRIPT_FIELDS = ['first_name', 'last_name', 'external_id', 'agent_name'] as const;

/**
 * Reads a script: `# ` begins a heading, `- ` an item of a list, an empty line a new paragraph; `**words**` are strong and
 * `{{name}}` is a place for a field. Everything else is text.
 */
export function renderScript(script: string, lead: ScriptLead): readonly ScriptBlock[] {
  const values = valuesOf(lead);
  const blocks: ScriptBlock[] = [];
  let isOpen = false;
  for (const raw of script.split(/\r?\n/)) {
    const { kind, text } = lineOf(raw);
    const last = blocks.at(-1);
    if (kind === 'empty') isOpen = false;
    else if (kind === 'heading') blocks.push({ kind, line: spansOf(text, values) });
    else if (isOpen && last?.kind === kind)
      blocks[blocks.length - 1] = { kind, lines: [...last.lines, spansOf(text, values)] };
    else blocks.push({ kind, lines: [spansOf(text, values)] });
    isOpen = kind === 'paragraph' || kind === 'list';
  }
  return blocks;
}

/** Names of the fields that a script asks for, each once, in order. */
export function scriptFields(script: string): readonly string[] {
  return [...new Set([...script.matchAll(PLACE)].map((match) => match[1] ?? ''))];
}

const PLACE = /\{\{\s*([^{}]+?)\s*\}\}/g;

function lineOf(raw: string): {
  readonly kind: 'heading' | 'list' | 'paragraph' | 'empty';
  readonly text: string;
} {
  const line = raw.trim();
  if (line === '') return { kind: 'empty', text: '' };
  const heading = /^#{1,3}\s+(.*)$/.exec(line);
  if (heading) return { kind: 'heading', text: heading[1] ?? '' };
  const item = /^[-*•]\s+(.*)$/.exec(line);
  if (item) return { kind: 'list', text: item[1] ?? '' };
  return { kind: 'paragraph', text: line };
}

type Values = ReadonlyMap<string, string>;

function valuesOf({ firstName, lastName, externalId, fields, agentName }: ScriptLead): Values {
  return new Map([
    ...Object.entries(fields),
    ['first_name', firstName],
    ['last_name', lastName],
    ['external_id', externalId ?? ''],
    ['agent_name', agentName ?? ''],
  ]);
}

function spansOf(text: string, values: Values): ScriptLine {
  const parts = text.split('**');
  // A mark without its partner is text.
  if (parts.length % 2 === 0) parts.splice(-2, 2, parts.slice(-2).join('**'));
  return parts.flatMap((part, index) => fieldsIn(part, index % 2 === 1, values));
}

function fieldsIn(text: string, isStrong: boolean, values: Values): ScriptSpan[] {
  // The pattern's one group makes every second piece the name of a field.
  return text.split(PLACE).flatMap((piece, index): ScriptSpan[] => {
    if (index % 2 === 0) return piece === '' ? [] : [{ text: piece, isStrong, field: null }];
    const value = values.get(piece) ?? '';
    return [{ text: value === '' ? null : value, isStrong, field: piece }];
  });
}
