-- Up Migration
-- Schedule, retry rules, script, form and words of a campaign, and who changed what.

alter table campaign drop constraint campaign_dial_mode_check;
alter table campaign
  add constraint campaign_dial_mode_check check (dial_mode in ('progressive', 'power', 'predictive', 'preview', 'manual')),
  add column kind text not null default 'telemarketing' check (kind in ('telemarketing', 'debt', 'informational', 'research')),
  -- Local days of the campaign's zone, both included.
  add column starts_on date,
  add column ends_on date,
  -- Seven lists of {fromMinute, toMinute}, Monday first; null: whenever the law allows it.
  add column daily_hours jsonb check (daily_hours is null or jsonb_array_length(daily_hours) = 7),
  -- By ending {afterMs, triesMax, isSpread}: only what differs from the product's own rules.
  add column retry_rules jsonb not null default '{}' check (jsonb_typeof(retry_rules) = 'object'),
  -- Null: no limit of its own.
  add column attempts_per_number_max integer check (attempts_per_number_max between 1 and 100),
  add column attempts_per_lead_day_max integer check (attempts_per_lead_day_max between 1 and 100),
  add column script text not null default '',
  -- Fields {key, label, type, options, isRequired, writesTo}, in their order.
  add column form jsonb not null default '[]' check (jsonb_typeof(form) = 'array'),
  add column preview_ms integer not null default 60000 check (preview_ms between 5000 and 3600000),
  add column preview_then text not null default 'skip' check (preview_then in ('dial', 'skip')),
  -- Whose owner is absent: anyone may take the callback after this; null: it waits for him.
  add column callback_open_after_ms bigint check (callback_open_after_ms between 0 and 2592000000),
  -- Counts changes, so that who saves an older reading is told.
  add column version integer not null default 0;

-- How often the campaign's calls to a lead ended so, and attempts per number: {"no-answer": 2}, {"<number_id>": 3}.
alter table campaign_lead
  add column ending_counts jsonb not null default '{}',
  add column number_attempts jsonb not null default '{}';

alter table disposition
  -- A person was on the line, not a machine.
  add column is_person boolean not null default true,
  -- The lead is not called again by this campaign.
  add column is_final boolean not null generated always as (outcome in ('finished', 'do-not-call')) stored,
  -- For the outcome retry: after so many of these words the lead is finished; null: as long as it has attempts.
  add column tries_max integer check (tries_max between 1 and 100),
  -- The next try falls into another part of the day.
  add column is_spread boolean not null default false,
  -- Retired words are offered no more; reports go on naming them.
  add column is_active boolean not null default true;
update disposition set is_person = false where code in ('machine', 'no-audio');

-- The subset of words that a campaign offers, in its order; no rows: all of the organization.
create table campaign_disposition (
  campaign_id uuid not null references campaign,
  code text not null,
  organization_id uuid not null references organization,
  position integer not null default 0,
  -- In this campaign; null: as in the organization.
  hot_key text check (hot_key ~ '^[0-9a-z]$'),
  primary key (campaign_id, code),
  foreign key (organization_id, code) references disposition (organization_id, code)
);
call ringline_protect('campaign_disposition', 'select, insert, update, delete');

-- Append-only: who changed what. No user: the campaign did it by itself.
create table campaign_change (
  change_id uuid primary key,
  organization_id uuid not null references organization,
  campaign_id uuid not null references campaign,
  at timestamptz not null,
  user_id uuid,
  -- The campaign's version after the change.
  version integer not null,
  field text not null,
  before jsonb,
  after jsonb
);
create index campaign_change_of on campaign_change (organization_id, campaign_id, at desc, change_id desc);
call ringline_protect('campaign_change', 'select, insert');
