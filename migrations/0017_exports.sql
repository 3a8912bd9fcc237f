-- Up Migration
-- Files of calls and leads that somebody asked for. The row stays as the record of who took what; its pieces go after seven days.
create table export_job (
  export_id uuid primary key,
  organization_id uuid not null references organization,
  kind text not null check (kind in ('calls', 'leads')),
  -- What was asked for: campaign, days, figure, list.
  request jsonb not null,
  requested_by uuid not null references app_user (user_id),
  requested_at timestamptz not null,
  locale text not null,
  has_full_phones boolean not null,
  state text not null default 'waiting' check (state in ('waiting', 'running', 'done', 'failed', 'cancelled')),
  -- Which run writes it: a run that was given up must not add to the next one's file.
  attempt integer not null default 0,
  rows bigint not null default 0,
  bytes bigint not null default 0,
  -- Share of the work that is done, 0 to 1.
  progress double precision not null default 0,
  error text,
  finished_at timestamptz,
  expires_at timestamptz
);
create index export_job_newest on export_job (organization_id, requested_at desc);
create index export_job_unfinished on export_job (organization_id) where state in ('waiting', 'running');
call ringline_protect('export_job', 'select, insert, update');

-- The file in pieces, each packed by itself (gzip), so that neither writing nor reading it holds more than one.
create table export_piece (
  export_id uuid not null references export_job,
  organization_id uuid not null references organization,
  piece integer not null,
  packed bytea not null,
  primary key (export_id, piece)
);
call ringline_protect('export_piece', 'select, insert, delete');

create table export_download (
  export_id uuid not null references export_job,
  organization_id uuid not null references organization,
  downloaded_by uuid not null references app_user (user_id),
  at timestamptz not null
);
create index export_download_export on export_download (export_id);
call ringline_protect('export_download', 'select, insert');
