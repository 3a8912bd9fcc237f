import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What tells a process from a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Opaque; null where the system does not tell (then the number alone must do). */
  readonly startMark: string | null;
}

interface ProcStat {
  readonly state: string;
  readonly startTicks: string;
}

function procStat(pid: number): ProcStat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the command in brackets and may itself contain blanks and brackets: proc(5).
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', startTicks: fields[19] ?? '' };
  } catch {
    return null;
  }
}

/** Machine start, so that the ticks of two boots are not confused. */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}

export function identifyProcess(pid: number): ProcessIdentity {
  const stat = procStat(pid);
  return { pid, startMark: stat === null ? null : `${bootId()}/${stat.startTicks}` };
}

/** False for a zombie too: it holds nothing any more. */
export function isPidAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return procStat(pid)?.state !== 'Z';
}

/** Whether the very process that was identified still lives. */
export function isSameProcess(identity: ProcessIdentity): boolean {
  if (!isPidAlive(identity.pid)) return false;
  const mark = identifyProcess(identity.pid).startMark;
  return identity.startMark === null || mark === null || mark === identity.startMark;
}

/** Command line of a process, for telling ours from a stranger that got its number; null when it cannot be known. */
export function commandOf(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    try {
      return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], {
        encoding: 'utf8',
        timeout: 5000,
      }).trim();
    } catch {
      return null;
    }
  }
}
