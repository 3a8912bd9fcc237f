-- Up Migration
-- Every row belongs to one organization and row-level security is forced: the app role sees the organization that its connection
-- was opened for (startup parameter ringline.organization_id) and nothing else. What must look across organizations (sign-in, the
-- list of pools) goes through the SECURITY DEFINER functions below, one question each.

do $$
begin
  if not exists (select from pg_roles where rolname = 'ringline_app') then
    create role ringline_app nologin nosuperuser nobypassrls nocreatedb nocreaterole;
  end if;
exception when duplicate_object or unique_violation then null; -- another database of this cluster made it at the same moment
end $$;
do $$ begin execute format('grant ringline_app to %I', current_user); end $$;
grant usage on schema public to ringline_app;

create function ringline_organization() returns uuid language sql stable parallel safe
  return nullif(current_setting('ringline.organization_id', true), '')::uuid;

-- Closes a table to other organizations. Called once for each table that has an organization_id.
create procedure ringline_protect(table_name text, privileges text) language plpgsql as $$
begin
  execute format('alter table %I enable row level security', table_name);
  execute format('alter table %I force row level security', table_name);
  execute format(
    'create policy own_organization on %I using (organization_id = (select ringline_organization())) with check (organization_id = (select ringline_organization()))',
    table_name);
  -- The owner of the tables is bound by FORCE too; its definer functions need this.
  execute format('create policy definer_functions on %I to %I using (true) with check (true)', table_name, current_user);
  execute format('grant %s on %I to ringline_app', privileges, table_name);
end $$;

create table organization (
  organization_id uuid primary key,
  name text not null,
  -- ISO 3166-1 alpha-2: the country of numbers that are written without one.
  country text not null default 'US',
  -- The demo exists only with the embedded database and the simulated switch; its calls enter no ledger of a live organization.
  is_demo boolean not null default false,
  created_at timestamptz not null
);
call ringline_protect('organization', 'select, insert, update');

create table app_user (
  user_id uuid primary key,
  organization_id uuid not null references organization,
  email text not null,
  name text not null,
  password_hash text not null,
  role text not null check (role in ('admin', 'manager', 'supervisor', 'agent', 'officer', 'auditor')),
  locale text not null default 'en' check (locale in ('en', 'zh-CN')),
  is_active boolean not null default true,
  created_at timestamptz not null
);
create unique index app_user_email on app_user (lower(email));
create index app_user_organization on app_user (organization_id, name);
call ringline_protect('app_user', 'select, insert, update');

create table session (
  -- SHA-256 of the cookie's secret: a stolen table opens no session.
  token_hash bytea primary key,
  organization_id uuid not null references organization,
  user_id uuid not null references app_user,
  csrf_secret text not null,
  created_at timestamptz not null,
  last_seen_at timestamptz not null,
  expires_at timestamptz not null
);
create index session_of_user on session (organization_id, user_id);
call ringline_protect('session', 'select, insert, update, delete');

create function ringline_sign_in_candidate(wanted_email text)
  returns table (user_id uuid, organization_id uuid, password_hash text, role text, is_active boolean)
  language sql stable security definer set search_path = public
  begin atomic
    select u.user_id, u.organization_id, u.password_hash, u.role, u.is_active
      from app_user u where lower(u.email) = lower(wanted_email);
  end;

create function ringline_session(wanted_hash bytea)
  returns table (user_id uuid, organization_id uuid, email text, name text, role text, locale text, csrf_secret text,
                 last_seen_at timestamptz, expires_at timestamptz, is_active boolean, is_demo boolean)
  language sql stable security definer set search_path = public
  begin atomic
    select u.user_id, u.organization_id, u.email, u.name, u.role, u.locale, s.csrf_secret,
           s.last_seen_at, s.expires_at, u.is_active, o.is_demo
      from session s join app_user u using (user_id) join organization o on o.organization_id = u.organization_id
     where s.token_hash = wanted_hash;
  end;

create function ringline_organizations()
  returns table (organization_id uuid, name text, country text, is_demo boolean)
  language sql stable security definer set search_path = public
  begin atomic
    select o.organization_id, o.name, o.country, o.is_demo from organization o order by o.created_at;
  end;
