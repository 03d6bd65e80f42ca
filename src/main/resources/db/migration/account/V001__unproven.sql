-- Accounts whose declared log-in proof is due since Fettle changed something, or was refused; gone once a log-in succeeded.
create table account.unproven (
  machine    uuid        not null,
  account    text        not null,
  since      timestamptz not null,
  refused_zh text,
  refused_en text,
  primary key (machine, account),
  check ((refused_zh is null) = (refused_en is null))
);
