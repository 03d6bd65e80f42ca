-- Lists in the reader's order, page by page in either direction: all of them, and the open ones among many closed.
create index ticket_by_change       on ticket (changed_at, id) where parent is null;
create index ticket_by_machine      on ticket ((coalesce(asset_no, '')), id) where parent is null;
create index ticket_by_class        on ticket (fault_class, id) where parent is null;
create index ticket_open_by_opening on ticket (id) where parent is null and state in ('OPEN', 'ASSIGNED', 'VERIFYING');
create index ticket_open_by_change  on ticket (changed_at, id) where parent is null and state in ('OPEN', 'ASSIGNED', 'VERIFYING');
create index ticket_open_by_machine on ticket ((coalesce(asset_no, '')), id) where parent is null and state in ('OPEN', 'ASSIGNED', 'VERIFYING');
create index ticket_open_by_class   on ticket (fault_class, id) where parent is null and state in ('OPEN', 'ASSIGNED', 'VERIFYING');
create index ticket_of_machine      on ticket (asset_id, id);
