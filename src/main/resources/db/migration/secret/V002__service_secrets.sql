-- Secrets for other services (a mirror's token, a reader's password), not for machines or cards.
alter table credential drop constraint credential_kind_check;
alter table credential add constraint credential_kind_check
  check (kind in ('SSH_KEY', 'SSH_PASSWORD', 'BMC', 'SERVICE'));
