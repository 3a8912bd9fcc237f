-- Up Migration
-- Reports count calls and agents' states ahead, in quarters of an hour of UTC: every zone's hours and days begin at one of them. What
-- changes marks its quarter in the same transaction; a marked quarter is counted from the rows themselves, until a background job has
-- counted it again (docs/adr/0008). So a report says the same before and after the job, and without it.

create function ringline_quarter(at timestamptz) returns timestamptz language sql immutable parallel safe
  return date_bin('15 minutes', at, timestamptz '2000-01-01 00:00:00+00');

-- The moment in a UUIDv7; for a call the same as its placed_at.
create function ringline_uuid_time(id uuid) returns timestamptz language sql immutable parallel safe
  return timestamptz '1970-01-01 00:00:00+00'
    + ('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint * interval '1 millisecond';

-- Smaller than every UUIDv7 of this millisecond and later, larger than every earlier one.
create function ringline_first_uuid(at timestamptz) returns uuid language sql immutable parallel safe
  return (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '00000000000000000000')::uuid;

-- Of two changes at one moment the later one holds.
create sequence agent_state_change_id;
grant usage on sequence agent_state_change_id to ringline_app;
alter table agent_state_change add column change_id bigint not null default nextval('agent_state_change_id');

create index call_answered on call (organization_id, campaign_id, placed_at desc) where answered_at is not null;
create index call_by_agent on call (organization_id, agent_id, placed_at desc) where agent_id is not null;
create index call_disposition_code on call_disposition (organization_id, campaign_id, code, call_id);
-- In place of the one without is_early_hang_up: a period of 30 days is counted without a look at the table.
drop index abandonment_ledger_day;
create index abandonment_ledger_day on abandonment_ledger (campaign_id, local_day) include (is_abandoned, is_early_hang_up);

-- Ended calls of a campaign by the quarter in which they were placed and by agent (zero where none had it). Human answers and what
-- became of them stand under the zero agent, by the quarter of the answer, as in the abandonment ledger.
create table report_call_quarter (
  organization_id uuid not null references organization,
  campaign_id uuid not null,
  quarter_at timestamptz not null,
  agent_id uuid not null,
  attempts integer not null,
  answered integer not null,
  answered_ms bigint not null,
  short_calls integer not null,
  contacts integer not null,
  rang integer not null,
  post_dial_delay_ms bigint not null,
  -- Of every contact.
  answer_to_agent_ms integer[] not null,
  -- {code: calls}
  dispositions jsonb not null,
  human_answers integer not null,
  abandoned integer not null,
  early_hang_ups integer not null,
  primary key (campaign_id, quarter_at, agent_id)
);
create index report_call_quarter_agent on report_call_quarter (organization_id, agent_id, quarter_at);
call ringline_protect('report_call_quarter', 'select, insert, update, delete');

create function ringline_count_calls(wanted_organization uuid, wanted_campaign uuid, quarter timestamptz)
  returns table (agent_id uuid, attempts integer, answered integer, answered_ms bigint, short_calls integer, contacts integer,
                 rang integer, post_dial_delay_ms bigint, answer_to_agent_ms integer[], dispositions jsonb,
                 human_answers integer, abandoned integer, early_hang_ups integer)
  language sql stable as $$
  with placed as (
    select c.call_id, coalesce(c.agent_id, '00000000-0000-0000-0000-000000000000') as agent_id, c.answer_to_agent_ms,
           c.dialled_at is not null and c.ending <> 'carrier-failure' as is_attempt,
           c.dialled_at is not null and c.ending <> 'carrier-failure' and c.answered_at is not null as is_answered,
           c.answered_at is not null and c.bridged_at is not null
             and c.ending not in ('machine', 'message-left', 'fax', 'sit', 'screening', 'revoked') as is_contact,
           (extract(epoch from c.ended_at - c.answered_at) * 1000)::bigint as talk_ms,
           (extract(epoch from c.rang_at - c.dialled_at) * 1000)::bigint as delay_ms
      from call c
     where c.organization_id = wanted_organization and c.campaign_id = wanted_campaign
       and c.placed_at >= quarter and c.placed_at < quarter + interval '15 minutes' and c.ending is not null
  ), counted as (
    select p.agent_id,
           count(*) filter (where is_attempt) as attempts,
           count(*) filter (where is_answered) as answered,
           coalesce(sum(talk_ms) filter (where is_answered), 0) as answered_ms,
           count(*) filter (where is_answered and talk_ms <= 6000) as short_calls,
           count(*) filter (where is_contact) as contacts,
           count(*) filter (where is_attempt and delay_ms is not null) as rang,
           coalesce(sum(delay_ms) filter (where is_attempt), 0) as post_dial_delay_ms,
           coalesce(array_agg(p.answer_to_agent_ms order by p.answer_to_agent_ms)
                      filter (where is_contact and p.answer_to_agent_ms is not null), '{}') as answer_to_agent_ms
      from placed p group by p.agent_id
  ), words as (
    select w.agent_id, jsonb_object_agg(w.code, w.calls) as dispositions
      from (select p.agent_id, d.code, count(*) as calls
              -- One look-up for each call, whatever the planner thinks of how many there are.
              from placed p
             cross join lateral (select code from call_disposition where call_id = p.call_id offset 0) d
             group by 1, 2) w
     group by w.agent_id
  ), ledger as (
    select '00000000-0000-0000-0000-000000000000'::uuid as agent_id, count(*) as human_answers,
           count(*) filter (where l.is_abandoned) as abandoned, count(*) filter (where l.is_early_hang_up) as early_hang_ups
      from abandonment_ledger l
     where l.campaign_id = wanted_campaign and l.answered_at >= quarter and l.answered_at < quarter + interval '15 minutes'
    having count(*) > 0
  )
  select coalesce(c.agent_id, l.agent_id), coalesce(c.attempts, 0)::integer, coalesce(c.answered, 0)::integer,
         coalesce(c.answered_ms, 0)::bigint, coalesce(c.short_calls, 0)::integer, coalesce(c.contacts, 0)::integer,
         coalesce(c.rang, 0)::integer, coalesce(c.post_dial_delay_ms, 0)::bigint, coalesce(c.answer_to_agent_ms, '{}'),
         coalesce(w.dispositions, '{}'), coalesce(l.human_answers, 0)::integer, coalesce(l.abandoned, 0)::integer,
         coalesce(l.early_hang_ups, 0)::integer
    from counted c
    left join words w on w.agent_id = c.agent_id
    full join ledger l on l.agent_id = c.agent_id
$$;

-- Signed-in time of agents by quarter and state, up to the change that report_agent_progress names.
create table report_agent_quarter (
  organization_id uuid not null references organization,
  agent_id uuid not null,
  quarter_at timestamptz not null,
  phone_connecting_ms integer not null,
  phone_lost_ms integer not null,
  ready_ms integer not null,
  reserved_ms integer not null,
  previewing_ms integer not null,
  dialling_ms integer not null,
  talking_ms integer not null,
  on_hold_ms integer not null,
  consulting_ms integer not null,
  wrapping_up_ms integer not null,
  paused_ms integer not null,
  primary key (agent_id, quarter_at)
);
create index report_agent_quarter_time on report_agent_quarter (organization_id, quarter_at);
call ringline_protect('report_agent_quarter', 'select, insert, update, delete');

create table report_agent_progress (
  agent_id uuid primary key,
  organization_id uuid not null references organization,
  counted_until timestamptz not null
);
call ringline_protect('report_agent_progress', 'select, insert, update, delete');

create function ringline_count_agent_states(wanted_organization uuid, wanted_agent uuid, from_at timestamptz, until_at timestamptz)
  returns table (quarter_at timestamptz, phone_connecting_ms integer, phone_lost_ms integer, ready_ms integer, reserved_ms integer,
                 previewing_ms integer, dialling_ms integer, talking_ms integer, on_hold_ms integer, consulting_ms integer,
                 wrapping_up_ms integer, paused_ms integer)
  language sql stable as $$
  with known as (
    (select at, change_id, state from agent_state_change
      where organization_id = wanted_organization and agent_id = wanted_agent and at <= from_at
      order by at desc, change_id desc limit 1)
    union all
    (select at, change_id, state from agent_state_change
      where organization_id = wanted_organization and agent_id = wanted_agent and at > from_at and at < until_at)
  ), spans as (
    select state, greatest(at, from_at) as began, lead(at, 1, until_at) over (order by at, change_id) as ended from known
  ), parts as (
    select q as quarter_at, s.state,
           (extract(epoch from least(s.ended, q + interval '15 minutes') - greatest(s.began, q)) * 1000)::bigint as ms
      from spans s
     cross join lateral generate_series(ringline_quarter(s.began), s.ended - interval '1 microsecond', interval '15 minutes') q
     where s.state <> 'signed-out' and s.began < s.ended
  )
  select p.quarter_at,
         coalesce(sum(ms) filter (where state = 'phone-connecting'), 0)::integer,
         coalesce(sum(ms) filter (where state = 'phone-lost'), 0)::integer,
         coalesce(sum(ms) filter (where state = 'ready'), 0)::integer,
         coalesce(sum(ms) filter (where state = 'reserved'), 0)::integer,
         coalesce(sum(ms) filter (where state = 'previewing'), 0)::integer,
         coalesce(sum(ms) filter (where state = 'dialling'), 0)::integer,
         coalesce(sum(ms) filter (where state = 'talking'), 0)::integer,
         coalesce(sum(ms) filter (where state = 'on-hold'), 0)::integer,
         coalesce(sum(ms) filter (where state = 'consulting'), 0)::integer,
         coalesce(sum(ms) filter (where state = 'wrapping-up'), 0)::integer,
         coalesce(sum(ms) filter (where state = 'paused'), 0)::integer
    from parts p group by p.quarter_at
$$;

-- What must be counted again. Rows are only added and taken away, never shared by two writers: one that commits after the job has
-- looked has left a row of its own.
create table report_call_mark (
  organization_id uuid not null references organization,
  campaign_id uuid not null,
  quarter_at timestamptz not null
);
create index report_call_mark_quarter on report_call_mark (organization_id, campaign_id, quarter_at);
call ringline_protect('report_call_mark', 'select, insert, delete');

create table report_agent_mark (
  organization_id uuid not null references organization,
  agent_id uuid not null,
  at timestamptz not null
);
create index report_agent_mark_agent on report_agent_mark (organization_id, agent_id);
call ringline_protect('report_agent_mark', 'select, insert, delete');

create function ringline_mark_calls() returns trigger language plpgsql as $$
begin
  insert into report_call_mark (organization_id, campaign_id, quarter_at)
  select distinct organization_id, campaign_id, ringline_quarter(placed_at)
    from written where ending is not null and campaign_id is not null;
  return null;
end $$;
create trigger call_marks_report after insert on call referencing new table as written
  for each statement execute function ringline_mark_calls();
create trigger call_end_marks_report after update on call referencing new table as written
  for each statement execute function ringline_mark_calls();

create function ringline_mark_answers() returns trigger language plpgsql as $$
begin
  insert into report_call_mark (organization_id, campaign_id, quarter_at)
  select distinct organization_id, campaign_id, ringline_quarter(answered_at) from written;
  return null;
end $$;
create trigger abandonment_ledger_marks_report after insert on abandonment_ledger referencing new table as written
  for each statement execute function ringline_mark_answers();

create function ringline_mark_dispositions() returns trigger language plpgsql as $$
begin
  insert into report_call_mark (organization_id, campaign_id, quarter_at)
  select distinct organization_id, campaign_id, ringline_quarter(ringline_uuid_time(call_id))
    from written where campaign_id is not null;
  return null;
end $$;
create trigger call_disposition_marks_report after insert on call_disposition referencing new table as written
  for each statement execute function ringline_mark_dispositions();
create trigger call_disposition_change_marks_report after update on call_disposition referencing new table as written
  for each statement execute function ringline_mark_dispositions();

create function ringline_mark_agents() returns trigger language plpgsql as $$
begin
  insert into report_agent_mark (organization_id, agent_id, at)
  select organization_id, agent_id, min(at) from written group by 1, 2;
  return null;
end $$;
create trigger agent_state_change_marks_report after insert on agent_state_change referencing new table as written
  for each statement execute function ringline_mark_agents();

-- Leads of a list in a campaign, and how many of them were tried; counted by the job, since a list may have a million.
create table report_penetration (
  campaign_id uuid not null references campaign,
  list_id uuid not null references lead_list,
  organization_id uuid not null references organization,
  leads integer not null,
  attempted integer not null,
  counted_at timestamptz not null,
  primary key (campaign_id, list_id)
);
call ringline_protect('report_penetration', 'select, insert, update, delete');

-- What was there before.
insert into report_call_mark (organization_id, campaign_id, quarter_at)
select distinct organization_id, campaign_id, ringline_quarter(placed_at)
  from call where ending is not null and campaign_id is not null
union
select distinct organization_id, campaign_id, ringline_quarter(answered_at) from abandonment_ledger;
insert into report_agent_mark (organization_id, agent_id, at)
select organization_id, agent_id, min(at) from agent_state_change group by 1, 2;
