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
