-- What is known of each place off this machine; which there are says the settings file.
create table target (
  name text primary key,
  url text not null,
  backup text,
  done_at timestamptz,
  behind_since timestamptz,
  failures int not null default 0,
  next_at timestamptz not null,
  sent bigint not null default 0,
  kept int not null default 0,
  why_zh text not null default '',
  why_en text not null default ''
);
