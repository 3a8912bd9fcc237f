import {
  leadFilterSchema,
  type LeadCondition,
  type LeadFilter,
} from '../../../campaigns/lead-filter.schema.ts';

export type ConditionKind = LeadCondition['kind'];

export interface DraftCondition {
  readonly id: number;
  readonly condition: LeadCondition;
}

export interface DraftGroup {
  readonly id: number;
  readonly match: 'all' | 'any';
  readonly conditions: readonly DraftCondition[];
}

/** The condition that a choice in the first field of a line begins with. `custom:City` is a field of the organization's own. */
export function conditionOfChoice(choice: string): LeadCondition {
  const [kind = '', ...rest] = choice.split(':');
  const name = rest.join(':');
  switch (kind) {
    case 'field':
      return { kind: 'field', field: name as 'lastName', test: 'begins', value: '' };
    case 'custom':
      return { kind: 'custom', name, test: 'is', value: '' };
    case 'list':
      return { kind: 'list', isNot: false, lists: [] };
    case 'zone':
      return { kind: 'zone', zones: [] };
    case 'phone':
      return { kind: 'phone', begins: '+' };
    case 'do-not-call':
      return { kind: 'do-not-call', isListed: true };
    case 'campaign':
      return { kind: 'campaign', campaignId: '', isNot: false };
    case 'state':
      return { kind: 'state', campaignId: null, states: [] };
    case 'attempts':
      return { kind: 'attempts', campaignId: null, test: 'at-least', value: 1 };
    case 'last-ending':
      return { kind: 'last-ending', campaignId: null, endings: [] };
    case 'disposition':
      return { kind: 'disposition', isNot: false, codes: [] };
    case 'last-call':
      return { kind: 'last-call', test: 'before', at: 0 };
    case 'callback':
      return { kind: 'callback', test: 'any', at: 0 };
    default:
      return { kind: 'added', test: 'after', at: 0 };
  }
}

export function choiceOfCondition(condition: LeadCondition): string {
  if (condition.kind === 'field') return `field:${condition.field}`;
  if (condition.kind === 'custom') return `custom:${condition.name}`;
  return condition.kind;
}

/** Whether enough is said for the server to ask; a line that was just begun is no condition yet. */
export function isComplete(condition: LeadCondition): boolean {
  switch (condition.kind) {
    case 'field':
    case 'custom':
      return (
        condition.value.trim() !== '' || condition.test === 'is-empty' || condition.test === 'is-not-empty'
      );
    case 'list':
      return condition.lists.length > 0;
    case 'zone':
      return condition.zones.length > 0;
    case 'phone':
      return /^\+\d{1,15}$/.test(condition.begins);
    case 'campaign':
      return condition.campaignId !== '';
    case 'state':
      return condition.states.length > 0;
    case 'attempts':
      return Number.isInteger(condition.value) && condition.value >= 0;
    case 'last-ending':
      return condition.endings.length > 0;
    case 'disposition':
      return condition.codes.length > 0;
    case 'last-call':
      return condition.test === 'never' || condition.at > 0;
    case 'callback':
      return condition.test === 'any' || condition.at > 0;
    case 'added':
      return condition.at > 0;
    case 'do-not-call':
      return true;
  }
}

/** A filter while somebody builds it. */
export class FilterDraft {
  #match = $state<'all' | 'any'>('all');
  #groups = $state.raw<readonly DraftGroup[]>([]);
  #nextId = 1;

  get match(): 'all' | 'any' {
    return this.#match;
  }

  get groups(): readonly DraftGroup[] {
    return this.#groups;
  }

  /** What of it can be asked now; null when nothing is said yet. */
  get filter(): LeadFilter | null {
    const groups = this.#groups.flatMap(({ match, conditions }) => {
      const said = conditions.flatMap(({ condition }) => (isComplete(condition) ? [condition] : []));
      return said.length === 0 ? [] : [{ match, conditions: said }];
    });
    return groups.length === 0 ? null : { match: this.#match, groups };
  }

  read(filter: LeadFilter | null): void {
    this.#match = filter?.match ?? 'all';
    this.#groups = (filter?.groups ?? []).map((group) => ({
      id: this.#id(),
      match: group.match,
      conditions: group.conditions.map((condition) => ({ id: this.#id(), condition })),
    }));
  }

  setMatch(match: 'all' | 'any'): void {
    this.#match = match;
  }

  setGroupMatch(groupId: number, match: 'all' | 'any'): void {
    this.#groups = this.#groups.map((group) => (group.id === groupId ? { ...group, match } : group));
  }

  addGroup(): void {
    const conditions = [{ id: this.#id(), condition: conditionOfChoice('field:lastName') }];
    this.#groups = [...this.#groups, { id: this.#id(), match: 'all', conditions }];
  }

  addCondition(groupId: number): void {
    this.#change(groupId, (conditions) => [
      ...conditions,
      { id: this.#id(), condition: conditionOfChoice('field:lastName') },
    ]);
  }

  put(groupId: number, id: number, condition: LeadCondition): void {
    this.#change(groupId, (conditions) => conditions.map((one) => (one.id === id ? { id, condition } : one)));
  }

  /** A group that has lost its last condition goes too. */
  remove(groupId: number, id: number): void {
    this.#change(groupId, (conditions) => conditions.filter((one) => one.id !== id));
    this.#groups = this.#groups.filter(({ conditions }) => conditions.length > 0);
  }

  #change(
    groupId: number,
    change: (conditions: readonly DraftCondition[]) => readonly DraftCondition[],
  ): void {
    this.#groups = this.#groups.map((group) =>
      group.id === groupId ? { ...group, conditions: change(group.conditions) } : group,
    );
  }

  #id(): number {
    this.#nextId += 1;
    return this.#nextId;
  }
}

/** The filter that stands in an address; null for none and for what is none. */
export function filterOfText(text: string): LeadFilter | null {
  if (text === '') return null;
  try {
    const read = leadFilterSchema.safeParse(JSON.parse(text));
    return read.success && read.data.groups.length > 0 ? read.data : null;
  } catch {
    return null;
  }
}
