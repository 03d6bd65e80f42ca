create table person (
  id               uuid primary key default uuidv7(),
  name             text not null unique check (name ~ '^[a-z0-9][a-z0-9._@-]{0,63}$'),
  display_name     text not null,
  roles            text[] not null check (roles <@ '{ADMINISTRATOR,OPERATOR,OWNER,AUDITOR}' and cardinality(roles) > 0),
  password_hash    text not null,
  password_version integer not null default 1,  -- raised by each change: ends the sessions before it
  must_change      boolean not null default false,
  disabled_at      timestamptz,
  created_at       timestamptz not null,
  signed_in_at     timestamptz
);

create table team (
  name       text primary key check (length(name) between 1 and 80),
  created_at timestamptz not null
);

create table person_team (
  person_id uuid not null references person,
  team      text not null references team,
  primary key (person_id, team)
);

create table token (
  id           uuid primary key default uuidv7(),
  name         text not null,
  hash         bytea not null unique,           -- SHA-256; the token itself is shown once
  role         text not null check (role in ('ADMINISTRATOR', 'OPERATOR', 'OWNER', 'AUDITOR')),
  teams        text[] not null default '{}',
  local        boolean not null default false,  -- written to a folder of this machine at each start
  person_id    uuid references person,          -- for whom: the token never may more than this person
  created_by   text not null,
  created_at   timestamptz not null,
  expires_at   timestamptz not null,
  last_used_at timestamptz,
  revoked_at   timestamptz
);
create unique index token_local on token (name) where local;
create index token_person on token (person_id);

-- Tries that did not (yet) prove right, by account and by address; rows go after an hour of rest.
create table sign_in_failure (
  key           bytea primary key,
  failures      integer not null,
  last_at       timestamptz not null,
  blocked_until timestamptz not null
);
create index sign_in_failure_age on sign_in_failure (last_at);
