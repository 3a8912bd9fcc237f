-- Up Migration
-- A list that is taken from a campaign and added again brings its leads back as they were: who had an appointment has it, with its time
-- and its agent, and who rests rests on. due_at, due_why, callback_agent_id and callback_open_at therefore stay as they are.
alter table campaign_lead
  -- What a lead that is finished as 'list-removed' was before.
  add column removed_from text check (removed_from in ('waiting', 'callback'));

create or replace function ringline_finish_lead_of_removed_list() returns trigger language plpgsql as $$
begin
  if not exists (select from campaign_list a where a.campaign_id = new.campaign_id and a.list_id = new.list_id) then
    new.removed_from := new.state;
    new.state := 'finished';
    new.finished_why := 'list-removed';
  end if;
  return new;
end $$;

-- Callbacks of one agent are found by him whatever state they are in: his seat may go while one is dialled, or while its list is away.
create index campaign_lead_callback_agent on campaign_lead (callback_agent_id) where callback_agent_id is not null;
