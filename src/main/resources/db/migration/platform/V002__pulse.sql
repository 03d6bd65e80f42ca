-- One row, written every few seconds: a database that reads but does not write is not up.
create table pulse (
  only_row boolean primary key default true check (only_row),
  at timestamptz not null
);
insert into pulse (at) values (now());
