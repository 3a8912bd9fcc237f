import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EslError } from './esl-error.ts';
import { bracedVariables, inlineScript, quoteToken, quoteVariableList, uuidText } from './esl-quoting.ts';
import { soundFile } from './sound-file.ts';
import {
  readInlineScript,
  readOriginate,
  readVariableList,
  separateString,
} from './switch-parsing.fixture.ts';
import { typed } from './typed-text.fixture.ts';

/** Either the text is refused, or it comes back as it was. */
function orRefused<T>(render: () => T): T | null {
  try {
    return render();
  } catch (error) {
    if (error instanceof EslError && error.code === 'unsafe') return null;
    throw error;
  }
}

test('no value of an originate variable can end it, add one, or make another call', () => {
  let refused = 0;
  fc.assert(
    fc.property(
      typed.filter((text) => text !== ''),
      typed,
      (first, second) => {
        const text = orRefused(() => {
          const leg = `${bracedVariables([
            ['a', first],
            ['b', second],
            ['c', 'end'],
          ])}sofia/x/1@y`;
          return `${quoteToken(leg)} &park()`;
        });
        if (text === null) {
          refused += 1;
          return;
        }
        expect(text).not.toMatch(/[\r\n]/);
        const b = second === '' ? {} : { b: second };
        expect(readOriginate(text)).toEqual({
          legs: [{ variables: { a: first, ...b, c: 'end' }, dialString: 'sofia/x/1@y' }],
          script: '&park()',
          dialplan: 'XML',
        });
      },
    ),
    { numRuns: 5000 },
  );
  // Most of what is typed can be carried; else the property above would say little.
  expect(refused).toBeLessThan(4500);
});

test.each(['a\nb', 'a\rb', 'a\0b', 'a{b', 'a}b', ':_:', 'origination_nested_vars=true', '\ud800'])(
  'an originate variable of %j is refused',
  (value) => {
    expect(() => bracedVariables([['a', value]])).toThrow(EslError);
  },
);

test.each([
  ["it's", 'a quote'],
  ['a, b', 'a comma and a blank'],
  [' leading and trailing ', 'blanks around'],
  ['\\', 'a backslash'],
  ["'", 'one quote'],
  ['^^:a=1', 'another delimiter'],
  ['a=b=c', 'equals signs'],
  ['100 % "sure" & <fine> | [x]', 'the rest of the keyboard'],
])('%j (%s) comes back as it was', (value) => {
  const text = `${quoteToken(`${bracedVariables([['v', value]])}x/y`)} &park()`;
  expect(readOriginate(text).legs).toEqual([{ variables: { v: value }, dialString: 'x/y' }]);
});

test('no value can break out of a list of variables', () => {
  fc.assert(
    fc.property(
      typed.filter((text) => text !== ''),
      typed,
      (first, second) => {
        const text = orRefused(() => quoteVariableList({ a: first, b: second, c: 'end' }));
        if (text === null) return;
        expect(readVariableList(text)).toEqual({ a: first, b: second, c: 'end' });
      },
    ),
    { numRuns: 5000 },
  );
});

test('no file name can add a step to a script, or an argument to its command', () => {
  fc.assert(
    fc.property(typed, (name) => {
      const text = orRefused(() =>
        quoteToken(
          inlineScript([
            { app: 'playback', data: soundFile(name) },
            { app: 'hangup', data: 'NORMAL_CLEARING' },
          ]),
        ),
      );
      if (text === null) return;
      const [script = '', ...more] = separateString(`${text} inline`, ' ', 5);
      expect(more).toEqual(['inline']);
      expect(readInlineScript(script)).toEqual([
        { app: 'playback', data: name },
        { app: 'hangup', data: 'NORMAL_CLEARING' },
      ]);
    }),
    { numRuns: 5000 },
  );
});

test.each([
  '',
  "x' y",
  '01900000-0000-7000-8000-00000000000',
  '01900000-0000-7000-8000-0000000000001',
  'all',
])('an id of %j is refused', (id) => {
  expect(() => uuidText(id)).toThrow(EslError);
});

test.each(['a b', '1a', 'a=b', '', 'a,b'])('a variable called %j is refused', (name) => {
  expect(() => quoteVariableList({ [name]: 'x' })).toThrow(EslError);
});

test.each(['${x}', 'a ${x} b', String.raw`$\{x}`, String.raw`$\\{x}`])(
  '%j is refused in a list of variables, for it names one',
  (value) => {
    expect(() => quoteVariableList({ a: value })).toThrow(EslError);
  },
);

test.each(['$x', '${x}', String.raw`a\sb`, 'a\nb'])('a script step with %j is refused', (data) => {
  expect(() => inlineScript([{ app: 'playback', data }])).toThrow(EslError);
});

test('more variables than FreeSWITCH reads at a time are refused', () => {
  const many = Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`v${i}`, 'x']));
  expect(() => quoteVariableList(many)).toThrow(EslError);
});
