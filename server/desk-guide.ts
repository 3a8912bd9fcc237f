import { knownAnswers } from '../campaigns/form-answer.ts';
import type { FormField } from '../campaigns/form.ts';
import { renderScript, type ScriptBlock } from '../campaigns/script.ts';
import type { DeskLead } from './api/desk-lead.schema.ts';

/** What the campaign gives the agent for his talk, as its manager wrote it. */
export interface RawGuide {
  readonly script: string;
  readonly form: readonly FormField[];
  readonly callbackOpenAfterMs: number | null;
}

type Guide = Pick<DeskLead, 'script' | 'form' | 'known' | 'callbackOpenAfterMs'>;

/** Script and form for this lead. */
export function guideFor(
  raw: RawGuide | null,
  lead: Pick<DeskLead, 'firstName' | 'lastName' | 'externalId' | 'fields'> & { readonly agentName: string },
): Guide {
  if (raw === null) return { script: [], form: [], known: {}, callbackOpenAfterMs: null };
  const form = raw.form.map((field) => ({ ...field, options: [...field.options] }));
  return {
    script: renderScript(raw.script, lead).map(asShown),
    form,
    known: { ...knownAnswers(form, lead) },
    callbackOpenAfterMs: raw.callbackOpenAfterMs,
  };
}

/** The same, in lists that the answer's schema takes. */
function asShown(block: ScriptBlock): DeskLead['script'][number] {
  return block.kind === 'heading'
    ? { kind: block.kind, line: [...block.line] }
    : { kind: block.kind, lines: block.lines.map((line) => [...line]) };
}
