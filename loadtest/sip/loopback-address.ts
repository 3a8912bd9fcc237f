let taken = 0;

/**
 * An address within 127.0.0.0/8 that no other process uses: made of our process id and a counter, so that every switch and every SIPp can
 * keep its usual ports and none is in another's way. Linux answers on all of these addresses; macOS only on 127.0.0.1.
 */
export function ownLoopbackAddress(): string {
  taken = (taken % 200) + 1;
  const pid = process.pid;
  return `127.${20 + taken}.${(pid >> 8) & 0xff}.${pid & 0xff || 255}`;
}
