-- Up Migration
-- Administration: teams, one-time passwords, sessions that people recognise, second factors, keys for programs, and a record of what
-- admins changed.

create table team (
  team_id uuid primary key,
  organization_id uuid not null references organization,
  name text not null,
  unique (organization_id, name)
);
call ringline_protect('team', 'select, insert, update, delete');

-- A supervisor may look after several teams; he need not be a member of any.
create table team_supervisor (
  team_id uuid not null references team on delete cascade,
  user_id uuid not null references app_user,
  organization_id uuid not null references organization,
  primary key (team_id, user_id)
);
create index team_supervisor_of_user on team_supervisor (organization_id, user_id);
call ringline_protect('team_supervisor', 'select, insert, update, delete');

alter table app_user
  add column team_id uuid references team on delete set null,
  -- Whoever holds a one-time password may do nothing but choose one of his own.
  add column must_change_password boolean not null default false,
  -- Stands for a key of a program: nobody signs in as it, and no list of people shows it.
  add column is_service boolean not null default false;
create index app_user_team on app_user (organization_id, team_id) where team_id is not null;

alter table organization
  add column time_zone text not null default 'America/New_York',
  -- Roles that may do nothing without a second factor.
  add column second_factor_roles text[] not null default '{}';

alter table session
  -- Names a session to its user; opens nothing.
  add column session_id uuid not null default gen_random_uuid(),
  add column browser text,
  -- Only the beginning of it: enough to recognise a place, not a person.
  add column address text,
  -- Decided at sign-in, so that nobody is stopped in the middle of a call by a new rule.
  add column needs_second_factor boolean not null default false;

create table second_factor (
  user_id uuid primary key references app_user,
  organization_id uuid not null references organization,
  -- Base32 (RFC 4648); never in an answer but that of its enrolment, never in a log.
  secret text not null,
  created_at timestamptz not null,
  -- Null while nobody has shown that he can make its codes.
  confirmed_at timestamptz,
  -- The last time step (RFC 6238) that was taken: none is taken twice.
  last_step bigint not null default 0,
  wrong_codes integer not null default 0,
  locked_until timestamptz
);
call ringline_protect('second_factor', 'select, insert, update, delete');

create table recovery_code (
  organization_id uuid not null references organization,
  user_id uuid not null references second_factor on delete cascade,
  code_hash bytea not null,
  used_at timestamptz,
  primary key (user_id, code_hash)
);
call ringline_protect('recovery_code', 'select, insert, update, delete');

create table api_key (
  api_key_id uuid primary key,
  organization_id uuid not null references organization,
  -- Who is named in histories for what the key did; carries name and role.
  user_id uuid not null references app_user,
  -- SHA-256 of the key: a stolen table opens nothing.
  key_hash bytea not null unique,
  -- The beginning of the key, so that its owner recognises it.
  shown text not null,
  created_at timestamptz not null,
  created_by uuid not null references app_user,
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz
);
create index api_key_organization on api_key (organization_id, created_at);
call ringline_protect('api_key', 'select, insert, update');

create table admin_change (
  change_id uuid primary key,
  organization_id uuid not null references organization,
  at timestamptz not null,
  by_user_id uuid not null references app_user,
  -- user.added, trunk.changed, …
  what text not null,
  -- Name of what was changed, as it was called then.
  subject text not null,
  -- Fields that differ; never a secret.
  before jsonb,
  after jsonb
);
create index admin_change_recent on admin_change (organization_id, change_id desc);
-- Nobody changes or removes what is recorded.
call ringline_protect('admin_change', 'select, insert');

drop function ringline_sign_in_candidate(text);
create function ringline_sign_in_candidate(wanted_email text)
  returns table (user_id uuid, organization_id uuid, password_hash text, role text, is_active boolean, has_second_factor boolean,
                 needs_second_factor boolean)
  language sql stable security definer set search_path = public
  begin atomic
    select u.user_id, u.organization_id, u.password_hash, u.role, u.is_active,
           exists (select from second_factor f where f.user_id = u.user_id and f.confirmed_at is not null),
           u.role = any (o.second_factor_roles)
      from app_user u join organization o using (organization_id)
     where lower(u.email) = lower(wanted_email) and not u.is_service;
  end;

drop function ringline_session(bytea);
create function ringline_session(wanted_hash bytea)
  returns table (user_id uuid, organization_id uuid, email text, name text, role text, locale text, csrf_secret text,
                 last_seen_at timestamptz, expires_at timestamptz, is_active boolean, is_demo boolean, session_id uuid,
                 must_change_password boolean, needs_second_factor boolean)
  language sql stable security definer set search_path = public
  begin atomic
    select u.user_id, u.organization_id, u.email, u.name, u.role, u.locale, s.csrf_secret,
           s.last_seen_at, s.expires_at, u.is_active, o.is_demo, s.session_id, u.must_change_password, s.needs_second_factor
      from session s join app_user u using (user_id) join organization o on o.organization_id = u.organization_id
     where s.token_hash = wanted_hash;
  end;

create function ringline_api_key(wanted_hash bytea)
  returns table (api_key_id uuid, user_id uuid, organization_id uuid, email text, name text, role text, locale text,
                 last_used_at timestamptz, expires_at timestamptz, is_active boolean, is_demo boolean)
  language sql stable security definer set search_path = public
  begin atomic
    select k.api_key_id, u.user_id, u.organization_id, u.email, u.name, u.role, u.locale, k.last_used_at, k.expires_at,
           u.is_active and k.revoked_at is null, o.is_demo
      from api_key k join app_user u using (user_id) join organization o on o.organization_id = u.organization_id
     where k.key_hash = wanted_hash;
  end;
