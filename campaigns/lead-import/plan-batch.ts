import type { LeadId, ListId, NumberId } from '../../kernel/ids.ts';
import type { PhoneNumber } from '../../kernel/phone.ts';
import type { Column } from './column.ts';
import type { DuplicatePlace, DuplicateRules } from './duplicate-rules.ts';
import {
  rowAsItCame,
  type LeadInFile,
  type RejectedRow,
  type RejectReason,
  type RowNumber,
} from './lead-row.ts';
import type { SeenInFile } from './seen-in-file.ts';

/** A lead that has a number or an external id of the batch. */
export interface ExistingLead {
  readonly leadId: LeadId;
  readonly listId: ListId;
  readonly externalId: string | null;
  /** It came with this very file. */
  readonly isOfFile: boolean;
}

export interface ExistingLeads {
  /** Of the list of the import. */
  readonly byPhone: ReadonlyMap<PhoneNumber, ExistingLead>;
  readonly byExternalId: ReadonlyMap<string, ExistingLead>;
  /** Of other lists. */
  readonly byPhoneElsewhere: ReadonlyMap<PhoneNumber, ExistingLead>;
  readonly byExternalIdElsewhere: ReadonlyMap<string, ExistingLead>;
  /** Where further numbers of each of these leads go. */
  readonly nextPosition: ReadonlyMap<LeadId, number>;
}

export interface PlannedLead {
  readonly leadId: LeadId;
  readonly isNew: boolean;
  externalId: string | null;
  firstName: string;
  lastName: string;
  fields: Readonly<Record<string, string>>;
}

export interface PlannedNumber extends RowNumber {
  readonly leadId: LeadId;
  readonly listId: ListId;
  readonly numberId: NumberId;
  readonly position: number;
}

export interface BatchPlan {
  readonly leads: readonly PlannedLead[];
  readonly numbers: readonly PlannedNumber[];
  readonly rejects: readonly RejectedRow[];
  /** Rows that changed or added to a lead that was there. */
  readonly updatedRows: number;
  /** Rows of somebody who was there and was to be left as he is. */
  readonly skippedRows: number;
  /** Rows that became a lead or more of one. */
  readonly takenRows: readonly LeadInFile[];
}

/** Makes ids that sort by time. */
export interface BatchIds {
  lead(): LeadId;
  number(): NumberId;
}

export interface BatchContext {
  readonly listId: ListId;
  readonly existing: ExistingLeads;
  /** Of the rows before; those of the batch are added. */
  readonly seen: SeenInFile;
  readonly rules: DuplicateRules;
  readonly columns: readonly Column[];
  readonly ids: BatchIds;
}

/**
 * What becomes of each row: a new lead, more of a lead that is there, nothing, or a rejected row. Numbers are once per list, and people
 * with different external ids who share a number are two leads: the number stays with the first.
 */
export function planBatch(rows: readonly LeadInFile[], context: BatchContext): BatchPlan {
  const planner = new BatchPlanner(context);
  for (const row of rows) planner.take(row);
  return planner.plan();
}

type Match =
  | { readonly type: 'new' }
  | {
      readonly type: 'known';
      readonly place: DuplicatePlace;
      readonly by: 'byNumber' | 'byExternalId';
      readonly lead: ExistingLead | null;
    };

const NEW: Match = { type: 'new' };
const REASONS = {
  file: 'duplicate-in-file',
  list: 'duplicate-in-list',
  organization: 'duplicate-in-organization',
} as const satisfies Record<DuplicatePlace, RejectReason>;

class BatchPlanner {
  private readonly context: BatchContext;
  private readonly leads = new Map<LeadId, PlannedLead>();
  private readonly numbers: PlannedNumber[] = [];
  private readonly rejects: RejectedRow[] = [];
  /** Of the list, with what the rows before have added. */
  private readonly byPhone: Map<PhoneNumber, ExistingLead>;
  private readonly byExternalId: Map<string, ExistingLead>;
  private readonly nextPosition: Map<LeadId, number>;
  private updatedRows = 0;
  private skippedRows = 0;
  private readonly takenRows: LeadInFile[] = [];

  constructor(context: BatchContext) {
    this.context = context;
    this.byPhone = new Map(context.existing.byPhone);
    this.byExternalId = new Map(context.existing.byExternalId);
    this.nextPosition = new Map(context.existing.nextPosition);
  }

  plan(): BatchPlan {
    const { numbers, rejects, updatedRows, skippedRows, takenRows } = this;
    return { leads: [...this.leads.values()], numbers, rejects, updatedRows, skippedRows, takenRows };
  }

  take(row: LeadInFile): void {
    this.decide(row);
    this.context.seen.add(row);
  }

  private decide(row: LeadInFile): void {
    const match = this.match(row);
    if (match.type === 'new') {
      this.add(row);
      return;
    }
    const { place, by, lead } = match;
    const rules = this.context.rules[by];
    const wanted = rules[place];
    // Whoever was there before the file is no more to be changed by its second row than by its first.
    const action = wanted === 'update' && place === 'file' && lead?.isOfFile === false ? rules.list : wanted;
    if (action === 'skip') this.skippedRows += 1;
    else if (action === 'add') this.add(row);
    else if (action === 'update' && lead !== null) this.update(row, lead);
    else this.reject(row, REASONS[place], by);
  }

