import { expect, test } from 'vitest';
import { gatewayState } from './gateway-state.ts';

const reply = (status: string): string =>
  `<?xml version="1.0" encoding="ISO-8859-1"?>\n  <gateway>\n    <name>c</name>\n    <state>NOREG</state>\n    <status>${status}</status>\n  </gateway>\n`;

test.each([
  [reply('UP'), 'up'],
  [reply('DOWN'), 'unreachable'],
  ['Invalid Gateway!\n', 'unknown-gateway'],
  ['-ERR sofia Command not found!\n', null],
  [reply('PERHAPS'), null],
])('what the switch says of a gateway: %s', (text, state) => {
  expect(gatewayState(text)).toBe(state);
});
