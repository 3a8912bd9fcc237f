-- Up Migration
-- The pool is the unit of ownership: one process owns it. Writes of an owner take FOR SHARE on pool_owner in the same statement, so
-- a takeover (an update of that row) waits for writes in flight and everything later of the older epoch fails.

create table trunk (
  trunk_id uuid primary key,
  organization_id uuid not null references organization,
  name text not null,
  -- FreeSWITCH dial string with {number}, e.g. sofia/trunk/{number}@127.0.0.1:5070
  dial_template text not null,
  number_format text not null default 'e164' check (number_format in ('e164', 'e164-without-plus', 'national')),
  caller_id_in text not null default 'from' check (caller_id_in in ('from', 'pai', 'from-and-pai')),
  codecs text not null default 'PCMU,PCMA',
  calls_max integer not null default 100 check (calls_max > 0),
  calls_per_second_max integer not null default 10 check (calls_per_second_max > 0),
  -- 0: no OPTIONS ping
  ping_seconds integer not null default 30 check (ping_seconds >= 0),
  unique (organization_id, name)
);
call ringline_protect('trunk', 'select, insert, update');

create table pool (
  pool_id uuid primary key,
  organization_id uuid not null references organization,
  name text not null,
  unique (organization_id, name)
);
call ringline_protect('pool', 'select, insert, update');

create table pool_owner (
  pool_id uuid primary key references pool,
  organization_id uuid not null references organization,
  epoch bigint not null,
  -- Where API nodes reach the owner, and the secret that they show there (new with each epoch).
  owner_address text not null,
  owner_secret text not null,
  taken_at timestamptz not null
);
call ringline_protect('pool_owner', 'select, insert, update');

-- In a table of its own, so that beating never waits for the writes that hold the owner's row FOR SHARE.
create table pool_heartbeat (
  pool_id uuid primary key references pool,
  organization_id uuid not null references organization,
  epoch bigint not null,
  expires_at timestamptz not null
) with (fillfactor = 50);
call ringline_protect('pool_heartbeat', 'select, insert, update');

create function ringline_pools()
  returns table (pool_id uuid, organization_id uuid, name text, is_demo boolean)
  language sql stable security definer set search_path = public
  begin atomic
    select p.pool_id, p.organization_id, p.name, o.is_demo
      from pool p join organization o using (organization_id) order by p.pool_id;
  end;

create table agent (
  agent_id uuid primary key references app_user (user_id),
  organization_id uuid not null references organization,
  pool_id uuid not null references pool,
  -- User part of a registered user of our own domain; never a dial string.
  extension text not null check (extension ~ '^[0-9]{2,8}$'),
  -- Works by itself on the simulated switch.
  is_automatic boolean not null default false,
  unique (organization_id, extension)
);
create index agent_pool on agent (organization_id, pool_id);
call ringline_protect('agent', 'select, insert, update');

-- What a new owner must know of each agent; written by the owner within 100 ms of a change.
create table agent_presence (
  agent_id uuid primary key references agent,
  organization_id uuid not null references organization,
  pool_id uuid not null references pool,
  state text not null check (state in ('signed-out', 'phone-connecting', 'phone-lost', 'ready', 'reserved', 'previewing', 'dialling',
                                       'talking', 'on-hold', 'consulting', 'wrapping-up', 'paused')),
  reason text,
  since timestamptz not null,
  leg_id uuid,
  call_id uuid,
  wrap_until timestamptz,
  -- A pause or sign-out that waits for the end of the call.
  wanted text check (wanted in ('pause', 'sign-out')),
  wanted_reason text
) with (fillfactor = 50);
create index agent_presence_pool on agent_presence (organization_id, pool_id);
call ringline_protect('agent_presence', 'select, insert, update');

create table agent_state_change (
  organization_id uuid not null references organization,
  agent_id uuid not null,
  at timestamptz not null,
  state text not null,
  reason text,
  call_id uuid
) partition by range (at);
create index agent_state_change_agent on agent_state_change (organization_id, agent_id, at);
call ringline_protect('agent_state_change', 'select, insert');

create table pause_reason (
  organization_id uuid not null references organization,
  code text not null,
  label text not null,
  position integer not null default 0,
  primary key (organization_id, code)
);
call ringline_protect('pause_reason', 'select, insert, update, delete');
