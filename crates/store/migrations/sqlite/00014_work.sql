-- SQLite: the tasks of cases, who did what a notice tells of, and answers made ready.

-- A read table, made again with the others: the tasks of each case.
CREATE TABLE desk_task (
    subject TEXT NOT NULL,
    task INTEGER NOT NULL,             -- its number on the case
    place INTEGER NOT NULL,            -- among the tasks of the case
    title TEXT,                        -- its words; none when they were erased
    team TEXT,
    assignee TEXT,
    due_at INTEGER,
    side TEXT,                         -- the one side that knows of it; none when both do
    open INTEGER NOT NULL,
    PRIMARY KEY (subject, task)
) STRICT, WITHOUT ROWID;
CREATE INDEX desk_task_assignee ON desk_task (assignee) WHERE open;
CREATE INDEX desk_task_team ON desk_task (team) WHERE open;

-- Whoever mentioned somebody, or did what those who follow a case hear of.
ALTER TABLE notice ADD COLUMN actor TEXT;

-- Answers made ready. No read table: their entries say who wrote which, this is what they are now.
CREATE TABLE answer (
    id TEXT NOT NULL PRIMARY KEY,
    side TEXT NOT NULL,                -- each side has its own
    team TEXT,                         -- the group that uses it; none for all
    title_fr TEXT NOT NULL,
    title_en TEXT NOT NULL,
    text_fr TEXT NOT NULL,
    text_en TEXT NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
