-- Sources are never deleted, and checking them for every claim costs a tenth of a large import.
alter table claim drop constraint claim_source_id_fkey;
-- Only intents ask which machines a source speaks of.
drop index claim_source;
create index claim_intent on claim (source_id, asset_id) where facet = 'intent';
