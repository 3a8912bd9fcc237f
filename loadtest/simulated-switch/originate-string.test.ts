import { describe, expect, test } from 'vitest';
import { parseOriginate } from './originate-string.ts';
import { separateString } from './separate-string.ts';

describe('splitting as FreeSWITCH does', () => {
  test.each([
    ['a b c', ' ', ['a', 'b', 'c']],
    ["a 'b c' d", ' ', ['a', 'b c', 'd']],
    ['a  b ', ' ', ['a', 'b']],
    ["'it\\'s' x", ' ', ["it's", 'x']],
    ['a,b,', ',', ['a', 'b']],
    ["a='x,y',b=1", ',', ['a=x,y', 'b=1']],
    ['a=x\\,y,b=1', ',', ['a=x,y', 'b=1']],
    ['^^:a,b:c', ',', ['a,b', 'c']],
    ['a\\sb,c', ',', ['a b', 'c']],
    ['', ',', []],
  ])('%s at "%s"', (text, delimiter, parts) => {
    expect(separateString(text, delimiter)).toEqual(parts);
  });

  test('leaves the rest in the last part', () => {
    expect(separateString('a=b=c', '=', 2)).toEqual(['a', 'b=c']);
  });
});

describe('an originate', () => {
  const steps = (text: string): string[] | undefined =>
    parseOriginate(text)?.then.steps.map(({ application, data }) => `${application}(${data})`);

  // Each was given to FreeSWITCH 1.11.0, and the variables were read back from the channel.
  test.each([
    ["{a=1,b='x, y',c=}sofia/trunk/1@h", { a: '1', b: 'x' }],
    ["'{a=1,b=x y,c=3}sofia/trunk/1@h'", { a: '1', b: 'x y', c: '3' }],
    ['{a=1,b=x\\,y,c=3}sofia/trunk/1@h', { a: '1', b: 'x,y', c: '3' }],
    ['{a=1,b=x\\\\,y,c=3}sofia/trunk/1@h', { a: '1', b: 'x,y', c: '3' }],
    ['{^^;a=1;b=x,y;c=3}sofia/trunk/1@h', { a: '1', b: 'x,y', c: '3' }],
    ["{a=1,b=\\'q\\',c=3}sofia/trunk/1@h", { a: '1', b: 'q', c: '3' }],
    ["'{a=1,b=\\'x, y\\',c=3}sofia/trunk/1@h'", { a: '1', b: 'x, y', c: '3' }],
    ['{a=1,b={z},c=3}sofia/trunk/1@h', { a: '1', b: '{z}', c: '3' }],
    ['{a=1,b=x=y,c=3}sofia/trunk/1@h', { a: '1', b: 'x=y', c: '3' }],
    ['{a=1}{b=2}[c=3]sofia/trunk/1@h', { a: '1', b: '2', c: '3' }],
    ['{a=1,b=x\\sy,c=3}sofia/trunk/1@h', { a: '1', b: 'x y', c: '3' }],
    ["'{a=1,b=Ünïcode €,c=3}sofia/trunk/1@h'", { a: '1', b: 'Ünïcode €', c: '3' }],
    ['<a=1,b=2>{c=3}sofia/trunk/1@h', { a: '1', b: '2', c: '3' }],
  ])('%s sets the variables that the real one sets', (dialString, variables) => {
    const request = parseOriginate(`${dialString} &park()`);
    expect(Object.fromEntries(request?.variables ?? [])).toEqual(variables);
    expect(request?.endpoint).toBe('sofia/trunk/1@h');
  });

  test.each([
    ["'sleep:100,hangup:USER_BUSY' inline", ['sleep(100)', 'hangup(USER_BUSY)']],
    [
      'm:^:sleep:100^playback:silence_stream://50^hangup inline',
      ['sleep(100)', 'playback(silence_stream://50)', 'hangup()'],
    ],
    ['sleep:100\\,5,hangup inline', ['sleep(100,5)', 'hangup()']],
    ["'sleep:\\'100,5\\',hangup' inline", ['sleep(100,5)', 'hangup()']],
    ['&sleep(100)', ['sleep(100)']],
    ['&park', ['park()']],
    ["'&playback(silence_stream://100,x)'", ['playback(silence_stream://100,x)']],
  ])('%s runs what the real one runs', (then, expected) => {
    expect(steps(`sofia/trunk/1@h ${then}`)).toEqual(expected);
  });

  test('lets a script choose its own delimiter', () => {
    expect(steps('user/1000@d m:^:playback:tone_stream://%(1,2,3)^hangup inline')).toEqual([
      'playback(tone_stream://%(1,2,3))',
      'hangup()',
    ]);
  });

  test.each(['', 'user/1000@d', 'a b c d e f g h'])('"%s" gets the usage', (text) => {
    expect(parseOriginate(text)).toBeNull();
  });
});
