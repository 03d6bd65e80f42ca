-- Who reads over rsync; their secrets are in the credential store as library.rsync.NAME.
create table reader (
  name    text primary key,
  made_by text not null,
  made_at timestamptz not null
);

-- Copies off this machine, and how far each is. A secret is in the credential store as library.mirror.NAME.
create table mirror (
  name         text primary key,
  url          text not null,
  made_by      text not null,
  made_at      timestamptz not null,
  done         text,                      -- what it was last brought to: a hash over all branches and tags
  done_at      timestamptz,
  behind_since timestamptz,               -- null while it has everything
  failures     int not null default 0,    -- in a row
  next_at      timestamptz not null,      -- when it is tried or compared next
  error        text
);
