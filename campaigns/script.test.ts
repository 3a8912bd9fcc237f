import { expect, test } from 'vitest';
import { renderScript, scriptFields, type ScriptLead } from './script.ts';

const lead: ScriptLead = {
  firstName: 'Pat',
  lastName: '',
  fields: { city: '<b>Miami</b>', 套餐: '**gold**' },
  agentName: 'Ann',
};

test('reads headings, lists, paragraphs and strong words', () => {
  const script = '# Hello\nfirst line\nsecond line\n\n- one\n- **two** three\nafter';
  const shape = renderScript(script, lead).map((block) =>
    block.kind === 'heading'
      ? ['heading', block.line.map(({ text }) => text)]
      : [
          block.kind,
          block.lines.map((line) => line.map(({ text, isStrong }) => (isStrong ? `!${text}` : text))),
        ],
  );
  expect(shape).toEqual([
    ['heading', ['Hello']],
    ['paragraph', [['first line'], ['second line']]],
    ['list', [['one'], ['!two', ' three']]],
    ['paragraph', [['after']]],
  ]);
});

test('puts the lead’s values into their places as text, and marks those it does not have', () => {
  const [block] = renderScript(
    'Hi **{{ first_name }}** {{last_name}} of {{city}}, {{套餐}} by {{agent_name}}',
    lead,
  );
  expect(block?.kind === 'paragraph' && block.lines[0]).toEqual([
    { text: 'Hi ', isStrong: false, field: null },
    { text: 'Pat', isStrong: true, field: 'first_name' },
    { text: ' ', isStrong: false, field: null },
    { text: null, isStrong: false, field: 'last_name' },
    { text: ' of ', isStrong: false, field: null },
    // A value is never read as markup.
    { text: '<b>Miami</b>', isStrong: false, field: 'city' },
    { text: ', ', isStrong: false, field: null },
    { text: '**gold**', isStrong: false, field: '套餐' },
    { text: ' by ', isStrong: false, field: null },
    { text: 'Ann', isStrong: false, field: 'agent_name' },
  ]);
});

test('leaves marks without a partner as they are', () => {
  const [block] = renderScript('2 ** 3 and {{open', lead);
  expect(block?.kind === 'paragraph' && block.lines[0]).toEqual([
    { text: '2 ** 3 and {{open', isStrong: false, field: null },
  ]);
});

test('names the fields it asks for, each once', () => {
  expect(scriptFields('{{a}} {{ b }} {{a}}')).toEqual(['a', 'b']);
});
