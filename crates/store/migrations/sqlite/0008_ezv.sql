-- SQLite: the link with EZV, and webhooks. Instants are microseconds since 1970, UTC.

-- Tickets of EZV as they were last read. What counts of them stands in the journal; this says how far the link is.
CREATE TABLE ezv_ticket (
    number TEXT PRIMARY KEY,         -- EZV's
    subject TEXT,                    -- our case; none when it could not become one
    status TEXT,                       -- EZV's words
    state TEXT,                        -- what the settings say that they mean
    created_at INTEGER,
    taken_in_at INTEGER,
    resolved_at INTEGER,
    closed_at INTEGER,
    updated_at INTEGER NOT NULL,        -- EZV's own change that was taken in last
    seen_at INTEGER NOT NULL,           -- when it was read
    pushed TEXT,                       -- the state in which we left it: what comes back as that is our own echo
    trouble TEXT                       -- why it could not be taken in
) STRICT;
CREATE INDEX ezv_ticket_subject ON ezv_ticket (subject);
CREATE INDEX ezv_ticket_updated ON ezv_ticket (updated_at);

-- What EZV is still to be told; each follows from one entry of the journal.
CREATE TABLE ezv_task (
    seq INTEGER PRIMARY KEY,            -- the entry
    subject TEXT NOT NULL,
    what TEXT NOT NULL,                -- twin, note
    tries INTEGER NOT NULL,
    next_at INTEGER,                    -- none once it is done or given up
    done_at INTEGER,
    failure TEXT
) STRICT;
CREATE INDEX ezv_task_next ON ezv_task (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX ezv_task_subject ON ezv_task (subject);

-- Who is told of what happens here.
CREATE TABLE webhook (
    id TEXT PRIMARY KEY,
    url TEXT NOT NULL,
    kinds TEXT NOT NULL,               -- separated by spaces
    secret TEXT NOT NULL,              -- known at both ends; leaves this table only to sign
    created_at INTEGER NOT NULL,
    disabled_at INTEGER,
    next_seq INTEGER NOT NULL           -- the first entry that was not looked at
) STRICT;

-- Each message and what became of it.
CREATE TABLE webhook_message (
    id TEXT PRIMARY KEY,             -- the same at each try
    webhook TEXT NOT NULL,
    seq INTEGER NOT NULL,               -- the entry that it tells of
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    next_at INTEGER,                    -- none once it was sent or given up
    sent_at INTEGER,
    status INTEGER,                     -- of the last answer
    failure TEXT                       -- why the last try failed
) STRICT;
CREATE INDEX webhook_message_next ON webhook_message (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX webhook_message_made ON webhook_message (made_at);
