-- A person's word on a suggested plan; bound to the plan's digest, used up by one run.
alter table plan add column approved_plan text, add column approved_by text, add column approved_at timestamptz;

drop index plan_by_mode;
create index plan_by_mode on plan (policy, look_at) where outcome in ('MODE', 'SUGGESTED');
