import { expect, test } from 'vitest';
import { checkDoNotCall } from './do-not-call.ts';

test('refuses a number on the list of the organization or of the campaign, without a moment to try again', () => {
  for (const scope of ['organization', 'campaign'] as const) {
    expect(checkDoNotCall({ doNotCall: scope })).toEqual({
      rule: 'do-not-call',
      facts: { scope },
      retryAt: null,
    });
  }
});

test('has nothing against a number on no list', () => {
  expect(checkDoNotCall({ doNotCall: null })).toBeNull();
});
