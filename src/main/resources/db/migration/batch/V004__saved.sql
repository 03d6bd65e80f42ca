-- jobs under a name, and the turns of those that have a timetable
create table saved_job (
  name         text primary key,
  version      int not null,
  wish         jsonb not null,
  parameters   jsonb not null,
  most         int not null check (most > 0),
  roles        jsonb not null,
  teams        jsonb not null,
  dangers      jsonb not null,
  by_whom      text not null,
  at           timestamptz not null,
  approved_by  text,
  cron         text,
  zone         text,
  next_at      timestamptz,
  check ((cron is null) = (zone is null)),
  check (next_at is null or cron is not null)
);
create index saved_job_due on saved_job (next_at) where next_at is not null;

-- a time is taken once: its turn, its job and the next time are one transaction
create table saved_turn (
  name     text not null references saved_job (name) on delete cascade,
  due_at   timestamptz not null,
  outcome  text not null check (outcome in ('STARTED', 'REFUSED', 'MISSED', 'OVERLAPPED')),
  times    int not null check (times > 0),
  job_id   bigint references job (id) on delete set null,
  zh       text,
  en       text,
  at       timestamptz not null,
  primary key (name, due_at)
);
create index saved_turn_job on saved_turn (job_id) where job_id is not null;

alter table job add column saved text;
create index job_saved on job (saved, id desc) where saved is not null;
