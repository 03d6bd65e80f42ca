-- a lease that counts in budgets: the place ends with the lease, so that no death can keep it
alter table lease add column budget text[] not null default '{}';
create index lease_counted on lease (expires_at) where budget <> '{}';

-- until when jobs are known to wait for a place: repairs leave them their share meanwhile
alter table budget_scope add column jobs_wait_until timestamptz;

-- rate of what jobs change; never refunded
create table job_debit (
  scope     text not null references budget_scope (scope),
  asset_id  uuid not null,
  fence     bigint not null,
  taken_at  timestamptz not null,
  primary key (scope, asset_id, fence)
);
create index job_debit_window on job_debit (scope, taken_at);
create index job_debit_age on job_debit (taken_at);
