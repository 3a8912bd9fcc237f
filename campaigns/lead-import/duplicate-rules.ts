/** What becomes of a row of somebody who is there already. */
export const DUPLICATE_ACTIONS = ['update', 'skip', 'reject'] as const;
export type DuplicateAction = (typeof DUPLICATE_ACTIONS)[number];

/** Where somebody may be already, the nearest first. */
export const DUPLICATE_PLACES = ['file', 'list', 'organization'] as const;
export type DuplicatePlace = (typeof DUPLICATE_PLACES)[number];

/** By what he is recognised. */
export interface PlaceRules {
  readonly file: DuplicateAction;
  readonly list: DuplicateAction;
  /** In other lists of the organization; `add` makes him a lead of this list as well. */
  readonly organization: DuplicateAction | 'add';
}

export interface DuplicateRules {
  readonly byNumber: PlaceRules;
  readonly byExternalId: PlaceRules;
}

/**
 * Importing a file again changes nothing, several rows with one external id are one person, and a number that comes twice in a file with
 * nothing else to tell the rows apart is handed back.
 */
export const DEFAULT_DUPLICATE_RULES: DuplicateRules = {
  byNumber: { file: 'reject', list: 'update', organization: 'add' },
  byExternalId: { file: 'update', list: 'update', organization: 'add' },
};
