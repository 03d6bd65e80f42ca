-- files that were handed in, to be put on machines; their content lies under its checksum in files/
create table file (
  sha256   text primary key check (sha256 ~ '^[0-9a-f]{64}$'),
  name     text not null,
  size     bigint not null,
  by_whom  text not null,
  at       timestamptz not null
);
create index file_old on file (at);

-- a file that was fetched from a machine of a job
create table fetched (
  job_id  bigint not null,
  no      int not null,
  path    text not null,
  size    bigint not null,
  sha256  text not null,
  primary key (job_id, no),
  foreign key (job_id, no) references item (job_id, no) on delete cascade
);
create index fetched_content on fetched (sha256);
create index job_puts on job ((params ->> 'file')) where kind = 'ACTION' and body = 'file.put';
