-- Up Migration
-- Calls of which the agent said that no person was there (dispositions with is_person = false) are no contacts, and their time is not
-- time with people: neither in contact rates nor in utilisation, occupancy and AHT. Flags count as they are set now.

create or replace function ringline_count_calls(wanted_organization uuid, wanted_campaign uuid, quarter timestamptz)
  returns table (agent_id uuid, attempts integer, answered integer, answered_ms bigint, short_calls integer, contacts integer,
                 rang integer, post_dial_delay_ms bigint, answer_to_agent_ms integer[], dispositions jsonb,
                 human_answers integer, abandoned integer, early_hang_ups integer)
  language sql stable as $$
  with placed as (
    select c.call_id, coalesce(c.agent_id, '00000000-0000-0000-0000-000000000000') as agent_id, c.answer_to_agent_ms,
           c.dialled_at is not null and c.ending <> 'carrier-failure' as is_attempt,
           c.dialled_at is not null and c.ending <> 'carrier-failure' and c.answered_at is not null as is_answered,
           c.answered_at is not null and c.bridged_at is not null
             and c.ending not in ('machine', 'message-left', 'fax', 'sit', 'screening', 'revoked')
             and coalesce(w.is_person, true) as is_contact,
           d.code,
           (extract(epoch from c.ended_at - c.answered_at) * 1000)::bigint as talk_ms,
           (extract(epoch from c.rang_at - c.dialled_at) * 1000)::bigint as delay_ms
      from call c
      -- One look-up for each call, whatever the planner thinks of how many there are.
      left join lateral (select code from call_disposition where call_id = c.call_id offset 0) d on true
      left join disposition w on w.organization_id = wanted_organization and w.code = d.code
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
      from (select agent_id, code, count(*) as calls from placed where code is not null group by 1, 2) w
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

-- Talk, hold and wrap-up of calls without a person; part of the columns before it.
alter table report_agent_quarter add column no_person_ms integer not null default 0;

drop function ringline_count_agent_states(uuid, uuid, timestamptz, timestamptz);
create function ringline_count_agent_states(wanted_organization uuid, wanted_agent uuid, from_at timestamptz, until_at timestamptz)
  returns table (quarter_at timestamptz, phone_connecting_ms integer, phone_lost_ms integer, ready_ms integer, reserved_ms integer,
                 previewing_ms integer, dialling_ms integer, talking_ms integer, on_hold_ms integer, consulting_ms integer,
                 wrapping_up_ms integer, paused_ms integer, no_person_ms integer)
  language sql stable as $$
  with known as (
    (select at, change_id, state, call_id from agent_state_change
      where organization_id = wanted_organization and agent_id = wanted_agent and at <= from_at
      order by at desc, change_id desc limit 1)
    union all
    (select at, change_id, state, call_id from agent_state_change
      where organization_id = wanted_organization and agent_id = wanted_agent and at > from_at and at < until_at)
  ), spans as (
    select state, call_id, greatest(at, from_at) as began, lead(at, 1, until_at) over (order by at, change_id) as ended from known
  ), parts as (
    select q as quarter_at, s.state, coalesce(not w.is_person, false) as is_nobody,
           (extract(epoch from least(s.ended, q + interval '15 minutes') - greatest(s.began, q)) * 1000)::bigint as ms
      from spans s
      left join call_disposition d on d.call_id = s.call_id and d.agent_id = wanted_agent
      left join disposition w on w.organization_id = wanted_organization and w.code = d.code
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
         coalesce(sum(ms) filter (where state = 'paused'), 0)::integer,
         coalesce(sum(ms) filter (where is_nobody and state in ('talking', 'on-hold', 'consulting', 'wrapping-up')), 0)::integer
    from parts p group by p.quarter_at
$$;

create or replace function ringline_mark_dispositions() returns trigger language plpgsql as $$
begin
  insert into report_call_mark (organization_id, campaign_id, quarter_at)
  select distinct organization_id, campaign_id, ringline_quarter(ringline_uuid_time(call_id))
    from written where campaign_id is not null;
  -- The time of a call in which nobody was there is no time with people. A corrected word may have said so before.
  insert into report_agent_mark (organization_id, agent_id, at)
  select d.organization_id, d.agent_id, min(ringline_uuid_time(d.call_id))
    from written d left join disposition w on w.organization_id = d.organization_id and w.code = d.code
   where tg_op = 'UPDATE' or not w.is_person
   group by 1, 2;
  return null;
end $$;

-- A word that gets or loses the flag changes every call that it was said of.
create function ringline_mark_word() returns trigger language plpgsql as $$
begin
  insert into report_call_mark (organization_id, campaign_id, quarter_at)
  select distinct organization_id, campaign_id, ringline_quarter(ringline_uuid_time(call_id))
    from call_disposition where organization_id = new.organization_id and code = new.code and campaign_id is not null;
  insert into report_agent_mark (organization_id, agent_id, at)
  select organization_id, agent_id, min(ringline_uuid_time(call_id))
    from call_disposition where organization_id = new.organization_id and code = new.code group by 1, 2;
  return null;
end $$;
create trigger disposition_marks_report after update on disposition
  for each row when (old.is_person <> new.is_person) execute function ringline_mark_word();
create trigger disposition_insert_marks_report after insert on disposition
  for each row when (not new.is_person) execute function ringline_mark_word();

-- What was counted before.
insert into report_call_mark (organization_id, campaign_id, quarter_at)
select distinct d.organization_id, d.campaign_id, ringline_quarter(ringline_uuid_time(d.call_id))
  from call_disposition d join disposition w using (organization_id, code) where not w.is_person and d.campaign_id is not null;
insert into report_agent_mark (organization_id, agent_id, at)
select d.organization_id, d.agent_id, min(ringline_uuid_time(d.call_id))
  from call_disposition d join disposition w using (organization_id, code) where not w.is_person group by 1, 2;
