-- Up Migration
-- An import is a job: the file waits in the data folder, and the job goes on where it stopped when the process that ran it is gone.
alter table import_job drop constraint import_job_state_check;
alter table import_job
  add constraint import_job_state_check check (state in ('queued', 'running', 'done', 'failed', 'cancelled')),
  -- Rows of people who were there already and whom the manager wanted left as they are.
  add column skipped bigint not null default 0,
  -- How the file is read and what its columns are, as it was decided before the first row; null: read while it arrived.
  add column plan jsonb,
  -- Size of the file, and about how many rows it has, from what is read of it.
  add column bytes bigint,
  add column rows_expected bigint,
  -- Records of the file that are dealt with; committed with each batch.
  add column records_done bigint not null default 0,
  -- The run that may write; one that was given up finds another number here.
  add column attempt integer not null default 0,
  add column lease_until timestamptz,
  -- Cells that are not of their column's type and were kept as text: column, type, cells, the first line.
  add column misfits jsonb not null default '[]';
create index import_job_open on import_job (organization_id) where state in ('queued', 'running');

-- Fields of an organization's leads that are not ours, with their types. Values are texts in lead.fields: numbers with a decimal point,
-- dates as yyyy-mm-dd, yes or no; what did not fit the type is there as it came.
create table lead_field (
  organization_id uuid not null references organization,
  name text not null,
  type text not null check (type in ('text', 'number', 'date', 'yes-no')),
  created_at timestamptz not null,
  primary key (organization_id, name)
);
call ringline_protect('lead_field', 'select, insert, update');

-- What the columns of a file with this header were the last time.
create table import_mapping (
  organization_id uuid not null references organization,
  header_key text not null,
  columns jsonb not null,
  used_at timestamptz not null,
  primary key (organization_id, header_key)
);
call ringline_protect('import_mapping', 'select, insert, update, delete');

-- Looked up in the whole organization as well as in a list. One index for both, and one less to fill.
drop index lead_external_id;
create unique index lead_external_id on lead (organization_id, external_id, list_id) where external_id is not null;
drop index lead_number_once_per_list;
drop index lead_number_phone;
create unique index lead_number_once_per_list on lead_number (organization_id, phone, list_id);