  /** Who the row is, by the nearest place: an earlier row of the file, the list, another list. */
  private match(row: LeadInFile): Match {
    const { seen, existing } = this.context;
    if (row.numbers.every(({ phone }) => seen.hasPhone(phone))) {
      const lead = this.holderOf(row, this.byPhone);
      return { type: 'known', place: 'file', by: 'byNumber', lead };
    }
    const named = row.externalId === null ? undefined : this.byExternalId.get(row.externalId);
    if (named !== undefined && row.externalId !== null) {
      const place = seen.hasExternalId(row.externalId) ? 'file' : 'list';
      return { type: 'known', place, by: 'byExternalId', lead: named };
    }
    const holder = this.holderOf(row, this.byPhone);
    if (holder !== null) return { type: 'known', place: 'list', by: 'byNumber', lead: holder };
    const namedElsewhere =
      row.externalId === null ? undefined : existing.byExternalIdElsewhere.get(row.externalId);
    if (namedElsewhere !== undefined)
      return { type: 'known', place: 'organization', by: 'byExternalId', lead: namedElsewhere };
    const holderElsewhere = this.holderOf(row, existing.byPhoneElsewhere);
    if (holderElsewhere !== null)
      return { type: 'known', place: 'organization', by: 'byNumber', lead: holderElsewhere };
    return NEW;
  }

  private holderOf(row: LeadInFile, holders: ReadonlyMap<PhoneNumber, ExistingLead>): ExistingLead | null {
    for (const { phone } of row.numbers) {
      const holder = holders.get(phone);
      if (holder && !areDifferent(holder.externalId, row.externalId)) return holder;
    }
    return null;
  }

  private add(row: LeadInFile): void {
    const { listId, ids } = this.context;
    const free = row.numbers.filter(({ phone }) => !this.byPhone.has(phone));
    if (free.length === 0) {
      this.reject(row, 'number-of-other-lead', 'byNumber');
      return;
    }
    this.takenRows.push(row);
    const { externalId, firstName, lastName, fields } = row;
    const lead = { leadId: ids.lead(), listId, externalId, isOfFile: true };
    this.leads.set(lead.leadId, {
      leadId: lead.leadId,
      isNew: true,
      externalId,
      firstName,
      lastName,
      fields,
    });
    if (externalId !== null) this.byExternalId.set(externalId, lead);
    this.addNumbers(lead, free);
  }

  private update(row: LeadInFile, lead: ExistingLead): void {
    const isHere = lead.listId === this.context.listId;
    const holders = isHere ? this.byPhone : this.context.existing.byPhoneElsewhere;
    const own = row.numbers.filter(({ phone }) => (holders.get(phone) ?? lead).leadId === lead.leadId);
    if (own.length === 0) {
      this.reject(row, 'number-of-other-lead', 'byNumber');
      return;
    }
    this.updatedRows += 1;
    this.takenRows.push(row);
    const before = this.leads.get(lead.leadId) ?? null;
    // An id of another list's lead stays: there it could be another's.
    this.leads.set(lead.leadId, merged(before, lead.leadId, isHere ? row : { ...row, externalId: null }));
    if (isHere && row.externalId !== null) this.byExternalId.set(row.externalId, lead);
    this.addNumbers(
      lead,
      own.filter(({ phone }) => !holders.has(phone)),
    );
  }

  private addNumbers(lead: ExistingLead, numbers: readonly RowNumber[]): void {
    const { leadId, listId } = lead;
    for (const number of numbers) {
      const position = this.nextPosition.get(leadId) ?? 0;
      this.nextPosition.set(leadId, position + 1);
      const numberId = this.context.ids.number();
      this.numbers.push({ ...number, leadId, listId, numberId, position });
      if (listId === this.context.listId) this.byPhone.set(number.phone, lead);
    }
  }

  private reject(row: LeadInFile, reason: RejectReason, by: 'byNumber' | 'byExternalId'): void {
    const { columns } = this.context;
    const value = by === 'byNumber' ? (row.numbers[0]?.phone ?? null) : row.externalId;
    const field = by === 'byNumber' ? 'phone' : 'externalId';
    const column = columns.find((one) => one.field === field)?.name ?? null;
    this.rejects.push({ line: row.line, reason, column, value, row: rowAsItCame(row.cells, columns) });
  }
}

const areDifferent = (one: string | null, other: string | null): boolean =>
  one !== null && other !== null && one !== other;

/** Later rows win; what they leave empty stays. */
function merged(before: PlannedLead | null, leadId: LeadId, row: LeadInFile): PlannedLead {
  return {
    leadId,
    isNew: before?.isNew ?? false,
    externalId: before?.externalId ?? row.externalId,
    firstName: row.firstName === '' ? (before?.firstName ?? '') : row.firstName,
    lastName: row.lastName === '' ? (before?.lastName ?? '') : row.lastName,
    fields: { ...before?.fields, ...row.fields },
  };
}
