-- Up Migration
-- A lead that is claimed, called or spoken with while its list is taken from the campaign ends as it would; what would make it wait
-- for another call afterwards finishes it instead, whichever statement that is.
create function ringline_finish_lead_of_removed_list() returns trigger language plpgsql as $$
begin
  if not exists (
    select from campaign_list a join lead l on l.list_id = a.list_id
     where a.campaign_id = new.campaign_id and l.lead_id = new.lead_id
  ) then
    new.state := 'finished';
    new.finished_why := 'list-removed';
    new.callback_agent_id := null;
  end if;
  return new;
end $$;

create trigger campaign_lead_of_removed_list before update on campaign_lead
  for each row when (old.state not in ('waiting', 'callback') and new.state in ('waiting', 'callback'))
  execute function ringline_finish_lead_of_removed_list();
