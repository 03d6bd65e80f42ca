-- Who did what, to what, why. Rows are written in the transaction of the deed and never change.
create table entry (
  id         bigint generated always as identity primary key,
  at         timestamptz not null,
  actor_kind text not null check (actor_kind in ('PERSON', 'TOKEN', 'SYSTEM')),
  actor      text not null,
  action     text not null,
  object     text not null,
  reason     text,
  details    jsonb not null default '{}',
  -- the writing transaction: where the sealer looks for rows that were committed late
  xid        xid8 not null default pg_current_xact_id()
);
create index entry_xid on entry (xid);
create index entry_object on entry (object, id desc);
create index entry_actor on entry (actor, id desc);

-- One link of the chain: a batch of rows, their hash and the hash of the link before.
create table seal (
  batch         bigint primary key,
  era           text not null,          -- the database cluster that handed out the xids
  next_xid      xid8 not null,          -- where the next search in this era begins
  ids           int8multirange not null,
  rows          integer not null check (rows > 0),
  sealed_at     timestamptz not null,
  previous_hash bytea not null,
  hash          bytea not null unique
);
create index seal_ids on seal using gist (ids);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'audit.% is append-only: % refused', tg_table_name, lower(tg_op)
    using errcode = 'restrict_violation';
end $$;
create trigger entry_append_only before update or delete or truncate on entry
  for each statement execute function refuse_change();
create trigger seal_append_only before update or delete or truncate on seal
  for each statement execute function refuse_change();
