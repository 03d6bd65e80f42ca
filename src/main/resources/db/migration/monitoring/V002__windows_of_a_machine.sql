-- Whether a machine is in a window is asked for each decision about it, however many windows there are.
create index maintenance_of_machine on monitoring.maintenance (machine, until_at) where machine is not null;
