-- Debits that no window reaches are forgotten by age, whatever their scope.
create index debit_age on debit (taken_at);
