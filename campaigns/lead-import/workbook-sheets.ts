/** Sheets as the workbook's own list (xl/workbook.xml) names them, those that are hidden last; empty when it cannot be read. */
export function sheetNames(workbookXml: string): readonly string[] {
  const sheets = [...workbookXml.matchAll(SHEET)].flatMap(([, text = '']) => {
    const attributes = new Map(
      [...text.matchAll(ATTRIBUTE)].map(([, key = '', twice, once]) => [key, decode(twice ?? once ?? '')]),
    );
    const name = attributes.get('name') ?? '';
    return name === '' ? [] : [{ name, isHidden: (attributes.get('state') ?? 'visible') !== 'visible' }];
  });
  return [...sheets.filter(({ isHidden }) => !isHidden), ...sheets.filter(({ isHidden }) => isHidden)].map(
    ({ name }) => name,
  );
}

/** The sheet that is meant: spreadsheets know no two whose names differ in case only. */
export function sheetNamed(names: readonly string[], wanted: string): string | null {
  const same = (name: string): boolean => name.trim().toLowerCase() === wanted.trim().toLowerCase();
  return names.find((name) => name === wanted) ?? names.find(same) ?? null;
}

const SHEET = /<(?:\w+:)?sheet((?:\s+[\w:]+\s*=\s*(?:"[^"]*"|'[^']*'))+)\s*\/?>/g;
const ATTRIBUTE = /([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'" };

/** Entities of XML, and `_x0041_` of workbooks (ECMA-376 part 1, 22.9.2.19). */
const decode = (text: string): string =>
  text
    .replaceAll(/&#x([0-9a-f]{1,6});/gi, (all, hex: string) => character(Number.parseInt(hex, 16), all))
    .replaceAll(/&#(\d{1,7});/g, (all, decimal: string) => character(Number(decimal), all))
    .replaceAll(/&(lt|gt|quot|apos);/g, (all, name: string) => ENTITIES[name] ?? all)
    .replaceAll('&amp;', '&')
    .replaceAll(/_x([0-9a-f]{4})_/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

const character = (code: number, otherwise: string): string =>
  code > 0x10_ffff ? otherwise : String.fromCodePoint(code);
