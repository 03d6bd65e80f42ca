-- Master keys that credentials are or were sealed with; never the keys themselves.
create table master_key (
  id          text primary key,            -- derived from the key, tells nothing of it
  check_value bytea not null,              -- a known text sealed with the key
  created_at  timestamptz not null
);

-- A credential, its secret sealed with a key of its own, that key sealed with a master key.
create table credential (
  name        text primary key check (length(name) between 1 and 80),
  kind        text not null check (kind in ('SSH_KEY', 'SSH_PASSWORD', 'BMC')),
  username    text not null,
  master_key  text not null references master_key,
  sealed_key  bytea not null,
  sealed      bytea not null,
  updated_at  timestamptz not null
);
create index credential_master_key on credential (master_key);
