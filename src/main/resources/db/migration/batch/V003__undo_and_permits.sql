-- a job that takes back what another changed; and what a job waits for at this moment
alter table job add column undo_of bigint references job (id);
alter table job add column waits_zh text;
alter table job add column waits_en text;
create index job_undo on job (undo_of) where undo_of is not null;

-- UNPROVEN: done by its own account, though a look afterwards does not show it
alter table item drop constraint item_verdict_check;
alter table item add constraint item_verdict_check
  check (verdict in ('OK', 'EXIT', 'FAILED', 'UNPROVEN', 'AUTH_REFUSED', 'SUDO_REFUSED', 'REFUSED',
         'CONNECT_TIMEOUT', 'BANNER_TIMEOUT', 'AUTH_TIMEOUT', 'HOST_KEY_CHANGED', 'KILLED',
         'NOT_STARTED', 'SKIPPED', 'UNKNOWN'));

-- parameters of an action on one machine: those it was given, and those that put back what it
-- found, on disk before it changes anything
create table effect (
  job_id    bigint not null,
  no        int not null,
  given     jsonb,
  way_back  jsonb,
  primary key (job_id, no),
  foreign key (job_id, no) references item (job_id, no) on delete cascade
);
