import type { Telephony } from '../telephony.ts';
import type { SwitchLinkOptions } from './link-options.ts';
import { NodeLink } from './node-link.ts';

export type { SwitchLinkOptions } from './link-options.ts';

export interface SwitchLink {
  readonly telephony: Telephony;
  /** Announces our epoch once more; every connection does it by itself before `link-up`. False when it did not get there. */
  announceEpoch(): Promise<boolean>;
  /** Between `link-up` and `link-down`. */
  isUp(): boolean;
  /** Destroys the socket at once and for good: no fact and no command follows. */
  close(): void;
}

/** Connects to one FreeSWITCH, stays connected, and speaks for one pool. The first fact is `link-up` or `link-down`. */
export function openSwitchLink(options: SwitchLinkOptions): SwitchLink {
  const link = new NodeLink(options);
  link.connect();
  return {
    telephony: { perform: (command) => link.perform(command) },
    announceEpoch: () => link.announceEpoch(),
    isUp: () => link.isUp(),
    close: () => link.close(),
  };
}
