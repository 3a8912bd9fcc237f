/** An answer that says "no" to a person: one clear sentence and a stable word for programs. */
export class HttpProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly field: string | undefined;

  constructor(status: number, code: string, detail: { message: string; field?: string }) {
    super(detail.message);
    this.name = 'HttpProblem';
    this.status = status;
    this.code = code;
    this.field = detail.field;
  }
}

export const notFound = (what: string): HttpProblem =>
  new HttpProblem(404, 'not-found', { message: `There is no such ${what}.` });

export const conflict = (code: string, message: string): HttpProblem =>
  new HttpProblem(409, code, { message });

/** What was typed cannot be, although its form is right. */
export const wrongInput = (field: string, message: string): HttpProblem =>
  new HttpProblem(422, 'wrong-input', { message, field });

export const signedOut = (): HttpProblem =>
  new HttpProblem(401, 'signed-out', { message: 'You are signed out; sign in again.' });

export const forbidden = (message: string): HttpProblem => new HttpProblem(403, 'forbidden', { message });

export const ownerAway = (): HttpProblem =>
  new HttpProblem(503, 'pool-unavailable', {
    message: 'Nobody runs this pool at the moment; try again in a few seconds.',
  });
