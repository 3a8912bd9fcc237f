/** Text of a file as Excel and other programs save it: UTF-8, UTF-16 with a mark, else the usual encoding of the reader's language. */
export function decodeText(bytes: Uint8Array, localeName: string): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder(localeName === 'zh-CN' ? 'gb18030' : 'windows-1252').decode(bytes);
  }
}
