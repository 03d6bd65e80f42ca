-- Lists in the reader's order, page by page in either direction. A row enters an index of the closed ones once, when it closes.
create index fault_open_by_change    on fault.fault (changed_at, id) where state <> 'CLOSED';
create index fault_open_by_opening   on fault.fault (opened_at, id) where state <> 'CLOSED';
create index fault_open_by_machine   on fault.fault ((coalesce(asset_no, '')), id) where state <> 'CLOSED';
create index fault_open_by_class     on fault.fault (fault_class, id) where state <> 'CLOSED';
create index fault_closed_by_change  on fault.fault (changed_at, id) where state = 'CLOSED';
create index fault_closed_by_opening on fault.fault (opened_at, id) where state = 'CLOSED';
create index fault_closed_by_machine on fault.fault ((coalesce(asset_no, '')), id) where state = 'CLOSED';
create index fault_closed_by_class   on fault.fault (fault_class, id) where state = 'CLOSED';
