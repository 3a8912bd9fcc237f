import { days, hours } from '../kernel/time.ts';
import type { Disposition } from './disposition.ts';

export interface PauseReason {
  readonly code: string;
  readonly label: string;
  readonly position: number;
}

type Given = Pick<Disposition, 'code' | 'label' | 'outcome' | 'hotKey'> & Partial<Disposition>;

const GIVEN: readonly Given[] = [
  { code: 'sale', label: 'Sale', outcome: 'finished', isSale: true, isRightParty: true, hotKey: '1' },
  { code: 'not-interested', label: 'Not interested', outcome: 'finished', isRightParty: true, hotKey: '2' },
  { code: 'callback', label: 'Call back', outcome: 'callback', isRightParty: true, hotKey: '3' },
  { code: 'do-not-call', label: 'Do not call again', outcome: 'do-not-call', hotKey: '4' },
  { code: 'not-home', label: 'Person not there', outcome: 'retry', retryAfterMs: hours(4), hotKey: '5' },
  { code: 'no-time', label: 'No time now', outcome: 'retry', isRightParty: true, hotKey: '6' },
  { code: 'wrong-number', label: 'Wrong number', outcome: 'finished', hotKey: '7' },
  {
    code: 'machine',
    label: 'Answering machine',
    outcome: 'retry',
    retryAfterMs: hours(4),
    isPerson: false,
    hotKey: '8',
  },
  { code: 'hung-up', label: 'Hung up', outcome: 'retry', hotKey: '9' },
  {
    code: 'no-audio',
    label: 'Nobody spoke',
    outcome: 'retry',
    retryAfterMs: hours(4),
    isPerson: false,
    hotKey: '0',
  },
];

/** What a new organization starts with; it may change all of them. */
export const DEFAULT_DISPOSITIONS: readonly Disposition[] = GIVEN.map((given, position) => ({
  retryAfterMs: days(1),
  triesMax: null,
  isSpread: false,
  isActive: true,
  isPerson: true,
  isSale: false,
  isRightParty: false,
  ...given,
  position,
}));

export const DEFAULT_PAUSE_REASONS: readonly PauseReason[] = [
  { code: 'break', label: 'Break' },
  { code: 'lunch', label: 'Lunch' },
  { code: 'meeting', label: 'Meeting' },
  { code: 'training', label: 'Training' },
  { code: 'follow-up', label: 'Follow-up work' },
].map((given, position) => ({ ...given, position }));
