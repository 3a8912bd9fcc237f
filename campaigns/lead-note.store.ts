import type { Query } from '../kernel/database.ts';
import type { LeadId, LeadNoteId, OrganizationId, UserId } from '../kernel/ids.ts';
import type { EpochMs } from '../kernel/time.ts';

export interface LeadNote {
  readonly noteId: LeadNoteId;
  readonly at: EpochMs;
  readonly text: string;
  /** Null: a program wrote it. */
  readonly writtenBy: UserId | null;
  readonly writerName: string | null;
}

interface LeadKey {
  readonly organizationId: OrganizationId;
  readonly leadId: LeadId;
}

/** What people wrote about a lead, the newest first. */
export async function listLeadNotes(
  query: Query,
  { organizationId, leadId }: LeadKey,
  limit: number,
): Promise<readonly LeadNote[]> {
  return await query<LeadNote>`
    select n.note_id as "noteId", n.at, n.text, n.written_by as "writtenBy", u.name as "writerName"
      from lead_note n left join app_user u on u.user_id = n.written_by
     where n.organization_id = ${organizationId} and n.lead_id = ${leadId}
     order by n.at desc, n.note_id desc limit ${limit}`;
}

/** False when there is no such lead in this organization. Written twice under one id it is one note. */
export async function addLeadNote(
  query: Query,
  { organizationId, leadId }: LeadKey,
  note: Omit<LeadNote, 'writerName'>,
): Promise<boolean> {
  const rows = await query<{ lead_id: string }>`
    with known as (select lead_id from lead where organization_id = ${organizationId} and lead_id = ${leadId}),
    added as (
      insert into lead_note (note_id, organization_id, lead_id, written_by, at, text)
      select ${note.noteId}, ${organizationId}, lead_id, ${note.writtenBy}, ${new Date(note.at)}, ${note.text} from known
      on conflict (note_id) do nothing
    )
    select lead_id from known`;
  return rows.length > 0;
}
