-- Up Migration
-- Tables that an import has just filled have no statistics until autovacuum comes by, a minute later or more. Until then the planner
-- thinks that the organization's index, which row-level security offers to every query, finds one lead as well as the lead's own does:
-- attaching a list of 10,000 leads read 1.1 million pages. ANALYZE reads a sample of each table and blocks no reader or writer.
create procedure ringline_analyze_leads() language plpgsql security definer set search_path = public as $$
begin
  analyze lead, lead_number, campaign_lead;
end $$;
grant execute on procedure ringline_analyze_leads() to ringline_app;
