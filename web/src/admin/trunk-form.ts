import type { Trunk } from '../../../server/api.ts';

export const NUMBER_FORMATS = ['e164', 'e164-without-plus', 'national'] as const;
export const CALLER_ID_PLACES = ['from', 'pai', 'from-and-pai'] as const;

/** A trunk while somebody types it. */
export type TrunkFields = Omit<Trunk, 'trunkId'>;

/** What a new one begins with. */
export const NEW_TRUNK: TrunkFields = {
  name: '',
  dialTemplate: 'sofia/gateway/carrier/{number}',
  numberFormat: 'e164',
  callerIdIn: 'from',
  codecs: 'PCMU,PCMA',
  callsMax: 100,
  callsPerSecondMax: 10,
  pingSeconds: 30,
};
