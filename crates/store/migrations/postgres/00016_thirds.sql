-- The third party that has a case, and since when; the rows are made again by the program that adds it.
ALTER TABLE desk_case ADD COLUMN third TEXT;
ALTER TABLE desk_case ADD COLUMN third_at BIGINT;
