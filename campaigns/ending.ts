/** The closed list of ways a call ends; the raw causes are stored beside it. */
export const ENDINGS = [
  'connected',
  'human-abandoned',
  'hung-up-waiting',
  'message-left',
  'machine',
  'fax',
  'sit',
  'screening',
  'no-answer',
  'busy',
  'rejected',
  'invalid-number',
  'carrier-failure',
  'agent-lost',
  'revoked',
  'lost',
] as const;
export type Ending = (typeof ENDINGS)[number];
