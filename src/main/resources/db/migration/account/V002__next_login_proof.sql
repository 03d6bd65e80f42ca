-- When a refused log-in may be tried again by a scheduled check, and how often it was refused in a row.
alter table account.unproven
  add column refusals integer not null default 0,
  add column next_try timestamptz;
