-- Up Migration
-- Contact data belong to the list; state, attempts and callback belong to (campaign, lead).

create table lead_list (
  list_id uuid primary key,
  organization_id uuid not null references organization,
  name text not null,
  country text not null,
  created_at timestamptz not null,
  unique (organization_id, name)
);
call ringline_protect('lead_list', 'select, insert, update');

create table lead (
  lead_id uuid primary key,
  organization_id uuid not null references organization,
  list_id uuid not null references lead_list,
  external_id text,
  first_name text not null default '',
  last_name text not null default '',
  -- Columns of the file that are not ours, as they came.
  fields jsonb not null default '{}',
  created_at timestamptz not null
);
create index lead_of_list on lead (organization_id, list_id, lead_id);
create unique index lead_external_id on lead (organization_id, list_id, external_id) where external_id is not null;
call ringline_protect('lead', 'select, insert, update, delete');

create table lead_number (
  number_id uuid primary key,
  organization_id uuid not null references organization,
  list_id uuid not null,
  lead_id uuid not null references lead on delete cascade,
  phone text not null check (phone ~ '^\+[1-9][0-9]{6,14}$'),
  -- Every IANA zone the number may be in, sorted and joined with '|'.
  zone_key text not null,
  position integer not null default 0
);
create index lead_number_lead on lead_number (lead_id, position);
create unique index lead_number_once_per_list on lead_number (organization_id, list_id, phone);
create index lead_number_phone on lead_number (organization_id, phone);
call ringline_protect('lead_number', 'select, insert, update, delete');

create table campaign (
  campaign_id uuid primary key,
  organization_id uuid not null references organization,
  pool_id uuid not null references pool,
  trunk_id uuid references trunk,
  name text not null,
  state text not null default 'draft' check (state in ('draft', 'running', 'paused', 'finished')),
  dial_mode text not null default 'progressive' check (dial_mode in ('progressive', 'power', 'predictive')),
  -- Lines per ready agent in power mode.
  lines_per_agent double precision not null default 1 check (lines_per_agent between 1 and 10),
  -- The law's limit of the abandonment rate, and the share of it that the controller aims at.
  abandon_rate_max double precision not null default 0.03 check (abandon_rate_max between 0 and 0.2),
  abandon_target_share double precision not null default 0.95 check (abandon_target_share between 0 and 1),
  -- 16 CFR 310.4(b)(4)(iii): an agent within two seconds.
  legal_ms integer not null default 2000 check (legal_ms between 0 and 10000),
  -- 16 CFR 310.4(b)(4)(ii): at least 15 seconds or four rings.
  ring_timeout_ms integer not null default 25000 check (ring_timeout_ms between 15000 and 120000),
  wrap_up_ms integer not null default 30000 check (wrap_up_ms between 0 and 3600000),
  caller_id text,
  -- Sound file (without folder) that is played when nobody is free at the legal moment.
  message_file text not null default 'nobody-free-en.wav',
  -- Zone of the campaign's days and hours in figures and ledgers.
  time_zone text not null,
  attempts_per_lead_max integer not null default 6 check (attempts_per_lead_max between 1 and 100),
  attempts_per_number_day_max integer not null default 3 check (attempts_per_number_day_max between 1 and 100),
  priority integer not null default 0,
  started_at timestamptz,
  created_at timestamptz not null,
  unique (organization_id, name)
);
create index campaign_pool on campaign (organization_id, pool_id);
call ringline_protect('campaign', 'select, insert, update');

create table campaign_list (
  campaign_id uuid not null references campaign,
  list_id uuid not null references lead_list,
  organization_id uuid not null references organization,
  priority integer not null default 0,
  primary key (campaign_id, list_id)
);
create index campaign_list_list on campaign_list (organization_id, list_id);
call ringline_protect('campaign_list', 'select, insert, update, delete');

create table campaign_lead (
  campaign_id uuid not null references campaign,
  lead_id uuid not null references lead on delete cascade,
  organization_id uuid not null references organization,
  state text not null default 'waiting'
    check (state in ('waiting', 'claimed', 'calling', 'awaiting-disposition', 'callback', 'finished')),
  -- waiting: not before; callback: the appointment.
  due_at timestamptz not null,
  priority integer not null default 0,
  -- The number that is dialled next, and its zones.
  number_id uuid not null,
  phone text not null,
  zone_key text not null,
  -- Attempts of this campaign that count.
  attempts integer not null default 0,
  last_ending text,
  last_call_id uuid,
  finished_why text,
  -- Owner's generation that holds the claim, and the state that the lead goes back to when nothing comes of it.
  claim_epoch bigint,
  claimed_from text check (claimed_from in ('waiting', 'callback')),
  -- A callback that belongs to one agent.
  callback_agent_id uuid,
  primary key (campaign_id, lead_id)
) with (fillfactor = 80);
create index campaign_lead_next on campaign_lead (campaign_id, zone_key, priority desc, due_at, lead_id)
  where state in ('waiting', 'callback');
create index campaign_lead_held on campaign_lead (campaign_id, state) where state in ('claimed', 'calling', 'awaiting-disposition');
create index campaign_lead_lead on campaign_lead (lead_id);
call ringline_protect('campaign_lead', 'select, insert, update, delete');

-- The agents' words for what came out of a conversation.
create table disposition (
  organization_id uuid not null references organization,
  code text not null,
  label text not null,
  -- What the lead does next.
  outcome text not null check (outcome in ('finished', 'retry', 'callback', 'do-not-call')),
  retry_after_ms bigint not null default 86400000 check (retry_after_ms >= 0),
  is_sale boolean not null default false,
  is_right_party boolean not null default false,
  hot_key text,
  position integer not null default 0,
  primary key (organization_id, code)
);
call ringline_protect('disposition', 'select, insert, update');
