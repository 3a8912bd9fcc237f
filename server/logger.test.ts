import { expect, test } from 'vitest';
import { createLogger } from './logger.ts';
import { maskText } from './log-mask.ts';
import { Secret } from './secret.ts';

/** What one call writes. */
function logged(write: (log: ReturnType<typeof createLogger>) => void): Record<string, unknown> {
  const lines: string[] = [];
  write(createLogger({ level: 'info', destination: { write: (line) => void lines.push(line) } }));
  expect(lines).toHaveLength(1);
  return JSON.parse(lines[0] ?? '') as Record<string, unknown>;
}

test('writes one JSON line with level, time, message and fields', () => {
  expect(
    logged((log) => log.info({ callId: '0199', ringMs: 12_345_678_901 }, 'call advanced')),
  ).toMatchObject({
    level: 'info',
    msg: 'call advanced',
    callId: '0199',
    ringMs: 12_345_678_901,
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
  });
});

test.each([
  ['+13055550134', '+1305*****34'],
  ['calling +13055550134 now', 'calling +1305*****34 now'],
  ['sofia/trunk/13055550134@127.0.0.1:5070', 'sofia/trunk/13055****34@127.0.0.1:5070'],
  ['postgres://ringline:geheim@127.0.0.1:5432/x', 'postgres://ringline:***@127.0.0.1:5432/x'],
  ['esl://:geheim@switch:8021', 'esl://:***@switch:8021'],
])('masks %s', (text, masked) => {
  expect(maskText(text)).toBe(masked);
});

test.each([
  '01999999-1111-7222-8333-123456789012',
  '2026-11-20T08:31:00.000Z',
  'postgres-18.4.0',
  '127.0.0.1:5432',
  '1234567890.5',
  'a1234567890',
])('leaves %s as it is', (text) => {
  expect(maskText(text)).toBe(text);
});

test('masks numbers and secrets however deep they lie, in messages, children and errors too', () => {
  const cause = new Error('Key (phone)=(+13055550134) already exists');
  const line = logged((log) =>
    log.child({ callerId: '+13055550199' }).error(
      {
        err: Object.assign(new Error('insert failed for +13055550134', { cause }), { code: '23505' }),
        lead: { numbers: ['+13055550134'], password: 'geheim', sessionToken: 'geheim' },
        headers: { cookie: 'geheim', Authorization: 'geheim' },
        url: new Secret('geheim'),
      },
      'could not write to +13055550134',
    ),
  );
  const text = JSON.stringify(line);
  expect(text).not.toContain('geheim');
  expect(text).not.toMatch(/3055550134|3055550199/);
  expect(line['msg']).toBe('could not write to +1305*****34');
  expect(line['err']).toMatchObject({
    type: 'Error',
    code: '23505',
    message: 'insert failed for +1305*****34',
  });
});

test('logs an error that is given alone', () => {
  expect(logged((log) => log.error(new Error('no line to +13055550134')))).toMatchObject({
    err: { message: 'no line to +1305*****34' },
  });
});
