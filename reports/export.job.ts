import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Locale } from '../compliance/locale.ts';
import type { OrganizationDatabase } from '../kernel/database.ts';
import type { CallId, LeadId, OrganizationId } from '../kernel/ids.ts';
import { after, type Clock } from '../kernel/time.ts';
import { readCallPage } from './call-list.store.ts';
import { BYTE_ORDER_MARK } from '../kernel/csv.ts';
import { callLine, callsHead, leadLine, leadsHead, type Masks } from './export-file.ts';
import { addPiece, beginExport, finishExport } from './export.store.ts';
import { EXPORT_KEPT, type CallExport, type ExportId, type LeadExport } from './export.ts';
import { countExportedLeads, readLeadFields, readLeadsAfter } from './lead-export.store.ts';
import { instantsOf, rangeOf } from './report-range.ts';
import { readAgentsZone, readReportCampaigns } from './report-scope.store.ts';

const pack = promisify(gzip);

/** Rows of one piece: a few hundred kilobytes, so that memory stays the same however long the file gets. */
const ROWS_PER_PIECE = 1000;

export interface ExportPorts {
  readonly database: OrganizationDatabase;
  readonly organizationId: OrganizationId;
  readonly clock: Clock;
  /** What a person may see who may not see full numbers. */
  readonly masked: Masks;
}

/** Rows of the file with how much of the work is behind them. */
interface Piece {
  readonly lines: readonly string[];
  readonly progress: number;
}

const AS_IT_IS: Masks = { phone: (phone) => phone, text: (text) => text };

/**
 * Writes the file of an export, from its beginning: after a stop it is written again. Ends quietly when the export was cancelled.
 * Rejects when the database fails; then it is to be run again.
 */
export async function runExport(ports: ExportPorts, exportId: ExportId): Promise<void> {
  const { database, organizationId, clock } = ports;
  const begun = await database.tx((query) => beginExport(query, organizationId, exportId));
  if (begun === null) return;
  const { request, locale, hasFullPhones, attempt } = begun;
  const masks = hasFullPhones ? AS_IT_IS : ports.masked;
  const run = { exportId, attempt };
  const pieces =
    request.kind === 'calls'
      ? callPieces(ports, request, { locale, masks })
      : leadPieces(ports, request, { locale, masks });
  let number = 0;
  for await (const { lines, progress } of pieces) {
    const text = (number === 0 ? BYTE_ORDER_MARK : '') + lines.join('');
    const bytes = Buffer.byteLength(text);
    // The first line of the file is its header.
    const rows = lines.length - (number === 0 ? 1 : 0);
    const isOurs = await addPiece(database.query, run, {
      number,
      packed: await pack(text),
      rows,
      bytes,
      progress,
    });
    if (!isOurs) return;
    number += 1;
  }
  const at = clock.now();
  await finishExport(database.query, run, { at, expiresAt: after(at, EXPORT_KEPT) });
}

interface Writing {
  readonly locale: Locale;
  readonly masks: Masks;
}

/** The newest first; how far it is says the time of the last one. */
async function* callPieces(
  { database: { query }, organizationId }: ExportPorts,
  request: CallExport,
  { locale, masks }: Writing,
): AsyncGenerator<Piece> {
  yield { lines: [callsHead(locale)], progress: 0 };
  const { figure, hour = null, agentId = null, code = null } = request;
  const campaigns = await readReportCampaigns(query, organizationId, request.campaignId ?? null);
  const days = { firstDay: request.from, lastDay: request.to };
  const chosen = request.campaignId === undefined ? undefined : campaigns[0];
  const agentRange = instantsOf(await readAgentsZone(query, organizationId, chosen), days);
  const ranges = campaigns.map((campaign) => ({
    ...rangeOf(campaign, days),
    ...(agentId !== null && request.campaignId === undefined && agentRange),
  }));
  const [fromAt, toAt] = [
    Math.min(...ranges.map((range) => range.fromAt)),
    Math.max(...ranges.map((range) => range.toAt)),
  ];
  let last: CallId | null = null;
  for (;;) {
    const page = { ranges, figure, hour, agentId, code, limit: ROWS_PER_PIECE, after: last };
    const calls: Awaited<ReturnType<typeof readCallPage>> = await readCallPage(query, organizationId, page);
    const end = calls.at(-1);
    if (!end) return;
    const progress = Math.min(1, Math.max(0, (toAt - end.placedAt) / (toAt - fromAt)));
    yield { lines: calls.map((call) => callLine(call, masks)), progress };
    last = end.callId;
    if (calls.length < ROWS_PER_PIECE) return;
  }
}

async function* leadPieces(
  { database: { query }, organizationId }: ExportPorts,
  request: LeadExport,
  { locale, masks }: Writing,
): AsyncGenerator<Piece> {
  const fields = await readLeadFields(query, organizationId, request);
  yield { lines: [leadsHead(locale, fields)], progress: 0 };
  const all = await countExportedLeads(query, organizationId, request);
  let written = 0;
  let last: LeadId | null = null;
  for (;;) {
    const page = { request, after: last, limit: ROWS_PER_PIECE };
    const leads: Awaited<ReturnType<typeof readLeadsAfter>> = await readLeadsAfter(
      query,
      organizationId,
      page,
    );
    const end = leads.at(-1);
    if (!end) return;
    written += leads.length;
    yield {
      lines: leads.map((lead) => leadLine(lead, fields, masks)),
      progress: Math.min(1, written / Math.max(1, all)),
    };
    last = end.leadId;
    if (leads.length < ROWS_PER_PIECE) return;
  }
}
