import { expect, test } from 'vitest';
import { EslError } from './esl-error.ts';
import { soundFile } from './sound-file.ts';

test.each([
  '/var/lib/ringline/sounds/sorry.wav',
  'ivr/sorry, nobody is here (v2).wav',
  '对不起.wav',
  'tone_stream://%(200,100,480);loops=2',
  'silence_stream://500',
])('%s is a sound', (name) => {
  expect(soundFile(name)).toBe(name);
});

test.each([
  '',
  ' ',
  'http://example.org/a.wav',
  'shout://example.org',
  'say:hello',
  'file_string://a.wav!b.wav',
  '{loops=-1}a.wav',
  '[x]a.wav',
  '${api(shutdown)}.wav',
  'a.wav@@8000',
  "it's.wav",
  'a\\b.wav',
  'a|b',
  'a\nb',
  'a^hangup',
  'trailing ',
])('%j is refused', (name) => {
  expect(() => soundFile(name)).toThrow(EslError);
});
