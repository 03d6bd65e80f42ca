-- A durable problem on (machine, class, component). asset_no, site, rack, team are copies for storms and for cutting lists to a viewer.
create table fault.fault (
  id           bigint generated always as identity primary key,
  machine      uuid        not null,
  fault_class  text        not null,
  component    text        not null,
  check_name   text        not null,
  state        text        not null,
  severity     text        not null,
  version      bigint      not null default 1,
  summary_zh   text        not null,
  summary_en   text        not null,
  evidence     jsonb       not null,
  held_for     text,
  state_before text,
  rung         int         not null default 0,
  not_before   timestamptz,
  deadline_at  timestamptz,
  opened_at    timestamptz not null,
  confirmed_at timestamptz,
  recovered_at timestamptz,
  closed_at    timestamptz,
  fixed_by     text,
  relapses     int         not null default 0,
  changed_at   timestamptz not null,
  previous     bigint,
  asset_no     text,
  site         text,
  rack         text,
  team         text,
  constraint open_has_deadline check (state = 'CLOSED' or deadline_at is not null),
  constraint held_has_reason   check (state <> 'HELD' or held_for is not null),
  constraint stale_came_from   check (state <> 'STALE' or state_before is not null),
  constraint closed_has_time   check ((state = 'CLOSED') = (closed_at is not null))
);

create unique index fault_one_open on fault.fault (machine, fault_class, component) where state <> 'CLOSED';
create index fault_by_state    on fault.fault (state, changed_at, id) where state <> 'CLOSED';
create index fault_by_deadline on fault.fault (deadline_at) where state <> 'CLOSED';
create index fault_newest      on fault.fault (changed_at desc, id desc);
create index fault_of_class    on fault.fault (fault_class, changed_at desc, id desc);
create index fault_of_machine  on fault.fault (machine, changed_at desc, id desc);
create index fault_of_team     on fault.fault (team, changed_at desc, id desc);
create index fault_in_site     on fault.fault (fault_class, site, confirmed_at);
create index fault_in_rack     on fault.fault (fault_class, site, rack, confirmed_at);
create index fault_standing  on fault.fault (fault_class, site, rack) where state <> 'CLOSED';
create index fault_earlier     on fault.fault (machine, fault_class, component, closed_at desc) where state = 'CLOSED';

-- What happened to a fault; written in the transaction of the edge.
create table fault.story (
  fault    bigint      not null references fault.fault on delete cascade,
  no       bigint      generated always as identity,
  at       timestamptz not null,
  kind     text        not null,
  title_zh text        not null,
  title_en text        not null,
  details  jsonb       not null,
  primary key (fault, no)
);

-- Snapshot of the folded state of a binding that is not healthy, so that a restart loses nothing accepted.
create table fault.finding (
  machine     uuid             not null,
  check_name  text             not null,
  component   text             not null,
  fault_class text             not null,
  slots       bigint[]         not null,
  verdicts    text             not null,
  chain_from  bigint           not null,
  chain_to    bigint           not null,
  flap_score  double precision not null,
  flap_at     timestamptz      not null,
  seen_at     timestamptz      not null,
  primary key (machine, check_name, component)
);

-- Too many faults of one class in one rack or site at once: the fault is elsewhere.
create table fault.storm (
  id           bigint generated always as identity primary key,
  fault_class  text        not null,
  domain       text        not null,
  site         text        not null,
  rack         text,
  started_at   timestamptz not null,
  last_over_at timestamptz not null,
  faults       int         not null,
  threshold    int         not null,
  ended_at     timestamptz,
  ended_by     text,
  reason       text
);
create unique index storm_one_open on fault.storm (fault_class, site, coalesce(rack, '')) where ended_at is null;
create index storm_newest on fault.storm (started_at desc);

-- A stretch of time in which too few bindings of a collector were observed; one record for it, none on the targets.
create table fault.coverage_gap (
  id         bigint generated always as identity primary key,
  collector  text        not null,
  started_at timestamptz not null,
  ended_at   timestamptz,
  fresh      bigint      not null,
  bound      bigint      not null
);
create unique index coverage_gap_one_open on fault.coverage_gap (collector) where ended_at is null;

-- How far the change feed of the register was followed.
create table fault.feed (
  one     boolean primary key default true check (one),
  feed_no bigint  not null
);
