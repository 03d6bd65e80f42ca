-- Backups and verifications that ended. One that a power cut ended leaves no row and is soon done again.
create table run (
  id bigint generated always as identity primary key,
  kind text not null check (kind in ('BACKUP', 'VERIFICATION')),
  folder text not null,
  backup text,
  actor text not null,
  began_at timestamptz not null,
  ended_at timestamptz not null,
  ok boolean not null,
  files bigint not null,
  bytes bigint not null,
  stored bigint not null,
  compared_rows bigint not null,
  why_zh text not null,
  why_en text not null
);
create index run_kind_began_at on run (kind, began_at desc);
