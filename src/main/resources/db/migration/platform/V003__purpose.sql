-- One row, written at the first start: what this database is for. A lab breaks what it knows.
create table purpose (
  only_row boolean primary key default true check (only_row),
  lab boolean not null,
  since timestamptz not null default now()
);
