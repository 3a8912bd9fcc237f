-- Up Migration
-- Lists can be paused and expire; in a campaign they have a priority and a proportion. A lead has a priority of its own.

alter table lead_list
  -- The last day on which its leads are called, by the calendar of the campaign's zone.
  add column expires_on date,
  add column paused_at timestamptz,
  add column is_paused boolean not null generated always as (paused_at is not null) stored,
  -- Kept by the triggers below: a list of a million leads is not counted while somebody waits for a page.
  add column lead_count integer not null default 0;
update lead_list s set lead_count = (select count(*) from lead where organization_id = s.organization_id and list_id = s.list_id);

-- One update of the list for each statement, whatever it adds. Imports lock the list anyway.
create function ringline_count_leads_added() returns trigger language plpgsql as $$
begin
  update lead_list s set lead_count = s.lead_count + a.leads
    from (select list_id, count(*)::int as leads from added group by list_id) a
   where s.list_id = a.list_id;
  return null;
end $$;
create function ringline_count_leads_removed() returns trigger language plpgsql as $$
begin
  update lead_list s set lead_count = s.lead_count - r.leads
    from (select list_id, count(*)::int as leads from removed group by list_id) r
   where s.list_id = r.list_id;
  return null;
end $$;
create trigger lead_counted_in after insert on lead referencing new table as added
  for each statement execute function ringline_count_leads_added();
create trigger lead_counted_out after delete on lead referencing old table as removed
  for each statement execute function ringline_count_leads_removed();

-- Lists of one campaign: those of higher priority first, those of the same one in proportion to their weights.
alter table campaign_list add column weight integer not null default 1 check (weight between 1 and 1000);

-- The list decides whether and when a lead is taken, so the claim's index begins with it. The lead's own priority is the urgency that a
-- person or a program asked for; the list's lies in campaign_list.
alter table campaign_lead add column list_id uuid;
update campaign_lead c set list_id = l.list_id, priority = 0 from lead l where l.lead_id = c.lead_id;
alter table campaign_lead alter column list_id set not null;

create function ringline_list_of_campaign_lead() returns trigger language plpgsql as $$
begin
  new.list_id := (select list_id from lead where lead_id = new.lead_id);
  return new;
end $$;
create trigger campaign_lead_list before insert on campaign_lead
  for each row when (new.list_id is null) execute function ringline_list_of_campaign_lead();

create or replace function ringline_finish_lead_of_removed_list() returns trigger language plpgsql as $$
begin
  if not exists (select from campaign_list a where a.campaign_id = new.campaign_id and a.list_id = new.list_id) then
    new.state := 'finished';
    new.finished_why := 'list-removed';
    new.callback_agent_id := null;
  end if;
  return new;
end $$;

-- A number can be taken from a lead while a call to it is up: what would be dialled next is then the first that he still has.
create function ringline_number_of_waiting_lead() returns trigger language plpgsql as $$
begin
  if not exists (select from lead_number where number_id = new.number_id) then
    select number_id, phone, zone_key into new.number_id, new.phone, new.zone_key
      from lead_number where lead_id = new.lead_id order by position limit 1;
    if not found then
      new.number_id := old.number_id;
      new.phone := old.phone;
      new.zone_key := old.zone_key;
      new.state := 'finished';
      new.finished_why := 'no-number';
    end if;
  end if;
  return new;
end $$;
create trigger campaign_lead_number before update on campaign_lead
  for each row when (old.state in ('claimed', 'calling', 'awaiting-disposition') and new.state in ('waiting', 'callback'))
  execute function ringline_number_of_waiting_lead();

drop index campaign_lead_next;
-- With the organization, which row-level security asks for, the claim reads the index alone: it looks at the first leads of every list in
-- every open zone and takes a few of them.
create index campaign_lead_next on campaign_lead (campaign_id, list_id, zone_key, due_at, lead_id) include (organization_id)
  where state = 'waiting' and priority = 0;
-- Few, and in an index of their own: so neither kind is looked for behind leads of the other that are not due yet.
create index campaign_lead_urgent on campaign_lead (campaign_id, list_id, zone_key, priority desc, due_at, lead_id)
  where state = 'waiting' and priority <> 0;

-- What people write about a lead beside the outcome of a call.
create table lead_note (
  note_id uuid primary key,
  organization_id uuid not null references organization,
  lead_id uuid not null references lead on delete cascade,
  -- Null: a program wrote it.
  written_by uuid references app_user (user_id),
  at timestamptz not null,
  text text not null check (length(text) between 1 and 4000)
);
create index lead_note_lead on lead_note (organization_id, lead_id, at desc);
call ringline_protect('lead_note', 'select, insert');

-- A question about leads, kept under a name; the structure is that of campaigns/lead-filter.ts.
create table lead_filter (
  filter_id uuid primary key,
  organization_id uuid not null references organization,
  name text not null,
  filter jsonb not null,
  saved_by uuid,
  saved_at timestamptz not null,
  unique (organization_id, name)
);
call ringline_protect('lead_filter', 'select, insert, update, delete');

-- Names are searched by their beginning. The columns are compared byte by byte: those comparisons are leakproof, so the index works
-- under row-level security, and no extension is needed, which lower() or LIKE would.
alter table lead
  add column first_name_key text collate "C" not null generated always as (lower(first_name)) stored,
  add column last_name_key text collate "C" not null generated always as (lower(last_name)) stored;
create index lead_last_name on lead (organization_id, last_name_key, first_name_key, lead_id);
create index lead_first_name on lead (organization_id, first_name_key, lead_id);
