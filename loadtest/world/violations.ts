/** What must never happen; counted after each event, by what the world itself saw. */
export const VIOLATIONS = [
  'callWithoutClearance',
  'outsideWindow',
  'twoCallsToNumber',
  'twoCallsToAgent',
  'noEnding',
  'twoEndings',
  'ringCancelledEarly',
  'bridgedAfterMessage',
  'overTrunkLimit',
  'overAbandonLimit',
  'ledgerDiffers',
  'agentStuck',
] as const;
export type Violation = (typeof VIOLATIONS)[number];
export type ViolationCounts = Record<Violation, number>;

export const noViolations = (): ViolationCounts =>
  Object.fromEntries(VIOLATIONS.map((violation) => [violation, 0])) as ViolationCounts;
