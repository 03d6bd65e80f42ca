-- A tracking record. kind: fault (one per fault), storm (many escalations of a class at once), group (a class in a rack whose policy only observes).
create table ticket (
  id          bigint generated always as identity primary key,
  kind        text not null check (kind in ('fault', 'storm', 'group')),
  state       text not null check (state in ('OPEN', 'ASSIGNED', 'VERIFYING', 'RESOLVED', 'CLOSED')),
  title_zh    text not null,
  title_en    text not null,
  fault_id    bigint unique,
  asset_id    uuid,
  asset_no    text,
  team        text,
  fault_class text not null,
  component   text not null default '',
  place       text not null default '',
  parent      bigint references ticket (id),
  assignee    text,
  snapshot    jsonb not null default '{}',
  created_at  timestamptz not null,
  changed_at  timestamptz not null,
  check ((kind = 'fault') = (fault_id is not null))
);
create unique index ticket_one_live_per_fault_key on ticket (asset_id, fault_class, component)
  where kind = 'fault' and state <> 'CLOSED';
create unique index ticket_one_live_parent on ticket (kind, fault_class, place)
  where kind <> 'fault' and state <> 'CLOSED';
create index ticket_live on ticket (id) where state <> 'CLOSED';
create index ticket_newest on ticket (id desc) where parent is null;
create index ticket_of_team on ticket (team, id desc);
create index ticket_of_parent on ticket (parent);
create index ticket_births on ticket (fault_class, created_at) where kind = 'fault';

create table event (
  ticket_id bigint not null references ticket (id),
  no        bigint generated always as identity,
  at        timestamptz not null,
  actor     text not null,
  kind      text not null,
  text      text not null,
  primary key (ticket_id, no)
);
