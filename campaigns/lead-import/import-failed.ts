import type { Locale } from '../../compliance/locale.ts';

/** Why a file cannot be imported at all. Found before the first row is stored, except for 'interrupted'. */
export type ImportProblem =
  | { readonly type: 'empty' }
  | { readonly type: 'workbook' }
  | { readonly type: 'workbook-too-large' }
  | { readonly type: 'workbook-damaged' }
  | { readonly type: 'packed' }
  | { readonly type: 'not-text' }
  | { readonly type: 'bad-quote'; readonly line: number }
  | { readonly type: 'no-rows' }
  | { readonly type: 'too-many-columns'; readonly columns: number; readonly max: number }
  | {
      readonly type: 'no-phone-column';
      readonly columns: readonly string[];
      /** Others of the workbook. */
      readonly sheets?: readonly string[];
    }
  | { readonly type: 'unknown-sheet'; readonly sheet: string; readonly sheets: readonly string[] }
  | { readonly type: 'empty-sheet'; readonly sheet: string }
  | { readonly type: 'no-sheets' }
  | { readonly type: 'unknown-column'; readonly column: string; readonly columns: readonly string[] }
  | { readonly type: 'unknown-field'; readonly field: string; readonly fields: readonly string[] }
  | { readonly type: 'bad-map'; readonly part: string }
  | { readonly type: 'bad-delimiter'; readonly text: string }
  | { readonly type: 'unknown-encoding'; readonly text: string; readonly encodings: readonly string[] }
  | { readonly type: 'cancelled'; readonly rows: number }
  | { readonly type: 'file-gone'; readonly rows: number }
  | { readonly type: 'interrupted'; readonly rows: number };

/** The file cannot be imported; the message is one sentence for people: what is wrong, where, what to do. */
export class ImportFailed extends Error {
  readonly problem: ImportProblem;

  constructor(problem: ImportProblem, options?: ErrorOptions) {
    super(importProblemSentence(problem, 'en'), options);
    this.name = 'ImportFailed';
    this.problem = problem;
  }
}

const NAMED_COLUMNS_MAX = 12;

export function importProblemSentence(problem: ImportProblem, locale: Locale): string {
  return locale === 'en' ? inEnglish(problem) : inChinese(problem);
}

function inEnglish(problem: ImportProblem): string {
  switch (problem.type) {
    case 'empty':
      return 'The file is empty: choose one with a header line and a row for each lead.';
    case 'workbook':
      return 'The file is a workbook of a kind that cannot be read: save it as CSV (UTF-8) or as .xlsx, and import that.';
    case 'workbook-too-large':
      return 'The workbook has more than 100,000 rows, or becomes too large when it is unpacked: save as CSV (UTF-8) and import that.';
    case 'workbook-damaged':
      return 'The workbook cannot be read: open it in the spreadsheet program, save as CSV (UTF-8) and import that.';
    case 'packed':
      return 'The file is compressed or a document: import the CSV file that is in it.';
    case 'not-text':
      return 'The file is not text: choose a CSV file, saved as UTF-8.';
    case 'bad-quote':
      return `Line ${problem.line} has a quotation mark that is not closed or stands in the middle of a column: mend that line and import the file again.`;
    case 'no-rows':
      return 'The file has a header line and no rows below it.';
    case 'too-many-columns':
      return `The file has ${number(problem.columns, 'en')} columns, and at most ${problem.max} can be imported: remove those that are not needed.`;
    case 'no-phone-column':
      return `No column of the file holds phone numbers (its columns are ${listed(problem.columns, 'en')}): say which one it is, like --map "${problem.columns[0] ?? 'Column 1'}=phone"${anotherSheet(problem.sheets, 'en')}.`;
    case 'unknown-sheet':
      return `The workbook has no sheet “${problem.sheet}”: its sheets are ${listed(problem.sheets, 'en')}.`;
    case 'empty-sheet':
      return `There is nothing on the sheet “${problem.sheet}”: choose another one.`;
    case 'no-sheets':
      return 'The file is no workbook and has no sheets: name no sheet.';
    case 'unknown-column':
      return `The file has no column “${problem.column}”: its columns are ${listed(problem.columns, 'en')}.`;
    case 'unknown-field':
      return `“${problem.field}” is no field of a lead: choose ${problem.fields.join(', ')}.`;
    case 'bad-map':
      return `“${problem.part}” does not say which column is which field: write column=field, like Mobile=phone.`;
    case 'bad-delimiter':
      return `“${problem.text}” cannot separate columns: give one character that is no letter, digit or quotation mark, like ; or | or "tab".`;
    case 'unknown-encoding':
      return `“${problem.text}” is no encoding that can be read: choose ${problem.encodings.join(', ')}.`;
    case 'cancelled':
      return `The import was cancelled after ${number(problem.rows, 'en')} rows: what was imported stays.`;
    case 'file-gone':
      return `The uploaded file is no longer there after ${number(problem.rows, 'en')} rows: import it again, no lead is stored twice.`;
    case 'interrupted':
      return `The import was interrupted after ${number(problem.rows, 'en')} rows: import the same file again, no lead is stored twice.`;
  }
}

