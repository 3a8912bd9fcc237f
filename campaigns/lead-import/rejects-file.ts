import type { Locale } from '../../compliance/locale.ts';
import { PHONE_PROBLEM_SENTENCES } from '../../compliance/phone-problem-sentence.ts';
import { PHONE_PROBLEMS, type PhoneProblem } from '../../compliance/read-phone.ts';
import { BYTE_ORDER_MARK, csvLine } from '../../kernel/csv.ts';
import type { RejectedRow, RejectReason } from './lead-row.ts';

type RowProblem = Exclude<RejectReason, PhoneProblem>;

const ROW_PROBLEM_SENTENCES: Readonly<Record<Locale, Readonly<Record<RowProblem, string>>>> = {
  en: {
    'duplicate-in-file': 'the same person stands in an earlier row of the file',
    'duplicate-in-list': 'this person is in the list already',
    'duplicate-in-organization': 'this person is in another list already',
    'number-of-other-lead': 'the number belongs to another lead of the list',
    'bad-quote': 'a quotation mark is not closed, or text follows it',
    'too-many-cells': 'the row has more cells than the header',
    'unreadable-text': 'the text has characters that cannot be read; save the file as UTF-8',
    'row-too-large': 'the row is longer than 32,768 characters',
  },
  'zh-CN': {
    'duplicate-in-file': '此人已在文件的前面出现过',
    'duplicate-in-list': '此人已在名单中',
    'duplicate-in-organization': '此人已在其他名单中',
    'number-of-other-lead': '该号码属于名单中的另一位客户',
    'bad-quote': '引号没有闭合，或引号后还有文字',
    'too-many-cells': '该行的单元格比标题行多',
    'unreadable-text': '含有无法识别的字符；请以 UTF-8 保存文件',
    'row-too-large': '该行超过 32,768 个字符',
  },
};

/** Why a row was rejected, in words; an unknown reason is said as it stands. */
export function rejectSentence(reason: string, locale: Locale): string {
  if (isPhoneProblem(reason)) return PHONE_PROBLEM_SENTENCES[locale][reason];
  const sentences: Readonly<Record<string, string>> = ROW_PROBLEM_SENTENCES[locale];
  return sentences[reason] ?? reason;
}

const isPhoneProblem = (reason: string): reason is PhoneProblem =>
  (PHONE_PROBLEMS as readonly string[]).includes(reason);

/**
 * Rejected rows as a CSV file that spreadsheets open (UTF-8 with byte order mark): line, column, value and reason, then the row as it came,
 * so that it can be mended and imported again.
 */
export async function* rejectsCsv(
  rejects: AsyncIterable<RejectedRow>,
  locale: Locale,
): AsyncGenerator<string> {
  let names: readonly string[] | null = null;
  for await (const { line, column, value, reason, row } of rejects) {
    if (names === null) {
      names = row.map(([name]) => name);
      yield `${BYTE_ORDER_MARK}${csvLine(['line', 'column', 'value', 'reason', 'explanation', ...names])}`;
    }
    const cells = row.map(([, cell]) => cell);
    yield csvLine([
      String(line),
      column ?? '',
      value ?? '',
      reason,
      rejectSentence(reason, locale),
      ...cells,
    ]);
  }
  if (names === null)
    yield `${BYTE_ORDER_MARK}${csvLine(['line', 'column', 'value', 'reason', 'explanation'])}`;
}
