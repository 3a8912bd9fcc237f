import { describe, expect, test } from 'vitest';
import { encodingNamed, fileText, suggestEncoding, type Encoding } from './file-text.ts';

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

interface Reading {
  readonly size?: number;
  readonly country?: string;
  readonly encoding?: Encoding | null;
}

async function textOf(bytes: Uint8Array, reading: Reading = {}): Promise<string> {
  const { size = 7, country = 'US', encoding = null } = reading;
  let text = '';
  for await (const piece of fileText(inPieces(bytes, size), { country, encoding })) text += piece;
  return text;
}

function utf16(text: string, { bigEndian = false, mark = true } = {}): Buffer {
  const bytes = Buffer.from(mark ? `\ufeff${text}` : text, 'utf16le');
  return bigEndian ? bytes.swap16() : bytes;
}
const TEXT = 'Name;Teléfono\nJosé Nuñez;+34612345678\n王小明;13912345678\n';
const LATIN = 'Name;Téléphone\nJosé Nuñez;+34612345678\nFrançois Müller;0612345678\n';
const latin1 = Buffer.from(LATIN, 'latin1');

describe('the text of a file', () => {
  test.each([1, 7, 100_000])('in UTF-8, with and without its mark, in pieces of %i bytes', async (size) => {
    expect(await textOf(Buffer.from(TEXT), { size })).toBe(TEXT);
    expect(await textOf(Buffer.from(`\ufeff${TEXT}`), { size })).toBe(TEXT);
  });

  test('in UTF-16 of both orders, also without its mark', async () => {
    expect(await textOf(utf16(TEXT))).toBe(TEXT);
    expect(await textOf(utf16(TEXT, { bigEndian: true }))).toBe(TEXT);
    expect(await textOf(utf16(TEXT, { mark: false }))).toBe(TEXT);
    expect(await textOf(utf16(TEXT, { bigEndian: true, mark: false }))).toBe(TEXT);
  });

  test('in Windows’ western encoding', async () => {
    expect(await textOf(latin1)).toBe(LATIN);
  });

  test('in GBK', async () => {
    // 姓名,电话 / 王小明,13912345678 / 李雷,13812345678
    const gbk = Buffer.from(
      'd0d5c3fb2cb5e7bbb00acdf5d0a1c3f72c31333931323334353637380ac0eec0d72c31333831323334353637380a',
      'hex',
    );
    expect(await textOf(gbk, { country: 'CN' })).toBe('姓名,电话\n王小明,13912345678\n李雷,13812345678\n');
  });

  test('in Big5', async () => {
    // 姓名,電話 / 王小明,0912345678 / 陳美玲,0987654321
    const big5 = Buffer.from(
      'a96da6572cb971b8dc0aa4fda470a9fa2c303931323334353637380ab3afacfcacc22c303938373635343332310a',
      'hex',
    );
    expect(await textOf(big5, { country: 'TW', encoding: 'big5' })).toBe(
      '姓名,電話\n王小明,0912345678\n陳美玲,0987654321\n',
    );
  });

  test('in the encoding that somebody chose, whatever it looks like', async () => {
    const utf8 = Buffer.from('Name;Zoë\n');
    expect(await textOf(utf8, { encoding: 'windows-1252' })).toBe('Name;ZoÃ«\n');
    expect(await textOf(utf16('Zoë'), { encoding: 'utf-16le' })).toBe('Zoë');
  });

  test('whose first letter beyond ASCII comes late', async () => {
    const ascii = 'Ann,13055550100\n'.repeat(10_000);
    expect(await textOf(Buffer.concat([Buffer.from(ascii), latin1]), { size: 4096 })).toBe(ascii + LATIN);
    expect(await textOf(Buffer.from(ascii + TEXT), { size: 4096 })).toBe(ascii + TEXT);
  });
});

describe('an encoding', () => {
  test.each([
    ['GBK', 'gb18030'],
    ['gb2312', 'gb18030'],
    ['Latin-1', 'windows-1252'],
    ['UTF-16', 'utf-16le'],
    ['utf8', 'utf-8'],
    ['Big5', 'big5'],
    ['klingon', null],
  ])('that people call %s is %s', (name, encoding) => {
    expect(encodingNamed(name)).toBe(encoding);
  });

  test('is suggested by the first bytes, and left open while they are ASCII', () => {
    expect(suggestEncoding(Buffer.from('Name,Phone\nAnn,1\n'), 'US')).toBeNull();
    expect(suggestEncoding(Buffer.from(TEXT), 'US')).toBe('utf-8');
    expect(suggestEncoding(latin1, 'FR')).toBe('windows-1252');
    expect(suggestEncoding(utf16(TEXT), 'US')).toBe('utf-16le');
  });
});

describe('what is no text is refused in one sentence', () => {
  test.each([
    ['an empty file', Buffer.alloc(0), /is empty/],
    [
      'a workbook',
      Buffer.from('PK\u0003\u0004…[Content_Types].xml', 'latin1'),
      /of a kind that cannot be read: save it as CSV/,
    ],
    [
      'an old workbook',
      Buffer.from('d0cf11e0a1b11ae1', 'hex'),
      /of a kind that cannot be read: save it as CSV/,
    ],
    ['an archive', Buffer.from('1f8b0800', 'hex'), /compressed/],
    ['a document', Buffer.from('%PDF-1.7'), /compressed or a document/],
    ['a picture', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), /not text/],
    ['a stream of control characters', Buffer.from('\u0001\u0002\u0003abc'), /not text/],
  ])('%s', async (_, bytes, sentence) => {
    await expect(textOf(bytes)).rejects.toThrow(sentence);
  });
});

test('closes its source when nobody reads on', async () => {
  let isClosed = false;
  async function* source(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield Buffer.from('Ann,1\n'.repeat(20_000));
    } finally {
      isClosed = true;
    }
  }
  for await (const _ of fileText(source(), { country: 'US', encoding: null })) break;
  expect(isClosed).toBe(true);
});
