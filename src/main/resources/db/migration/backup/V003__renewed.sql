-- Pieces that were found damaged at the target and were written anew.
alter table target add column renewed bigint not null default 0;
