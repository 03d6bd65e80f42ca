-- What was observed, by day. Verdicts that did not change are kept now and then only.
create table monitoring.observation (
  observed_at timestamptz not null,
  machine     uuid        not null,
  check_name  text        not null,
  component   text        not null,
  epoch       int         not null,
  slot        bigint      not null,
  collector   text        not null,
  verdict     text        not null,
  severity    text        not null,
  summary_zh  text        not null,
  summary_en  text        not null,
  evidence    jsonb       not null
) partition by range (observed_at);
create index observation_of_machine on monitoring.observation (machine, check_name, observed_at desc);

-- Who collects, and since which start: a higher epoch overrules the observations of a lower one.
create table monitoring.collector (
  name       text primary key,
  epoch      int         not null,
  started_at timestamptz not null,
  heartbeat  timestamptz not null
);

-- Stretches of time in which actions (maintenance) or notices (silence) are suppressed.
create table monitoring.maintenance (
  id       bigint generated always as identity primary key,
  kind     text        not null,
  query    text,
  machine  uuid,
  from_at  timestamptz not null,
  until_at timestamptz not null,
  reason   text        not null,
  by_whom  text        not null,
  check ((query is null) <> (machine is null)),
  check (until_at >= from_at)
);
create index maintenance_open on monitoring.maintenance (until_at);
