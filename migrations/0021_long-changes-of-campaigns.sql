-- Up Migration
-- Changes of a campaign that touch so many leads that nobody would wait for them: a background job does them batch by batch, and goes on
-- where it stopped when the process that ran it is gone.
create table campaign_job (
  job_id uuid primary key,
  organization_id uuid not null references organization,
  campaign_id uuid not null references campaign,
  -- attach-list: the leads of a list come in; re-date: leads that wait by a retry rule wait by the new one.
  kind text not null check (kind in ('attach-list', 're-date')),
  list_id uuid references lead_list,
  -- attach-list: new leads are due then.
  due_at timestamptz,
  -- re-date: leads that rest after one of these endings.
  endings text[] not null default '{}',
  state text not null default 'queued' check (state in ('queued', 'running', 'done', 'failed', 'cancelled')),
  -- Leads are taken in the order of their ids: those up to here are dealt with; committed with each batch.
  done_to uuid not null default '00000000-0000-0000-0000-000000000000',
  -- About as many as there were at the beginning.
  leads_expected integer not null,
  leads_done integer not null default 0,
  -- New in the campaign, or given another date.
  leads_changed integer not null default 0,
  -- The run that may write; one that was given up finds another number here.
  attempt integer not null default 0,
  lease_until timestamptz,
  started_at timestamptz not null,
  started_by uuid,
  finished_at timestamptz,
  check ((kind = 'attach-list') = (list_id is not null and due_at is not null))
);
create index campaign_job_open on campaign_job (organization_id, started_at) where state in ('queued', 'running');
create unique index campaign_job_one_attachment on campaign_job (campaign_id, list_id) where state in ('queued', 'running') and list_id is not null;
create index campaign_job_of on campaign_job (organization_id, campaign_id, started_at desc);
call ringline_protect('campaign_job', 'select, insert, update');
