import { readFileSync } from 'node:fs';

/** Linux counts CPU time in hundredths of a second for user space, whatever its own tick is. */
const MS_PER_TICK = 10;

/** CPU time of a process so far, user and system, in milliseconds; 0 when it is gone or the machine is no Linux. */
export function processCpuMs(pid: number): number {
  try {
    // The name, in brackets, may itself hold brackets and blanks: the fields are counted behind its end (proc(5)).
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
  } catch {
    return 0;
  }
}

/** The most memory that a process had resident so far (VmHWM of proc(5)), in bytes; 0 when it is gone or the machine is no Linux. */
export function processMemoryBytesMax(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
