-- Many registers know a room and no site: the room is then the site that a storm can blow over, and a
-- rack is one rack only together with its room.
alter table fault.fault add column room text;
update fault.fault f set room = d.room from cmdb.asset_doc d where d.asset_id = f.machine and d.room is not null;
alter table fault.storm add column room text not null default '';
drop index fault.storm_one_open;
create unique index storm_one_open on fault.storm (fault_class, site, room, coalesce(rack, '')) where ended_at is null;
drop index fault.fault_in_site;
drop index fault.fault_in_rack;
drop index fault.fault_standing;
create index fault_in_site  on fault.fault (fault_class, coalesce(site, room, ''), confirmed_at);
create index fault_in_rack  on fault.fault (fault_class, coalesce(site, room, ''), coalesce(room, ''), rack, confirmed_at);
create index fault_standing on fault.fault (fault_class, coalesce(site, room, ''), coalesce(room, ''), rack) where state <> 'CLOSED';
