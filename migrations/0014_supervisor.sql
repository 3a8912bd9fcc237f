-- Up Migration
-- What supervisors do for their agents and write to them, when the board raises an alarm, and a campaign's day by the minute.

alter table organization
  add column wrap_up_alarm_ms integer not null default 120000 check (wrap_up_alarm_ms between 10000 and 3600000),
  add column pause_alarm_ms integer not null default 1200000 check (pause_alarm_ms between 60000 and 28800000);

-- Who did what for whom. Written before the owner of the pool is asked; what he answered follows.
create table supervisor_action (
  action_id uuid primary key,
  organization_id uuid not null references organization,
  agent_id uuid not null references app_user (user_id),
  by_user_id uuid not null references app_user (user_id),
  at timestamptz not null,
  kind text not null check (kind in ('pause', 'ready', 'sign-out', 'connect-phone', 'move')),
  -- Of a pause.
  reason text,
  -- Of a move: where to.
  pool_id uuid references pool,
  -- Null: no answer came. waits: carried out as soon as what is under way has ended.
  outcome text check (outcome in ('done', 'waits', 'refused', 'taken-back'))
);
create index supervisor_action_agent on supervisor_action (organization_id, agent_id, at desc);
call ringline_protect('supervisor_action', 'select, insert, update');

-- A move that waits until the agent has finished his call and is signed out.
alter table agent add column move_action_id uuid references supervisor_action;
create index agent_move on agent (organization_id, pool_id) where move_action_id is not null;

-- One row for each recipient.
create table agent_message (
  message_id uuid primary key,
  organization_id uuid not null references organization,
  agent_id uuid not null references app_user (user_id),
  from_user_id uuid not null references app_user (user_id),
  text text not null check (length(text) between 1 and 1000),
  sent_at timestamptz not null,
  -- Null: unread.
  seen_at timestamptz
);
create index agent_message_agent on agent_message (organization_id, agent_id, sent_at desc);
create index agent_message_unread on agent_message (organization_id, agent_id) where seen_at is null;
call ringline_protect('agent_message', 'select, insert, update');

-- What the owner of the pool saw, one row a minute: lines cannot be counted back from calls without reading all of the day's.
create table live_minute (
  campaign_id uuid not null references campaign,
  minute timestamptz not null,
  organization_id uuid not null references organization,
  lines_max integer not null,
  lines_mean double precision not null,
  talking_mean double precision not null,
  -- So far on the campaign's local day, at the minute's end.
  attempts integer not null,
  human_answers integer not null,
  connected integer not null,
  abandoned integer not null,
  -- Agents of the pool by state, at the minute's end.
  agents jsonb not null,
  primary key (campaign_id, minute)
);
call ringline_protect('live_minute', 'select, insert, update, delete');
