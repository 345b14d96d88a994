-- PostgreSQL: the read table of cases, and the counters that number them.

-- The last number given under a name (case/2026).
CREATE TABLE counter (
    name TEXT COLLATE "C" PRIMARY KEY,
    value BIGINT NOT NULL
);

-- Read table: one row per case, narrow, as lists filter and sort it. Whatever the journal says is in
-- `history`; this adds what people say and no rule reads, and what lists ask for.
CREATE TABLE desk_case (
    subject TEXT COLLATE "C" PRIMARY KEY,
    number TEXT COLLATE "C" NOT NULL,
    class TEXT COLLATE "C" NOT NULL,
    phase TEXT COLLATE "C" NOT NULL,               -- new, in_progress, paused, restored, closed, cancelled
    open BOOLEAN NOT NULL,
    priority TEXT COLLATE "C",
    major BOOLEAN NOT NULL,
    vip TEXT COLLATE "C",                          -- vip, vvip
    title TEXT COLLATE "C",
    requester TEXT COLLATE "C",
    team TEXT COLLATE "C",
    assignee TEXT COLLATE "C",                     -- account
    service TEXT COLLATE "C",
    site TEXT COLLATE "C",
    item TEXT COLLATE "C",                         -- subject or request type of the catalogue
    origin TEXT COLLATE "C" NOT NULL,              -- by which door it came in
    reference TEXT COLLATE "C",                    -- its number in another system
    opened_at BIGINT NOT NULL,        -- microseconds since 1970, UTC, as all instants
    changed_at BIGINT NOT NULL,       -- of the latest entry
    started_at BIGINT,                -- the binding start of the clock that lists show
    restored_at BIGINT,
    due_at BIGINT,                    -- of the clock that lists show
    next_due_at BIGINT,               -- of the running clock that is due first
    next_due_clock TEXT COLLATE "C",
    version BIGINT NOT NULL           -- place of the latest entry, plus one
);
CREATE INDEX desk_case_open ON desk_case (open, next_due_at);

-- Read again from the journal when the program next opens the database for writing.
ALTER TABLE history DROP COLUMN title;

-- With what programs call the API; the token itself is kept nowhere.
CREATE TABLE api_token (
    hash BYTEA PRIMARY KEY,             -- SHA-256
    account TEXT COLLATE "C" NOT NULL REFERENCES account (name),
    name TEXT COLLATE "C" NOT NULL,
    scopes TEXT COLLATE "C" NOT NULL,              -- rights, separated by spaces
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT
);
CREATE INDEX api_token_account ON api_token (account, name);
