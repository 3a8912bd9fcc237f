-- Up Migration
-- The list "Manual calls: …" of a campaign holds numbers that agents have typed: nothing dials them by itself.
alter table lead_list add column is_manual boolean not null default false;
update lead_list set is_manual = true where name like 'Manual calls: %';
