-- Where each branch and tag stood when Fettle last moved or found it; the repository is the truth.
create table ref (
  name      text primary key,
  commit_id text not null,
  moved_at  timestamptz not null
);

-- Every accepted push, merge and deletion, and what was found moved by other means.
create table move (
  id         bigint generated always as identity primary key,
  ref        text not null,
  old_commit text,                       -- null: it was created
  new_commit text,                       -- null: it was deleted
  actor      text not null,
  how        text not null check (how in ('push', 'merge', 'found')),
  reason     text,
  at         timestamptz not null
);
create index move_of_ref on move (ref, id desc);
