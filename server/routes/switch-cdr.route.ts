import type { App, RoutePorts } from '../http-app.ts';
import { HttpProblem } from '../http-problem.ts';
import { readSwitchCdr } from '../switch-cdr.ts';
import { takeSwitchCdr } from '../switch-cdr-intake.ts';

/** mod_json_cdr writes all variables of a channel. */
const CDR_BYTES_MAX = 1024 * 1024;

/**
 * One record per leg from a switch (mod_json_cdr), stored once however often it is posted: the switch spools what we did
 * not take, and may post a leg twice. Legs that are not ours are answered and forgotten.
 */
export function switchCdrRoutes(app: App, ports: RoutePorts): void {
  void app.register(async (scope) => {
    // mod_json_cdr posts JSON under various names, or a form whose one field is the URL-encoded record.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      '*',
      { parseAs: 'string', bodyLimit: CDR_BYTES_MAX },
      (_request, body, done) => {
        done(null, body);
      },
    );
    scope.post(
      '/internal/cdr',
      { config: { roles: 'cdr-secret' }, schema: { hide: true }, bodyLimit: CDR_BYTES_MAX },
      async (request) => ({ stored: await takeSwitchCdr(ports, read(String(request.body))) }),
    );
  });
}

function read(body: string): unknown {
  try {
    const record: unknown = JSON.parse(
      body.startsWith('cdr=') ? (new URLSearchParams(body).get('cdr') ?? '') : body,
    );
    readSwitchCdr(record);
    return record;
  } catch {
    throw new HttpProblem(400, 'invalid-cdr', { message: 'This is not a record of mod_json_cdr.' });
  }
}
