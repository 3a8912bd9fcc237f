import type { HistoryEntry } from '../../campaigns/lead-history.ts';
import type { OrganizationDatabase } from '../../kernel/database.ts';
import type { ApiKeyId, OrganizationId, SessionId, UserId } from '../../kernel/ids.ts';
import { maskPhone } from '../../kernel/phone.ts';
import type { Role } from '../../kernel/roles.ts';
import type { EpochMs } from '../../kernel/time.ts';
import type { Locale } from '../api/scalar.schema.ts';

/** What somebody must do before anything else is open to him. */
export type Duty = 'change-password' | 'add-second-factor';

/** Who asks, from his session or his key; a new one with each request. */
export interface SignedIn {
  readonly userId: UserId;
  readonly organizationId: OrganizationId;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly locale: Locale;
  readonly isDemo: boolean;
  readonly duty: Duty | null;
  /** Set for a program that shows a key: it has neither cookie nor CSRF token, and nothing of a person's own. */
  readonly apiKeyId: ApiKeyId | null;
  readonly sessionId: SessionId | null;
  readonly csrfSecret: string;
  /** SHA-256 of the cookie's token, hex: names the session without opening it. */
  readonly sessionKey: string;
  readonly expiresAt: EpochMs;
  /** The rows of his organization. */
  readonly database: OrganizationDatabase;
}

/** Managers call and export, officers must prove, admins mend; the others do their work without the full number. */
const SEES_FULL_PHONES: readonly Role[] = ['admin', 'manager', 'officer'];

// At least seven digits, with what people put between them.
const PHONE_LIKE = /\+?\d(?:[\s().\/-]*\d){6,}/g;
const ISO_DATE = /^\d{4}-\d{2}-\d{2}$/;

/** Columns of a lead's file as this role may see them: a phone cell that nobody could read is kept among them. */
export function fieldsFor(
  role: Role,
  fields: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  if (SEES_FULL_PHONES.includes(role)) return fields;
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      ISO_DATE.test(value) ? value : value.replaceAll(PHONE_LIKE, maskPhone),
    ]),
  );
}

/** Numbers in free text, as this role may see them. */
export const textFor = (role: Role, text: string): string =>
  SEES_FULL_PHONES.includes(role) ? text : text.replaceAll(PHONE_LIKE, maskPhone);

/** A line of a lead's history as this role may see it: people write numbers into their notes, too. */
export const historyEntryFor = (role: Role, entry: HistoryEntry) => ({
  ...entry,
  phone: entry.phone && phoneFor(role, entry.phone),
  notes: entry.notes && textFor(role, entry.notes),
});

export const seesFullPhones = (role: Role): boolean => SEES_FULL_PHONES.includes(role);

/** The number as this role may see it. */
export function phoneFor(role: Role, phone: string): string {
  return SEES_FULL_PHONES.includes(role) ? phone : maskPhone(phone);
}
