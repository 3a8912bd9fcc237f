/**
 * What the carrier and the people behind it do with a call. The last two digits of the dialled number choose, so that a list of numbers
 * has one known result: of every hundred numbers in a row 30 are answered.
 */
export interface CarrierBehaviour {
  readonly name: CarrierBehaviourName;
  /** First and last of the endings (last two digits) that lead here. */
  readonly endings: readonly [first: number, last: number];
  readonly answers: boolean;
}

export const CARRIER_BEHAVIOURS = [
  /** 180, 200 after 1.5 s; talks until we hang up. */
  { name: 'answered', endings: [0, 13], answers: true },
  /** 180, 200 after 3 s; hangs up 4 s later. */
  { name: 'answered-hangs-up', endings: [14, 19], answers: true },
  /** 180, 183 with SDP and audio, 200 after 2 s. */
  { name: 'answered-after-early-media', endings: [20, 23], answers: true },
  /** 200 and no 18x before. */
  { name: 'answered-without-ringing', endings: [24, 26], answers: true },
  /** 180, 200 after 12 s. */
  { name: 'answered-slowly', endings: [27, 29], answers: true },
  /** 486 after 180 ms. */
  { name: 'busy', endings: [30, 44], answers: false },
  /** 180 until we cancel. */
  { name: 'no-answer', endings: [45, 74], answers: false },
  /** 183 with SDP, then silence until we cancel: a recorded announcement, or ringing tone as audio. */
  { name: 'early-media-only', endings: [75, 82], answers: false },
  /** 183 with SDP, 486 after 2 s. */
  { name: 'early-media-then-busy', endings: [83, 86], answers: false },
  /** 180, 603 after 1.5 s. */
  { name: 'rejected', endings: [87, 89], answers: false },
  /** 404 at once. */
  { name: 'invalid-number', endings: [90, 93], answers: false },
  /** 503 at once. */
  { name: 'carrier-failure', endings: [94, 95], answers: false },
  /** Not even 100. */
  { name: 'no-reply', endings: [96, 96], answers: false },
  /** 302 to another number. */
  { name: 'redirected', endings: [97, 97], answers: false },
  /** 180; its 200 crosses our CANCEL on the way. */
  { name: 'answer-crosses-cancel', endings: [98, 98], answers: false },
  /** 100, then nothing until we cancel. */
  { name: 'trying-only', endings: [99, 99], answers: false },
] as const satisfies readonly { name: string; endings: readonly [number, number]; answers: boolean }[];

export type CarrierBehaviourName = (typeof CARRIER_BEHAVIOURS)[number]['name'];

/** What the carrier will do with a call to this number. */
export function behaviourOf(phone: string): CarrierBehaviourName {
  const ending = Number(phone.slice(-2));
  const found = CARRIER_BEHAVIOURS.find(({ endings: [first, last] }) => ending >= first && ending <= last);
  if (found === undefined)
    throw new Error(`The carrier has no behaviour for a number that ends in ${phone.slice(-2)}.`);
  return found.name;
}

/** Two digits that lead to the behaviour; the first of its endings. */
export function endingFor(name: CarrierBehaviourName): string {
  const [first] = CARRIER_BEHAVIOURS.find((each) => each.name === name)?.endings ?? [0];
  return String(first).padStart(2, '0');
}
