-- Up Migration
-- Months are made ahead by the migration and by a daily job; the default partitions take what falls outside, so that no write fails.

create table call_default partition of call default;
create table refusal_default partition of refusal default;
create table agent_state_change_default partition of agent_state_change default;

create procedure ringline_make_partitions(first_month date, months integer) language plpgsql security definer set search_path = public as $$
declare
  parent text;
  month date;
  child text;
begin
  foreach parent in array array['call', 'refusal', 'agent_state_change'] loop
    for i in 0 .. months - 1 loop
      month := (date_trunc('month', first_month) + make_interval(months => i))::date;
      child := format('%s_%s', parent, to_char(month, 'YYYY_MM'));
      if to_regclass(child) is null then
        execute format('create table %I partition of %I for values from (%L) to (%L)', child, parent,
          format('%s 00:00:00+00', month), format('%s 00:00:00+00', (month + interval '1 month')::date));
      end if;
    end loop;
  end loop;
end $$;
grant execute on procedure ringline_make_partitions(date, integer) to ringline_app;
call ringline_make_partitions(current_date - 31, 15);
