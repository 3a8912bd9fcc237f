-- Up Migration
-- A campaign changes each lead some ten times a day, and the claim reads the heads of its index without the table only where vacuum has
-- been since. At PostgreSQL's own fifth of the table that is after 200,000 of a million leads: claims read every row twice by then.
alter table campaign_lead set (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 2000);
