-- When a person last released a storm somewhere: asked for each rack of every batch that confirms something.
create index storm_released on fault.storm (fault_class, site, ended_at desc) where ended_by <> 'subsided';
