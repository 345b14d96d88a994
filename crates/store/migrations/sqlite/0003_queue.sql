-- SQLite: what the queue and the one who answers the telephone look for.

-- The requester's number as it was said; the rows are made again by the program that adds it.
ALTER TABLE desk_case ADD COLUMN phone TEXT;

-- The queue begins with one phase, one group or one person, and rarely with all there ever was. What names none
-- of them, as most imported cases do, is in none of these.
CREATE INDEX desk_case_phase ON desk_case (phase, next_due_at);
CREATE INDEX desk_case_team ON desk_case (team, open, next_due_at)
    WHERE team IS NOT NULL;
CREATE INDEX desk_case_assignee ON desk_case (assignee, open, next_due_at)
    WHERE assignee IS NOT NULL;
CREATE INDEX desk_case_service ON desk_case (service, open, next_due_at)
    WHERE service IS NOT NULL;
-- Sorts of the whole.
CREATE INDEX desk_case_started ON desk_case (started_at);
