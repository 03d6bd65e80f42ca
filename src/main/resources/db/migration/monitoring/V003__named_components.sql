-- What a check last said of each component name over the whole fleet: read from the index alone. Most checks judge the machine as a whole and cost nothing here.
create index observation_named on monitoring.observation (check_name, observed_at desc)
  include (machine, component, verdict) where component <> '';
