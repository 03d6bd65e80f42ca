-- one command, script or action on a frozen list of machines
create table job (
  id                 bigint generated always as identity primary key,
  kind               text not null check (kind in ('COMMAND', 'SCRIPT', 'ACTION')),
  body               text not null,
  file               text,
  params             jsonb not null default '{}',
  root               boolean not null,
  dry                boolean not null,
  query              text not null,
  reason             text not null,
  by_whom            text not null,
  state              text not null
                     check (state in ('AWAITING', 'RUNNING', 'PAUSED', 'STOPPING', 'ENDED')),
  outcome            text check (outcome in ('DONE', 'STOPPED', 'REJECTED', 'OUT_OF_TIME')),
  paused_for         text check (paused_for in ('STEP', 'FAILURES')),
  dangers            jsonb not null default '[]',
  break_glass        text,
  approved_by        text,
  steps              jsonb not null,
  step               int not null default 0,
  go_on_at           timestamptz,
  width              int not null check (width > 0),
  per_rack           int not null,
  per_service        int not null,
  ask                boolean not null,
  pause_ms           bigint not null,
  limit_ms           bigint not null check (limit_ms > 0),
  total_ms           bigint not null check (total_ms > 0),
  stop_share         double precision not null,
  accepted_failures  int not null default 0,
  machines           int not null,
  rerun_of           bigint references job (id),
  holder             text,
  held_until         timestamptz,
  created_at         timestamptz not null,
  started_at         timestamptz,
  ended_at           timestamptz,
  check ((state = 'ENDED') = (ended_at is not null)),
  check ((state = 'ENDED') = (outcome is not null)),
  check ((state = 'PAUSED') = (paused_for is not null))
);
create index job_open on job (id) where state <> 'ENDED';
create index job_rerun on job (rerun_of) where rerun_of is not null;
create index job_old on job (ended_at) where ended_at is not null;

-- one machine of a job. SENDING is on disk before anything can leave; what is found SENDING under
-- a holder that is gone is UNKNOWN and is never sent again
create table item (
  job_id      bigint not null references job (id) on delete cascade,
  no          int not null,
  asset_id    uuid not null,
  name        text not null,
  rack        text not null default '',
  service     text not null default '',
  team        text not null default '',
  step        int not null,
  state       text not null check (state in ('QUEUED', 'SENDING', 'ENDED')),
  verdict     text check (verdict in ('OK', 'EXIT', 'FAILED', 'AUTH_REFUSED', 'SUDO_REFUSED', 'REFUSED',
              'CONNECT_TIMEOUT', 'BANNER_TIMEOUT', 'AUTH_TIMEOUT', 'HOST_KEY_CHANGED', 'KILLED',
              'NOT_STARTED', 'SKIPPED', 'UNKNOWN')),
  exit_code   int,
  zh          text,
  en          text,
  digest      text,
  lines       int not null default 0,
  bytes       bigint not null default 0,
  cut         boolean not null default false,
  holder      text,
  fence       bigint,
  not_before  timestamptz,
  started_at  timestamptz,
  ended_at    timestamptz,
  primary key (job_id, no),
  unique (job_id, asset_id),
  check ((state = 'ENDED') = (verdict is not null)),
  check (state <> 'SENDING' or (holder is not null and fence is not null))
);
create index item_queued on item (job_id, step, no) where state = 'QUEUED';
create unique index item_one_sending_per_machine on item (asset_id) where state = 'SENDING';
create index item_of_team on item (team, job_id);
create index item_folded on item (job_id, verdict, digest, no) where state = 'ENDED';
create index item_of_machine on item (asset_id, job_id desc);

-- what was heard, in the order in which it was stored: output and ends. Written by the job's holder
-- alone, one batch after the other, so that ids rise in the order of commits within a job
create table feed (
  id      bigint generated always as identity,
  job_id  bigint not null references job (id) on delete cascade,
  no      int not null,
  kind    text not null check (kind in ('OUT', 'ERR', 'END')),
  body    text not null,
  primary key (job_id, id)
);
create index feed_of_item on feed (job_id, no, id);
