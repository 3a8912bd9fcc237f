-- Up Migration
-- Attempts and refusals are written before the dial; what the switch tells is batched behind it.

create table call (
  call_id uuid not null,
  placed_at timestamptz not null,
  organization_id uuid not null references organization,
  pool_id uuid not null,
  epoch bigint not null,
  purpose text not null check (purpose in ('campaign', 'callback', 'preview', 'manual', 'inbound')),
  campaign_id uuid,
  lead_id uuid,
  number_id uuid,
  phone text not null,
  -- What the gate said: rules version, conditions and the facts it saw.
  clearance jsonb not null,
  is_simulated boolean not null,
  -- Null until an INVITE was sent; an attempt counts only with it.
  dialled_at timestamptz,
  rang_at timestamptz,
  answered_at timestamptz,
  bridged_at timestamptz,
  message_at timestamptz,
  ended_at timestamptz,
  agent_id uuid,
  ending text check (ending in ('connected', 'human-abandoned', 'hung-up-waiting', 'message-left', 'machine', 'fax', 'sit', 'screening',
    'no-answer', 'busy', 'rejected', 'invalid-number', 'carrier-failure', 'agent-lost', 'revoked', 'lost')),
  hung_up_by text check (hung_up_by in ('customer', 'agent', 'us', 'carrier')),
  hangup_cause text,
  sip_status integer,
  q850_cause integer,
  answer_to_agent_ms integer,
  primary key (call_id, placed_at)
) partition by range (placed_at);
create index call_by_lead on call (organization_id, lead_id, placed_at desc);
create index call_by_phone on call (organization_id, phone, placed_at desc);
create index call_by_campaign on call (organization_id, campaign_id, placed_at desc);
call ringline_protect('call', 'select, insert, update');

-- At most one call to a number and to a person at a time in the whole organization, on all paths.
create table open_attempt (
  call_id uuid primary key,
  organization_id uuid not null references organization,
  pool_id uuid not null,
  epoch bigint not null,
  campaign_id uuid,
  lead_id uuid not null,
  phone text not null,
  placed_at timestamptz not null
);
create unique index open_attempt_one_per_number on open_attempt (organization_id, phone);
create unique index open_attempt_one_per_person on open_attempt (organization_id, lead_id);
create index open_attempt_pool on open_attempt (pool_id);
call ringline_protect('open_attempt', 'select, insert, update, delete');

create table refusal (
  organization_id uuid not null references organization,
  at timestamptz not null,
  campaign_id uuid,
  lead_id uuid not null,
  phone text not null,
  rule text not null,
  rules_version text not null,
  -- What the rule saw; enough to say it in a sentence.
  facts jsonb not null,
  retry_at timestamptz
) partition by range (at);
create index refusal_by_lead on refusal (organization_id, lead_id, at desc);
create index refusal_by_campaign on refusal (organization_id, campaign_id, at desc);
call ringline_protect('refusal', 'select, insert');

-- Append-only: one row for each human answer, written with the call's ending.
create table abandonment_ledger (
  call_id uuid primary key,
  organization_id uuid not null references organization,
  campaign_id uuid not null,
  answered_at timestamptz not null,
  -- Day of the answer in the campaign's zone.
  local_day date not null,
  is_abandoned boolean not null,
  is_early_hang_up boolean not null
);
create index abandonment_ledger_day on abandonment_ledger (campaign_id, local_day) include (is_abandoned);
create index abandonment_ledger_time on abandonment_ledger (campaign_id, answered_at) include (is_abandoned);
call ringline_protect('abandonment_ledger', 'select, insert');

create table do_not_call (
  organization_id uuid not null references organization,
  phone text not null,
  -- Null: for the whole organization.
  campaign_id uuid references campaign,
  source text not null,
  added_by uuid,
  added_at timestamptz not null
);
create unique index do_not_call_once on do_not_call (organization_id, phone, coalesce(campaign_id, '00000000-0000-0000-0000-000000000000'));
call ringline_protect('do_not_call', 'select, insert, delete');

create table call_disposition (
  call_id uuid primary key,
  organization_id uuid not null references organization,
  campaign_id uuid,
  lead_id uuid,
  agent_id uuid not null,
  code text not null,
  notes text not null default '',
  callback_at timestamptz,
  at timestamptz not null
);
create index call_disposition_lead on call_disposition (organization_id, lead_id);
create index call_disposition_agent on call_disposition (organization_id, agent_id, at desc);
call ringline_protect('call_disposition', 'select, insert, update');

-- One row per leg that the switch posts at its end; the third count beside ours and the carrier's.
create table switch_cdr (
  leg_id uuid not null,
  organization_id uuid not null references organization,
  received_at timestamptz not null,
  call_id uuid,
  agent_id uuid,
  started_at timestamptz,
  answered_at timestamptz,
  ended_at timestamptz,
  hangup_cause text,
  sip_status integer,
  raw jsonb not null,
  primary key (leg_id)
);
call ringline_protect('switch_cdr', 'select, insert');

create table import_job (
  import_id uuid primary key,
  organization_id uuid not null references organization,
  list_id uuid not null references lead_list,
  file_name text not null,
  state text not null check (state in ('running', 'done', 'failed')),
  rows_read bigint not null default 0,
  imported bigint not null default 0,
  updated bigint not null default 0,
  rejected bigint not null default 0,
  suppressed bigint not null default 0,
  error text,
  started_at timestamptz not null,
  finished_at timestamptz,
  started_by uuid
);
create index import_job_list on import_job (organization_id, list_id, started_at desc);
call ringline_protect('import_job', 'select, insert, update');

create table import_reject (
  import_id uuid not null references import_job,
  organization_id uuid not null references organization,
  line bigint not null,
  reason text not null,
  "column" text,
  value text,
  row jsonb not null,
  primary key (import_id, line, reason)
);
call ringline_protect('import_reject', 'select, insert');
