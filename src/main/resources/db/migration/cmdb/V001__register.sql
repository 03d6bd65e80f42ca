-- Assets and the keys that lead to them. Text that is compared or sorted is in collation "C", so that
-- prefixes use the index and the order is the same on every server.
create table asset (
  id uuid primary key,
  asset_no text collate "C",
  kind text not null,
  lifecycle text not null,
  version bigint not null,
  created_at timestamptz not null,
  retired_at timestamptz
);

create table source (
  id int generated always as identity primary key,
  name text not null unique,
  type text not null,
  enabled boolean not null default true
);

-- strength 0 and 1 identify alone; a key that two machines claim is 'disputed' for the later one.
create table asset_key (
  kind text collate "C" not null,
  scope text collate "C" not null default '',
  norm text collate "C" not null,
  asset_id uuid not null references asset (id),
  strength smallint not null,
  raw text not null,
  disputed boolean not null default false,
  first_seen timestamptz not null,
  ended_at timestamptz
);
create unique index asset_key_judge on asset_key (kind, scope, norm)
  where ended_at is null and not disputed and strength < 2;
create index asset_key_norm on asset_key (norm, kind) where ended_at is null;
create index asset_key_asset on asset_key (asset_id);
create index asset_key_ended on asset_key (norm, kind) where ended_at is not null;

create table facet_type (
  name text primary key,
  module text not null,
  label_zh text not null,
  label_en text not null,
  schema jsonb not null,
  keys jsonb not null
);

create table field_policy (
  facet text not null references facet_type (name) on delete cascade,
  path text not null,
  tiers jsonb not null,
  ttl jsonb not null,
  primary key (facet, path)
);

-- What one source says of one facet. An unchanged word only moves confirmed_at.
create table claim (
  asset_id uuid not null references asset (id),
  facet text collate "C" not null,
  inst text collate "C" not null default '',
  source_id int not null references source (id),
  doc jsonb not null,
  doc_hash bytea not null,
  observed_at timestamptz not null,
  confirmed_at timestamptz not null,
  primary key (asset_id, facet, inst, source_id)
);
create index claim_source on claim (source_id, asset_id);

-- The resolved value of every facet merged to one document; kept in the transaction of its claims.
-- stale_at: when the first winning value loses its freshness and must be resolved again.
create table asset_doc (
  asset_id uuid primary key references asset (id),
  doc jsonb not null,
  name text collate "C" not null,
  kind text collate "C" not null,
  lifecycle text collate "C" not null,
  site text collate "C",
  room text collate "C",
  rack text collate "C",
  team text collate "C",
  version bigint not null,
  stale_at timestamptz
) with (fillfactor = 80);
create unique index asset_doc_name on asset_doc (name, asset_id);
create index asset_doc_team on asset_doc (team, name, asset_id);
create index asset_doc_rack on asset_doc (site, room, rack, name);
create index asset_doc_stale on asset_doc (stale_at) where stale_at is not null;
create index asset_doc_doc on asset_doc using gin (doc jsonb_path_ops);

create sequence change_seq;
create table change (
  recorded_at timestamptz not null,
  seq bigint not null default nextval('change_seq'),
  asset_id uuid not null,
  facet text not null,
  inst text not null default '',
  path text not null,
  old jsonb,
  new jsonb,
  source_id int not null,
  actor text not null,
  reason text,
  observed_at timestamptz not null,
  primary key (recorded_at, seq)
) partition by range (recorded_at);
create index change_asset on change (asset_id, recorded_at desc, seq desc);
-- Rows of months without a partition of their own; the room makes partitions ahead.
create table change_other partition of change default;

-- Feed: writers add to feed_pending; one publisher at a time gives numbers after commit, so that a
-- reader that has seen number n never misses one below it. The feed holds each asset at its last change.
create table feed_pending (
  id bigint generated always as identity primary key,
  asset_id uuid not null
);
create sequence feed_seq;
create table feed (
  asset_id uuid primary key,
  feed_no bigint not null
);
create unique index feed_feed_no on feed (feed_no);

create table conflict (
  id uuid primary key,
  type text not null,
  fingerprint text not null,
  keys jsonb not null,
  candidates uuid[] not null,
  claim jsonb not null,
  explain jsonb not null,
  state text not null default 'open',
  seen int not null default 1,
  first_seen timestamptz not null,
  last_seen timestamptz not null,
  resolved_by text,
  resolved_at timestamptz,
  resolution text
);
create unique index conflict_open on conflict (fingerprint) where state = 'open';
create index conflict_list on conflict (state, last_seen desc, id desc);

create table import (
  id uuid primary key,
  name text not null,
  actor text not null,
  state text not null,
  bytes bigint not null,
  sha256 text not null,
  mapping jsonb not null,
  rows_read bigint not null default 0,
  created bigint not null default 0,
  updated bigint not null default 0,
  unchanged bigint not null default 0,
  rejected bigint not null default 0,
  started_at timestamptz not null,
  beat_at timestamptz not null,
  finished_at timestamptz,
  why text
);
create index import_started on import (started_at desc, id);

create table import_row (
  import_id uuid not null references import (id) on delete cascade,
  line int not null,
  outcome text not null,
  asset_id uuid,
  primary key (import_id, line)
);

create table import_rejection (
  import_id uuid not null references import (id) on delete cascade,
  line int not null,
  no int not null,
  col text not null,
  value text not null,
  reason_zh text not null,
  reason_en text not null,
  primary key (import_id, line, no)
);

-- Declared intents: the last good text of each. applied = version once every machine has it; a removed
-- one stays until it is withdrawn from every machine.
create table intent_document (
  name text primary key,
  origin text not null,
  text text not null,
  declared_by text not null,
  declared_at timestamptz not null,
  version bigint not null,
  applied bigint not null default 0,
  removed boolean not null default false,
  machines bigint not null default 0
);

-- How far the room's own followers have read the feed.
create table follower (
  name text primary key,
  feed_no bigint not null
);
