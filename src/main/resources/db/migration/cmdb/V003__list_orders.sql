-- Lists by place and by team, page by page in either direction.
create index asset_doc_place_order on asset_doc
  (coalesce(site, ''), coalesce(room, ''), coalesce(rack, ''), name, asset_id);
create index asset_doc_team_order on asset_doc (coalesce(team, ''), name, asset_id);
