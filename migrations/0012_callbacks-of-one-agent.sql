-- Up Migration
-- Calls for one agent alone: his callbacks, previews and calls by hand.

alter table campaign_lead
  -- Whose owner is absent: when anyone may take the callback; null: only its owner.
  add column callback_open_at timestamptz,
  drop constraint campaign_lead_claimed_from_check,
  -- A call by hand also reaches leads that are finished.
  add constraint campaign_lead_claimed_from_check check (claimed_from in ('waiting', 'callback', 'finished'));
create index campaign_lead_own_callbacks on campaign_lead (callback_agent_id, due_at, lead_id)
  where state = 'callback' and callback_agent_id is not null;
-- Whoever opts out or is reached otherwise is called back no more: found by number or person.
create index campaign_lead_callback_phone on campaign_lead (organization_id, phone) where state = 'callback';

-- For whom the call was dialled; null: whoever is free.
alter table open_attempt add column for_agent_id uuid;

-- Append-only: an agent gave a previewed lead back.
create table preview_skip (
  organization_id uuid not null references organization,
  at timestamptz not null,
  campaign_id uuid not null,
  lead_id uuid not null,
  agent_id uuid not null,
  phone text not null,
  -- His words; null: the time was over.
  reason text,
  -- When the lead is due again.
  due_at timestamptz not null
);
create index preview_skip_by_lead on preview_skip (organization_id, lead_id, at desc);
call ringline_protect('preview_skip', 'select, insert');

-- An opt-out closes the callbacks to its number at once; bulk lists cost one look-up per number in a small index.
create function ringline_close_callbacks() returns trigger language plpgsql set search_path = public as $$
begin
  update campaign_lead c
     set state = 'finished', finished_why = 'do-not-call', callback_agent_id = null, callback_open_at = null
    from added d
   where c.organization_id = d.organization_id and c.phone = d.phone and c.state = 'callback'
     and (d.campaign_id is null or d.campaign_id = c.campaign_id);
  return null;
end $$;
create trigger do_not_call_closes_callbacks after insert on do_not_call
  referencing new table as added for each statement execute function ringline_close_callbacks();
