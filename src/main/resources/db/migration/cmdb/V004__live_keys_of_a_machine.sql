-- All live keys of a machine, from one index. With the old one, and no statistics yet, PostgreSQL read every live key of the
-- register for each machine of an import (60 s for 10,000 rows that changed nothing).
drop index asset_key_asset;
create index asset_key_live on asset_key (asset_id) where ended_at is null;
