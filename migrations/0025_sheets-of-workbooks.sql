-- Up Migration
-- A workbook has several sheets; the one that was chosen is remembered with what its columns were.

alter table import_mapping add column sheet text;
create index import_mapping_sheet on import_mapping (organization_id, sheet, used_at desc) where sheet is not null;
