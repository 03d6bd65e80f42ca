-- What the home page counts: recoveries of today, faults of the last hours.
create index fault_recovered on fault.fault (recovered_at) where recovered_at is not null;
create index fault_confirmed on fault.fault (confirmed_at) where confirmed_at is not null;