function inChinese(problem: ImportProblem): string {
  switch (problem.type) {
    case 'empty':
      return '文件是空的：请选择带有标题行、每行一个客户的文件。';
    case 'workbook':
      return '无法读取这种工作簿：请另存为 CSV（UTF-8）或 .xlsx 后再导入。';
    case 'workbook-too-large':
      return '工作簿超过 100,000 行，或解压后过大：请另存为 CSV（UTF-8）后再导入。';
    case 'workbook-damaged':
      return '无法读取该工作簿：请在电子表格软件中打开，另存为 CSV（UTF-8）后再导入。';
    case 'packed':
      return '这是压缩包或文档：请导入其中的 CSV 文件。';
    case 'not-text':
      return '这不是文本文件：请选择以 UTF-8 保存的 CSV 文件。';
    case 'bad-quote':
      return `第 ${problem.line} 行的引号没有闭合或位于字段中间：请修正该行后重新导入。`;
    case 'no-rows':
      return '文件只有标题行，没有数据。';
    case 'too-many-columns':
      return `文件有 ${number(problem.columns, 'zh-CN')} 列，最多可导入 ${problem.max} 列：请删除不需要的列。`;
    case 'no-phone-column':
      return `文件中没有电话号码列（现有列：${listed(problem.columns, 'zh-CN')}）：请指定一列，例如 --map "${problem.columns[0] ?? 'Column 1'}=phone"${anotherSheet(problem.sheets, 'zh-CN')}。`;
    case 'unknown-sheet':
      return `工作簿中没有工作表“${problem.sheet}”，现有工作表：${listed(problem.sheets, 'zh-CN')}。`;
    case 'empty-sheet':
      return `工作表“${problem.sheet}”是空的：请选择其他工作表。`;
    case 'no-sheets':
      return '该文件不是工作簿，没有工作表：请不要指定工作表。';
    case 'unknown-column':
      return `文件中没有“${problem.column}”列，现有列：${listed(problem.columns, 'zh-CN')}。`;
    case 'unknown-field':
      return `“${problem.field}”不是客户字段，可选：${problem.fields.join('、')}。`;
    case 'bad-map':
      return `“${problem.part}”没有说明哪一列对应哪个字段：请写成 列名=字段，例如 手机=phone。`;
    case 'bad-delimiter':
      return `“${problem.text}”不能作为分隔符：请用一个非字母、数字、引号的字符，例如 ; 或 | 或 "tab"。`;
    case 'unknown-encoding':
      return `不支持编码“${problem.text}”，可选：${problem.encodings.join('、')}。`;
    case 'cancelled':
      return `导入在 ${number(problem.rows, 'zh-CN')} 行后被取消：已导入的客户保留。`;
    case 'file-gone':
      return `导入 ${number(problem.rows, 'zh-CN')} 行后，上传的文件已不存在：请重新导入，客户不会重复。`;
    case 'interrupted':
      return `导入在 ${number(problem.rows, 'zh-CN')} 行后中断：请重新导入同一文件，客户不会重复。`;
  }
}

const number = (n: number, locale: Locale): string => new Intl.NumberFormat(locale).format(n);

function anotherSheet(sheets: readonly string[] = [], locale: Locale): string {
  if (sheets.length === 0) return '';
  return locale === 'en'
    ? `, or choose another sheet of the workbook (${listed(sheets, locale)})`
    : `，或选择工作簿的其他工作表（${listed(sheets, locale)}）`;
}

function listed(columns: readonly string[], locale: Locale): string {
  const shown = columns.slice(0, NAMED_COLUMNS_MAX).map((column) => column.slice(0, 40));
  const more = columns.length > NAMED_COLUMNS_MAX ? ['…'] : [];
  return [...shown, ...more].join(locale === 'en' ? ', ' : '、');
}
