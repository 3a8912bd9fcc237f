import { expect, test } from 'vitest';
import { decodeText } from '../admin/decode-text.ts';
import { passwordSheet } from './password-sheet.ts';

test('the sheet of passwords has quotes where a cell needs them, and no formulas', () => {
  const person = {
    name: 'O’Neil, "Ann"',
    email: '=cmd@example.com',
    role: 'agent' as const,
    team: '',
    pool: 'Agents',
    extension: '2001',
    oneTimePassword: 'abcd-efgh-jkmn-pqrs',
  };
  expect(passwordSheet([person], ['Name', 'E-mail'])).toBe(
    '\ufeffName,E-mail\r\n"O’Neil, ""Ann""","\'=cmd@example.com",agent,,Agents,2001,abcd-efgh-jkmn-pqrs\r\n',
  );
});

test.each([
  [[0xe5, 0xa7, 0x93], 'en', '姓'],
  [[0xff, 0xfe, 0xd3, 0x59], 'en', '姓'],
  [[0xd0, 0xd5], 'zh-CN', '姓'],
  [[0xe9], 'en', 'é'],
])('a file of bytes %j is read as its writer meant it (%s)', (bytes, localeName, text) => {
  expect(decodeText(Uint8Array.from(bytes), localeName)).toBe(text);
});
