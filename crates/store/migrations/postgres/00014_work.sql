-- PostgreSQL: the tasks of cases, who did what a notice tells of, and answers made ready.

-- A read table, made again with the others: the tasks of each case.
CREATE TABLE desk_task (
    subject TEXT COLLATE "C" NOT NULL,
    task BIGINT NOT NULL,             -- its number on the case
    place BIGINT NOT NULL,            -- among the tasks of the case
    title TEXT,                        -- its words; none when they were erased
    team TEXT COLLATE "C",
    assignee TEXT COLLATE "C",
    due_at BIGINT,
    side TEXT COLLATE "C",                         -- the one side that knows of it; none when both do
    open BOOLEAN NOT NULL,
    PRIMARY KEY (subject, task)
);
CREATE INDEX desk_task_assignee ON desk_task (assignee) WHERE open;
CREATE INDEX desk_task_team ON desk_task (team) WHERE open;

-- Whoever mentioned somebody, or did what those who follow a case hear of.
ALTER TABLE notice ADD COLUMN actor TEXT;

-- Answers made ready. No read table: their entries say who wrote which, this is what they are now.
CREATE TABLE answer (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    side TEXT COLLATE "C" NOT NULL,                -- each side has its own
    team TEXT COLLATE "C",                         -- the group that uses it; none for all
    title_fr TEXT NOT NULL,
    title_en TEXT NOT NULL,
    text_fr TEXT NOT NULL,
    text_en TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);
