-- A storm's parent takes in tickets only while the storm goes on; the next storm gets its own.
alter table ticket add column gathering boolean not null default true;

drop index ticket_one_live_parent;
create unique index ticket_one_live_parent on ticket (kind, fault_class, place)
  where kind <> 'fault' and state <> 'CLOSED' and gathering;

-- The open ones under a parent, bite by bite.
drop index ticket_of_parent;
create index ticket_of_parent on ticket (parent, id);
