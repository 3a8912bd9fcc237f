-- Up Migration
-- Secrets of authenticator apps are sealed (AES-256-GCM) with a key that is not in the database: a stolen dump makes no codes.

alter table second_factor
  alter column secret drop not null,
  -- Initialisation vector, tag, ciphertext.
  add column sealed_secret bytea,
  -- Which key opens it; tells nothing of the key.
  add column secret_key_id text,
  -- In plain text only what an older version left; the next start seals it.
  add constraint second_factor_secret_once check ((secret is null) = (sealed_secret is not null)),
  add constraint second_factor_key_named check ((sealed_secret is null) = (secret_key_id is null));

-- With which key this installation seals. A second node with a key of its own is told so at its start, before it has sealed anything.
create table installation_secret_key (
  is_only boolean primary key default true check (is_only),
  key_id text not null
);

-- The key of the installation; the first that asks decides it.
create function ringline_claim_secret_key(wanted_key_id text) returns text
  language plpgsql security definer set search_path = public as $$
declare
  found_key_id text;
begin
  insert into installation_secret_key (key_id) values (wanted_key_id) on conflict do nothing;
  select key_id into found_key_id from installation_secret_key;
  return found_key_id;
end $$;

create function ringline_change_secret_key(new_key_id text) returns void
  language sql security definer set search_path = public
  begin atomic
    insert into installation_secret_key (key_id) values (new_key_id)
    on conflict (is_only) do update set key_id = excluded.key_id;
  end;

-- Keys that something is sealed with, and for how many people.
create function ringline_secret_keys_in_use() returns table (key_id text, people integer)
  language sql stable security definer set search_path = public
  begin atomic
    select f.secret_key_id, count(*)::int from second_factor f
     where f.secret_key_id is not null group by f.secret_key_id order by f.secret_key_id;
  end;

-- Attempts to sign in, counted for all processes together. Unlogged: a crash of the database forgets one minute of them, and nobody
-- waits for a disk. No organization: whoever tries has none yet, so only the function below reaches it.

create unlogged table sign_in_attempt (
  -- SHA-256 of what is counted: no list of addresses and people comes of it.
  key bytea primary key,
  tried_at timestamptz[] not null,
  last_at timestamptz not null
);
create index sign_in_attempt_last on sign_in_attempt (last_at);

-- Takes one attempt of each key; false when one of them has none left within the window that ends now. Keys are locked in their order,
-- so that two attempts at once never wait for each other, and each counts the other.
create function ringline_take_sign_in_attempt(keys bytea[], maxima integer[], at timestamptz, time_window interval) returns boolean
  language plpgsql security definer set search_path = public as $$
declare
  one record;
  recent timestamptz[];
  is_left boolean := true;
begin
  for one in select u.key, u.maximum from unnest(keys, maxima) as u (key, maximum) order by u.key loop
    insert into sign_in_attempt as a (key, tried_at, last_at) values (one.key, '{}', at)
    on conflict (key) do update set last_at = greatest(a.last_at, excluded.last_at)
    returning a.tried_at into recent;
    recent := array(select t from unnest(recent) as t where t > at - time_window order by t);
    if cardinality(recent) < one.maximum then
      recent := recent || at;
    else
      -- What is refused is not counted: whoever waits is let in, however often somebody else knocks.
      is_left := false;
    end if;
    update sign_in_attempt set tried_at = recent where key = one.key;
  end loop;
  -- Each attempt adds three rows at most and takes away more, so that nothing else has to.
  delete from sign_in_attempt where key in (
    select a.key from sign_in_attempt a where a.last_at < at - time_window order by a.last_at limit 20 for update skip locked);
  return is_left;
end $$;
