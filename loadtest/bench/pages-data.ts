import type { Client } from 'pg';

export interface PagesDataSize {
  readonly leads: number;
  readonly calls: number;
}

/** Each list of the benchmark holds so many leads, the last one fewer. */
const LISTS = 8;

/** Ids that sort by their time, as ours do, from a moment and a counter. */
const ID_FUNCTION = `
  create or replace function pg_temp.bench_id(kind int, n bigint) returns uuid language sql immutable as $$
    select (lpad(to_hex(1793000000000 + n / 10), 12, '0') || '7' || lpad(to_hex(kind), 3, '0') || '8' || lpad(to_hex(n), 15, '0'))::uuid
  $$`;

const FIRST_NAMES = `array['Rosa','Maria','James','Wei','Ana','John','Mary Ann','Luis','Emma','Noah','Olivia','Liam','Sofia','Mia','Lucas','Jun','Hao','Ines','Omar','Zoe']`;
const LAST_NAMES = `array['Diaz','Smith','Johnson','Garcia','O’Hara','Nguyen','Lee','Kim','Brown','Miller','Davis','Lopez','Wilson','Moore','Taylor','Chen','Wang','Li','Zhang','Silva']`;
const ZONES = `array['America/New_York','America/Chicago','America/Denver','America/Los_Angeles','America/Phoenix','America/Anchorage','Pacific/Honolulu','America/Detroit','America/Indiana/Indianapolis','America/Boise']`;

