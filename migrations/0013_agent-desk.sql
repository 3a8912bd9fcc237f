-- Up Migration
-- What agents answered in the campaign's form; written together with the disposition of the call.

create table call_form_answer (
  call_id uuid not null,
  -- The form's field, as it was called when it was answered.
  key text not null,
  organization_id uuid not null references organization,
  campaign_id uuid not null,
  lead_id uuid not null,
  agent_id uuid not null,
  -- Text of the field's type: a number with a decimal point, yyyy-mm-dd, yes or no.
  value text not null check (length(value) between 1 and 2000),
  at timestamptz not null,
  primary key (call_id, key)
);
create index call_form_answer_lead on call_form_answer (organization_id, lead_id, at desc);
create index call_form_answer_campaign on call_form_answer (organization_id, campaign_id, at desc);
call ringline_protect('call_form_answer', 'select, insert, update, delete');
