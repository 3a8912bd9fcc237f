-- Up Migration
-- What encrypts the cursors of an organization's pages: the same for all processes and after a restart. Two random UUIDs, because
-- PostgreSQL has no other strong chance without an extension: 244 bits.
alter table organization
  add column page_key bytea not null default (uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
