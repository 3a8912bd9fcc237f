-- Up Migration
-- Appointments are claimed before the list, so they have an index of their own; the list's is for those who wait.
drop index campaign_lead_next;
create index campaign_lead_next on campaign_lead (campaign_id, zone_key, priority desc, due_at, lead_id) where state = 'waiting';
create index campaign_lead_callbacks on campaign_lead (campaign_id, due_at, lead_id) where state = 'callback';
create index campaign_lead_zones on campaign_lead (campaign_id, zone_key) where state in ('waiting', 'callback');
