create table transport.host_key (
  host                text        not null,
  port                integer     not null check (port between 1 and 65535),
  key_type            text        not null,
  public_key          text        not null,
  fingerprint         text        not null,
  first_seen          timestamptz not null,
  last_seen           timestamptz not null,
  state               text        not null default 'pinned' check (state in ('pinned', 'changed', 'refused')),
  offered_type        text,
  offered_key         text,
  offered_fingerprint text,
  offered_at          timestamptz,
  primary key (host, port),
  check (state = 'pinned' or offered_key is not null)
);

-- What waits for a person; small beside a million pinned keys.
create index host_key_undecided on transport.host_key (state, host, port) where state <> 'pinned';