/** What a big organization has, made by generate_series: lists, leads with numbers, one campaign over all of them, calls with words. */
function fillStatements({ leads, calls }: PagesDataSize): readonly string[] {
  const organization = `(select organization_id from organization limit 1)`;
  const campaign = `(select campaign_id from campaign where name = 'Big campaign')`;
  return [
    ID_FUNCTION,
    `insert into lead_list (list_id, organization_id, name, country, created_at)
     select pg_temp.bench_id(1, i), ${organization}, 'Big list ' || i, 'US', timestamptz '2026-11-01' + i * interval '1 hour'
       from generate_series(1, ${LISTS}) i`,
    `insert into campaign (campaign_id, organization_id, pool_id, trunk_id, name, state, caller_id, time_zone, created_at, started_at)
     select pg_temp.bench_id(2, 1), organization_id, pool_id, trunk_id, 'Big campaign', 'paused', caller_id, 'America/New_York',
            timestamptz '2026-11-01', timestamptz '2026-11-01' from campaign limit 1`,
    `insert into campaign_list (campaign_id, list_id, organization_id, weight)
     select ${campaign}, list_id, organization_id, 1 from lead_list where name like 'Big list %'`,
    `insert into lead (lead_id, organization_id, list_id, external_id, first_name, last_name, fields, created_at)
     select pg_temp.bench_id(3, n), ${organization}, pg_temp.bench_id(1, 1 + n * ${LISTS} / ${leads + 1}), 'X-' || n,
            (${FIRST_NAMES})[1 + (hashint8(n) & 1023) % 20], (${LAST_NAMES})[1 + (hashint8(n + 7) & 1023) % 20] || case when n % 3 = 0 then '' else to_hex(n % 5000) end,
            jsonb_build_object('city', 'City ' || n % 997, 'balance', (n % 5000)::text, 'segment', chr(65 + (n % 26)::int)),
            timestamptz '2026-11-01' + n * interval '1 millisecond'
       from generate_series(1, ${leads}::bigint) n`,
    `insert into lead_number (number_id, organization_id, list_id, lead_id, phone, zone_key, position)
     select pg_temp.bench_id(4, n), ${organization}, pg_temp.bench_id(1, 1 + n * ${LISTS} / ${leads + 1}), pg_temp.bench_id(3, n),
            '+1' || (2010000000 + n * 7919 % 7989999999), (${ZONES})[1 + (hashint8(n + 3) & 1023) % 10], 0
       from generate_series(1, ${leads}::bigint) n`,
    `insert into campaign_lead (campaign_id, lead_id, organization_id, list_id, state, due_at, number_id, phone, zone_key, attempts, last_ending,
                                finished_why, last_call_id)
     select ${campaign}, m.lead_id, m.organization_id, m.list_id, s.state,
            case s.state when 'waiting' then timestamptz '2026-11-20' + (hashint8(i.n) & 65535) * interval '1 minute'
                         when 'callback' then timestamptz '2026-11-22' + (i.n % 900) * interval '10 minutes'
                         else timestamptz '2026-11-10' end,
            m.number_id, m.phone, m.zone_key, case when i.n % 10 < 6 then 0 else (i.n % 4)::int + 1 end,
            case when i.n % 10 < 6 then null else (array['no-answer','busy','machine','connected'])[1 + (i.n % 4)::int] end,
            case s.state when 'finished' then 'attempts-used-up' end, null
       from lead_number m
      cross join lateral (select ('x' || right(m.lead_id::text, 12))::bit(48)::bigint as n) i
      cross join lateral (select case when i.n % 100 < 58 then 'waiting' when i.n % 100 < 59 then 'callback' when i.n % 100 < 99 then 'finished'
                                      else 'waiting' end as state) s
      where m.number_id >= pg_temp.bench_id(4, 0)`,
    `insert into call (call_id, placed_at, organization_id, pool_id, epoch, purpose, campaign_id, lead_id, phone, clearance, is_simulated,
                       dialled_at, rang_at, answered_at, bridged_at, ended_at, agent_id, ending)
     select pg_temp.bench_id(5, n), t.at, ${organization}, (select pool_id from pool limit 1), 1, 'campaign', ${campaign},
            pg_temp.bench_id(3, 1 + n * 13 % ${leads}), '+1' || (2010000000 + (1 + n * 13 % ${leads}) * 7919 % 7989999999), '{}', true,
            t.at, t.at + interval '2 s', case when n % 4 = 3 then t.at + interval '9 s' end, case when n % 4 = 3 then t.at + interval '9 s' end,
            t.at + interval '40 s', case when n % 4 = 3 then (select agent_id from agent order by 1 limit 1) end,
            (array['no-answer','busy','machine','connected'])[1 + (n % 4)::int]
       from generate_series(1, ${calls}::bigint) n
      cross join lateral (select timestamptz '2026-11-01 14:00+00' + n * (interval '19 days' / ${calls})) t(at)`,
    `insert into call_disposition (call_id, organization_id, campaign_id, lead_id, agent_id, code, notes, at)
     select call_id, organization_id, campaign_id, lead_id, agent_id, (select code from disposition order by code limit 1), '', ended_at
       from call where ending = 'connected' and call_id >= pg_temp.bench_id(5, 0)`,
    `insert into refusal (organization_id, at, campaign_id, lead_id, phone, rule, rules_version, facts, retry_at)
     select ${organization}, timestamptz '2026-11-20 00:00+00' + n * interval '200 milliseconds', ${campaign}, pg_temp.bench_id(3, 1 + n * 3),
            '+12015550100', 'calling-window', '2026-11-20',
            '{"zone":"America/New_York","localTime":"21:31","from":"08:00","to":"21:00","zoneCount":1}', timestamptz '2026-11-21'
       from generate_series(1, least(${leads} / 10, 100000)::bigint) n`,
    `vacuum analyze`,
  ];
}

/** Fills the organization of a fresh product; says how long each step took. Filled before: does nothing. */
export async function fillPagesData(
  client: Client,
  size: PagesDataSize,
  say: (line: string) => void,
): Promise<void> {
  const filled = await client.query(`select from campaign where name = 'Big campaign'`);
  if (filled.rowCount !== 0) return;
  for (const statement of fillStatements(size)) {
    const began = performance.now();
    await client.query(statement);
    say(
      `${statement.trim().slice(0, 60).replaceAll(/\s+/g, ' ')}… ${Math.round(performance.now() - began)} ms`,
    );
  }
}
