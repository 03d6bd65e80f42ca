-- Which credential opens which machines. The secret itself is in the room 'secret', by name.
create table reach.assignment (
  id         bigint generated always as identity primary key,
  credential text        not null unique,
  kind       text        not null check (kind in ('ssh-key', 'ssh-password', 'bmc')),
  query      text        not null,
  priority   integer     not null default 0,
  created_at timestamptz not null,
  created_by text        not null
);

-- Every process asks this one row whether its copy of the table is still good.
create table reach.assignment_version (
  only_row boolean primary key default true check (only_row),
  version  bigint not null default 0
);
insert into reach.assignment_version default values;
