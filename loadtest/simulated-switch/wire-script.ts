/** What the carrier sends, and when, counted from the INVITE. */
export interface WireStep {
  readonly atMs: number;
  readonly send: number | 'bye';
  /** Q.850 cause of a Reason header. */
  readonly q850?: number;
}

/** A call behind the carrier that does not follow the scenario, for tests. */
export interface WireScript {
  readonly steps: readonly WireStep[];
  /** Answers although it is cancelled: the 200 crosses the CANCEL. */
  readonly answersWhenCancelled: boolean;
}

/**
 * Reads `300:180,500:183,1000:200,6000:bye`: milliseconds from the INVITE, then a SIP status (`480/19` adds a Reason
 * header with Q.850 cause 19) or `bye`; `cancel:200` lets the answer cross the CANCEL; `silence` is no answer at all.
 * Null when it cannot be read.
 */
export function readWireScript(text: string): WireScript | null {
  if (text === 'silence') return { steps: [], answersWhenCancelled: false };
  const steps: WireStep[] = [];
  let answersWhenCancelled = false;
  for (const part of text.split(',')) {
    if (part === 'cancel:200') {
      answersWhenCancelled = true;
      continue;
    }
    const match = /^(\d+):(bye|([1-6]\d\d)(?:\/(\d+))?)$/u.exec(part);
    if (match === null) return null;
    const [, at, what, status, q850] = match;
    const send = what === 'bye' ? 'bye' : Number(status);
    steps.push({ atMs: Number(at), send, ...(q850 === undefined ? {} : { q850: Number(q850) }) });
  }
  return { steps, answersWhenCancelled };
}
