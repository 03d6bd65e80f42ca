-- one machine stands in a job once: the index by machine says so too, and one less is written for
-- each machine of each list
create unique index item_machine_once on item (asset_id, job_id desc);
drop index item_of_machine;
alter table item drop constraint item_job_id_asset_id_key;

-- items are written with their job and forgotten with it, in one statement each: to look the same
-- job up again for every machine and every piece of output was a third of what either costs
alter table item drop constraint item_job_id_fkey;
alter table feed drop constraint feed_job_id_fkey;
