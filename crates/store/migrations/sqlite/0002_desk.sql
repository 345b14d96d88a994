-- SQLite: the read table of cases, and the counters that number them.

-- The last number given under a name (case/2026).
CREATE TABLE counter (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT;

-- Read table: one row per case, narrow, as lists filter and sort it. Whatever the journal says is in
-- `history`; this adds what people say and no rule reads, and what lists ask for.
CREATE TABLE desk_case (
    subject TEXT PRIMARY KEY,
    number TEXT NOT NULL,
    class TEXT NOT NULL,
    phase TEXT NOT NULL,               -- new, in_progress, paused, restored, closed, cancelled
    open INTEGER NOT NULL CHECK (open IN (0, 1)),
    priority TEXT,
    major INTEGER NOT NULL CHECK (major IN (0, 1)),
    vip TEXT,                          -- vip, vvip
    title TEXT,
    requester TEXT,
    team TEXT,
    assignee TEXT,                     -- account
    service TEXT,
    site TEXT,
    item TEXT,                         -- subject or request type of the catalogue
    origin TEXT NOT NULL,              -- by which door it came in
    reference TEXT,                    -- its number in another system
    opened_at INTEGER NOT NULL,        -- microseconds since 1970, UTC, as all instants
    changed_at INTEGER NOT NULL,       -- of the latest entry
    started_at INTEGER,                -- the binding start of the clock that lists show
    restored_at INTEGER,
    due_at INTEGER,                    -- of the clock that lists show
    next_due_at INTEGER,               -- of the running clock that is due first
    next_due_clock TEXT,
    version INTEGER NOT NULL           -- place of the latest entry, plus one
) STRICT, WITHOUT ROWID;
CREATE INDEX desk_case_open ON desk_case (open, next_due_at);

-- Read again from the journal when the program next opens the database for writing.
ALTER TABLE history DROP COLUMN title;

-- With what programs call the API; the token itself is kept nowhere.
CREATE TABLE api_token (
    hash BLOB PRIMARY KEY,             -- SHA-256
    account TEXT NOT NULL REFERENCES account (name),
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,              -- rights, separated by spaces
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    revoked_at INTEGER
) STRICT;
CREATE INDEX api_token_account ON api_token (account, name);
