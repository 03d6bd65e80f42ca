-- How many tickets are open, on every page.
create index ticket_open on ticket (team) where parent is null and state in ('OPEN', 'ASSIGNED', 'VERIFYING');
