-- SQLite: lists of cases by any filter in any order, and callers found whatever the case and accents of their names.

-- All that lists filter and sort, and nothing else: a list of a hundred thousand cases reads this and then the rows
-- of one page. What began last comes first in most of them.
CREATE INDEX desk_case_list ON desk_case (started_at, subject, open, phase, class, priority, team, assignee, service,
    major, vip, due_at, restored_at, next_due_at);
-- The same of what there is still to do: most questions ask for that, and little of it is there.
CREATE INDEX desk_case_working ON desk_case (next_due_at, subject, phase, class, priority, team, assignee, service,
    major, vip, started_at, due_at, restored_at)
    WHERE open;
-- Nothing asks by these alone any more.
DROP INDEX desk_case_phase;
DROP INDEX desk_case_started;
DROP INDEX desk_case_service;

-- The requester's name as it is searched, without case and accents; the rows are made again by the program that adds it.
ALTER TABLE desk_case ADD COLUMN caller TEXT;
