/** Files that the simulated switch has are all as long as this. */
const FILE_MS = 5_000;

/**
 * How long a playback lasts; null when FreeSWITCH would not find the file. There is no audio: the length comes from the
 * name. `silence_stream://500` is 500 ms, `tone_stream://%(200,100,440)` 300 ms, any other file 5 s.
 */
export function playbackMs(path: string): number | null {
  const silence = /^silence_stream:\/\/(-?\d+)/u.exec(path);
  if (silence !== null) {
    const ms = Number(silence[1]);
    return ms < 0 ? Number.MAX_SAFE_INTEGER : ms;
  }
  if (path.startsWith('tone_stream://')) {
    const loops = Number(/;loops=(-?\d+)/u.exec(path)?.[1] ?? 1);
    let ms = 0;
    for (const tone of path.matchAll(/%\((\d+),(\d+)/gu)) ms += Number(tone[1]) + Number(tone[2]);
    return loops < 0 ? Number.MAX_SAFE_INTEGER : ms * Math.max(1, loops);
  }
  return path === '' || path.includes('missing') ? null : FILE_MS;
}
