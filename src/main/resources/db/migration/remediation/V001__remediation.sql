create table policy_mode (
  policy      text primary key,
  mode        text not null check (mode in ('OBSERVE', 'SUGGEST', 'AUTO')),
  reason      text not null,
  changed_by  text not null,
  changed_at  timestamptz not null
);

create table global_freeze (
  id       int primary key check (id = 1),
  is_on    boolean not null,
  reason   text,
  by_whom  text,
  since    timestamptz
);
insert into global_freeze (id, is_on) values (1, false);

-- the last decision on a fault: what would be done next, and why
create table plan (
  fault_id      bigint primary key,
  asset_id      uuid not null,
  outcome       text not null,
  policy        text,
  revision      text,
  runbook       text,
  rung          int not null default 0,
  position      int not null default 0,
  steps         jsonb not null default '[]',
  undo          jsonb not null default '[]',
  cmdb_version  bigint not null default 0,
  guards        jsonb not null default '[]',
  not_used      jsonb not null default '[]',
  decided_at    timestamptz not null,
  look_at       timestamptz not null
);
create index plan_due on plan (look_at) where outcome in ('GO', 'HOLD');
create index plan_by_mode on plan (policy, look_at) where outcome = 'MODE';

create table run (
  id            bigint generated always as identity primary key,
  fault_id      bigint not null,
  asset_id      uuid not null,
  policy        text not null,
  revision      text not null,
  runbook       text not null,
  rung          int not null,
  position      int not null,
  steps         jsonb not null,
  undo          jsonb not null,
  next_step     int not null default 0,
  state         text not null check (state in ('RUNNING', 'UNCERTAIN', 'VERIFYING', 'ENDED')),
  outcome       text check (outcome in ('VERIFIED', 'FAILED', 'UNPROVEN', 'DOUBT', 'STOPPED', 'CANCELLED')),
  holder        text not null,
  fence         bigint not null,
  component     text not null,
  evidence      jsonb not null,
  cmdb_version  bigint not null,
  trial         boolean not null default false,
  relapsed      boolean not null default false,
  had_doubt     boolean not null default false,
  started_at    timestamptz not null,
  ended_at      timestamptz,
  check ((state = 'ENDED') = (ended_at is not null)),
  check ((state = 'ENDED') = (outcome is not null))
);
create unique index run_one_active_per_fault on run (fault_id) where ended_at is null;
create unique index run_one_active_per_machine on run (asset_id) where ended_at is null;
create index run_of_fault on run (fault_id, id);
create index run_of_policy on run (policy, ended_at desc) where ended_at is not null;
create index run_active on run (id) where ended_at is null;

create table attempt (
  id           bigint generated always as identity primary key,
  run_id       bigint not null references run (id),
  step         int not null,
  n            int not null,
  undo         boolean not null default false,
  action       text not null,
  params       jsonb not null,
  key          text not null unique,
  fence        bigint not null,
  status       text not null
               check (status in ('SENDING', 'DONE', 'FAILED', 'UNCERTAIN', 'NOT_SENT', 'PRESENT', 'ABSENT')),
  send_before  timestamptz not null,
  time_limit_ms bigint not null,
  sent_at      timestamptz not null,
  ended_at     timestamptz,
  zh           text,
  en           text,
  transcript   text not null default '',
  unique (run_id, undo, step, n)
);

-- one row per scope, locked in the order of its name while a permit is decided
create table budget_scope (
  scope  text primary key
);

-- concurrency: held from edge 19 until the fault is RECOVERED, ESCALATED or CLOSED
create table hold (
  scope     text not null references budget_scope (scope),
  fault_id  bigint not null,
  taken_at  timestamptz not null,
  primary key (scope, fault_id)
);
create index hold_of_fault on hold (fault_id);

-- rate: never refunded
create table debit (
  scope     text not null references budget_scope (scope),
  taken_at  timestamptz not null,
  run_id    bigint not null references run (id),
  primary key (scope, run_id)
);
create index debit_window on debit (scope, taken_at);

-- one lease per machine, shared with batch jobs; nothing may be sent after expires_at
create table lease (
  asset_id    uuid primary key,
  fence       bigint not null,
  holder      text not null,
  expires_at  timestamptz not null
);

create table verification (
  fault_id     bigint primary key,
  run_id       bigint references run (id),
  fixed_by     text not null,
  due_at       timestamptz not null,
  ok_needed    int not null,
  ok_seen      int not null default 0,
  gap_ms       bigint not null,
  deadline_at  timestamptz not null
);

create index verification_due on verification (due_at);

create table breaker (
  policy        text primary key,
  open          boolean not null,
  why           text,
  changed_at    timestamptz not null,
  counted_from  timestamptz not null
);
