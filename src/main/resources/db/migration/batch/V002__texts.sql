-- where a job's text came from, and the values that go into it for each machine, as they were when
-- its list was frozen
alter table job
  add column library_path text,
  add column library_commit text,
  add column filled boolean not null default false,
  add check ((library_path is null) = (library_commit is null));

create table item_value (
  job_id  bigint not null,
  no      int not null,
  vals    jsonb not null,
  primary key (job_id, no),
  foreign key (job_id, no) references item (job_id, no) on delete cascade
);
