import type { FastifyError, FastifyInstance } from 'fastify';
import { ConnectionLost, SqlError } from '../kernel/database-error.ts';
import type { ErrorBody } from './api/scalar.schema.ts';
import { HttpProblem } from './http-problem.ts';

/** Every error leaves with the same body; what nobody foresaw is logged and says nothing of its inside. */
export function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler<Error>(async (error, request, reply) => {
    const isUpload = request.routeOptions.config.isUpload === true;
    const problem = isUpload ? uploadProblemOf(error) : problemOf(error);
    if (problem.status >= 500) {
      const route = request.routeOptions.url;
      request.log.error(
        { err: error, method: request.method, route, status: problem.status },
        'request failed',
      );
    }
    // A serialiser that the route declared for another body must not meet this one.
    return reply
      .code(problem.status)
      .type('application/json; charset=utf-8')
      .serializer((body: ErrorBody) => JSON.stringify(body))
      .send(bodyOf(problem));
  });
}

export const bodyOf = ({ code, message, field }: HttpProblem): ErrorBody => ({
  error: { code, message, ...(field !== undefined && { field }) },
});

const BY_FASTIFY_CODE: Readonly<Record<string, readonly [status: number, code: string, message: string]>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [415, 'wrong-content-type', 'Send the body as application/json.'],
  FST_ERR_CTP_INVALID_JSON_BODY: [400, 'invalid-json', 'The body of the request is not valid JSON.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: [400, 'invalid-json', 'The body of the request is empty.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [
    400,
    'cut-short',
    'The request ended before its body did; send it again.',
  ],
  FST_ERR_CTP_BODY_TOO_LARGE: [413, 'too-large', 'The request is larger than what is taken here.'],
  FST_REQ_FILE_TOO_LARGE: [413, 'too-large', 'The file is larger than what is taken here.'],
  FST_INVALID_MULTIPART_CONTENT_TYPE: [415, 'wrong-content-type', 'Send the file as multipart/form-data.'],
  FST_ERR_BAD_URL: [400, 'bad-address', 'This address cannot be read.'],
  FST_ERR_NOT_FOUND: [404, 'not-found', 'There is nothing at this address.'],
};

/** What a person is told about an error. */
export function problemOf(error: Error): HttpProblem {
  if (error instanceof HttpProblem) return error;
  const known = BY_FASTIFY_CODE[(error as Partial<FastifyError>).code ?? ''];
  if (known) return new HttpProblem(known[0], known[1], { message: known[2] });
  if (error instanceof ConnectionLost) {
    const message = error.mayHaveHappened
      ? 'The database stopped answering: whether this was stored is not known. Look before you try again.'
      : 'The database does not answer: nothing was stored. Try again in a few seconds.';
    return new HttpProblem(503, 'database-away', { message });
  }
  if (
    error instanceof SqlError &&
    (error.code === '40001' || error.code === '40P01' || error.code === '57014')
  ) {
    return new HttpProblem(503, 'database-busy', {
      message: 'The database was too busy: nothing was stored. Try again in a few seconds.',
    });
  }
  // A text that is no value of its column's type, or that PostgreSQL cannot keep at all (a NUL).
  if (error instanceof SqlError && ['22P02', '22021', '22P05'].includes(error.code)) {
    return new HttpProblem(400, 'invalid-input', {
      message: 'Something in this request is no value that can be stored or looked up; correct it.',
    });
  }
  return new HttpProblem(500, 'unexpected', {
    message: 'Something went wrong on our side; it has been written to the log.',
  });
}

/** As {@link problemOf}, where a file is expected. */
function uploadProblemOf(error: Error): HttpProblem {
  const problem = problemOf(error);
  if (problem.status !== 415) return problem;
  return new HttpProblem(415, problem.code, { message: 'Send the file as multipart/form-data.' });
}

/** The unique index that a statement ran into; null when it failed in another way. */
export function violatedUnique(error: unknown): string | null {
  return error instanceof SqlError && error.code === '23505' ? (error.constraint ?? '') : null;
}
