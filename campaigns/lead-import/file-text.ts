import { TextDecoder } from 'node:util';
import jschardet from 'jschardet';
import { ImportFailed } from './import-failed.ts';

/** What people may choose, by the names of TextDecoder; GBK and GB2312 are parts of gb18030, Latin-1 one of windows-1252. */
export const ENCODINGS = [
  'utf-8',
  'utf-16le',
  'utf-16be',
  'gb18030',
  'big5',
  'shift_jis',
  'euc-kr',
  'windows-1252',
  'windows-1250',
  'windows-1251',
] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** The encoding that people mean by a name such as GBK, latin1 or UTF-16; null for one that we do not read. */
export function encodingNamed(name: string): Encoding | null {
  const word = name.trim().toLowerCase();
  const label = ENCODING_NICKNAMES[word] ?? word;
  try {
    const { encoding } = new TextDecoder(label);
    return ENCODINGS.find((known) => known === (encoding === 'gbk' ? 'gb18030' : encoding)) ?? null;
  } catch {
    return null;
  }
}

const ENCODING_NICKNAMES: Readonly<Record<string, string>> = {
  'utf-16': 'utf-16le',
  utf16: 'utf-16le',
  'latin-1': 'latin1',
  gb2312: 'gb18030',
  cp936: 'gb18030',
  cp950: 'big5',
  cp1252: 'windows-1252',
  ansi: 'windows-1252',
};

/** Enough to know an encoding by, little enough to hold. */
const SAMPLE_BYTES = 65_536;
/** Text has tabs and line ends and hardly any other control character. */
const CONTROL_SHARE_MAX = 0.02;

/** Names of jschardet that TextDecoder does not know, or that stand for a bigger encoding of the same family. */
const ENCODING_NAMES: Readonly<Record<string, string>> = {
  GB2312: 'gb18030',
  GB18030: 'gb18030',
  ascii: 'windows-1252',
  'ISO-8859-1': 'windows-1252',
  'ISO-8859-2': 'windows-1250',
};
/** Where "windows-1250" is what jschardet also calls Western European text, the country of the list decides. */
const CENTRAL_EUROPE = ['CZ', 'SK', 'PL', 'HU', 'SI', 'HR', 'RO', 'BA', 'RS', 'AL'];

const STARTS: readonly { readonly bytes: readonly number[]; readonly type: 'workbook' | 'packed' }[] = [
  { bytes: [0x50, 0x4b, 0x03, 0x04], type: 'workbook' },
  { bytes: [0xd0, 0xcf, 0x11, 0xe0], type: 'workbook' },
  { bytes: [0x25, 0x50, 0x44, 0x46], type: 'packed' },
  { bytes: [0x1f, 0x8b], type: 'packed' },
  { bytes: [0x37, 0x7a, 0xbc, 0xaf], type: 'packed' },
];

export interface TextOptions {
  /** ISO 3166-1 of the list. */
  readonly country: string;
  /** Null: by its byte order mark, else UTF-8 where it is that, else by the pattern of its zeros (UTF-16), else as jschardet suggests. */
  readonly encoding: Encoding | null;
}

/**
 * The text of a file of any encoding, piece by piece, in memory that does not grow with the file.
 * @throws ImportFailed for an empty file, a workbook, an archive, and what is not text.
 */
export async function* fileText(
  chunks: AsyncIterable<Uint8Array>,
  options: TextOptions,
): AsyncGenerator<string> {
  const source = chunks[Symbol.asyncIterator]();
  try {
    const sample = await takeSample(source);
    if (sample.length === 0) throw new ImportFailed({ type: 'empty' });
    refuseWhatIsNotText(sample);
    const reader = new TextReader(options);
    yield reader.read(sample);
    for (let next = await source.next(); next.done !== true; next = await source.next()) {
      yield reader.read(next.value);
    }
    yield reader.end();
  } finally {
    await source.return?.();
  }
}

/** The encoding that the beginning of a file suggests; null while it is all ASCII, which most of them share. */
export function suggestEncoding(sample: Uint8Array, country: string): Encoding | null {
  return isAscii(sample) ? null : encodingOf(sample, country);
}

/** Decides on an encoding at the first bytes that tell one: all that are in question begin as ASCII does. */
class TextReader {
  private readonly country: string;
  private decoder: TextDecoder | null;

  constructor({ country, encoding }: TextOptions) {
    this.country = country;
    this.decoder = encoding === null ? null : new TextDecoder(encoding);
  }

  read(bytes: Uint8Array): string {
    if (this.decoder === null && !isAscii(bytes))
      this.decoder = new TextDecoder(encodingOf(bytes, this.country));
    if (this.decoder === null)
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
    return this.decoder.decode(bytes, { stream: true });
  }

  end(): string {
    return this.decoder?.decode() ?? '';
  }
}

async function takeSample(source: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  while (length < SAMPLE_BYTES) {
    const next = await source.next();
    if (next.done === true) break;
    chunks.push(next.value);
    length += next.value.length;
  }
  return Buffer.concat(chunks);
}

function refuseWhatIsNotText(sample: Uint8Array): void {
  const start = STARTS.find(({ bytes }) => bytes.every((byte, i) => sample[i] === byte));
  if (start) throw new ImportFailed({ type: start.type });
  if (utf16Of(sample) !== null) return;
  let controls = 0;
  for (const byte of sample) {
    if (byte === 0) throw new ImportFailed({ type: 'not-text' });
    if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13) controls += 1;
  }
  if (controls > sample.length * CONTROL_SHARE_MAX) throw new ImportFailed({ type: 'not-text' });
}

/** Zeros count as not ASCII: they are half of what a UTF-16 file of English text consists of. */
function isAscii(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte > 0 && byte < 128);
}

function encodingOf(bytes: Uint8Array, country: string): Encoding {
  return utf16Of(bytes) ?? (isUtf8(bytes) ? 'utf-8' : detected(bytes, country));
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    // A character that is cut at the end of the sample is no mistake.
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** By its mark, or because nearly every other byte is zero. */
function utf16Of(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  const zeros = [0, 0];
  for (let i = 0; i < bytes.length; i += 1) if (bytes[i] === 0) zeros[i % 2] = (zeros[i % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  const many = bytes.length / 2 / 3;
  if (odd > many && even * 20 < odd) return 'utf-16le';
  return even > many && odd * 20 < even ? 'utf-16be' : null;
}

function detected(bytes: Uint8Array, country: string): Encoding {
  const suggestion = jschardet.detect(Buffer.from(bytes)).encoding;
  const name = ENCODING_NAMES[suggestion ?? 'ascii'] ?? suggestion ?? 'windows-1252';
  const encoding = encodingNamed(name) ?? 'windows-1252';
  return encoding === 'windows-1250' && !CENTRAL_EUROPE.includes(country) ? 'windows-1252' : encoding;
}
