-- Up Migration
-- Why a lead is not due yet, written with its due time: an ending, 'disposition:<code>' or 'rule:<rule>'; null: nothing but its place.
alter table campaign_lead add column due_why text;
