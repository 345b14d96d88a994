-- PostgreSQL: the link with EZV, and webhooks. Instants are microseconds since 1970, UTC.

-- Tickets of EZV as they were last read. What counts of them stands in the journal; this says how far the link is.
CREATE TABLE ezv_ticket (
    number TEXT COLLATE "C" PRIMARY KEY,         -- EZV's
    subject TEXT COLLATE "C",                    -- our case; none when it could not become one
    status TEXT,                       -- EZV's words
    state TEXT,                        -- what the settings say that they mean
    created_at BIGINT,
    taken_in_at BIGINT,
    resolved_at BIGINT,
    closed_at BIGINT,
    updated_at BIGINT NOT NULL,        -- EZV's own change that was taken in last
    seen_at BIGINT NOT NULL,           -- when it was read
    pushed TEXT,                       -- the state in which we left it: what comes back as that is our own echo
    trouble TEXT                       -- why it could not be taken in
);
CREATE INDEX ezv_ticket_subject ON ezv_ticket (subject);
CREATE INDEX ezv_ticket_updated ON ezv_ticket (updated_at);

-- What EZV is still to be told; each follows from one entry of the journal.
CREATE TABLE ezv_task (
    seq BIGINT PRIMARY KEY,            -- the entry
    subject TEXT COLLATE "C" NOT NULL,
    what TEXT NOT NULL,                -- twin, note
    tries BIGINT NOT NULL,
    next_at BIGINT,                    -- none once it is done or given up
    done_at BIGINT,
    failure TEXT
);
CREATE INDEX ezv_task_next ON ezv_task (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX ezv_task_subject ON ezv_task (subject);

-- Who is told of what happens here.
CREATE TABLE webhook (
    id TEXT COLLATE "C" PRIMARY KEY,
    url TEXT NOT NULL,
    kinds TEXT NOT NULL,               -- separated by spaces
    secret TEXT NOT NULL,              -- known at both ends; leaves this table only to sign
    created_at BIGINT NOT NULL,
    disabled_at BIGINT,
    next_seq BIGINT NOT NULL           -- the first entry that was not looked at
);

-- Each message and what became of it.
CREATE TABLE webhook_message (
    id TEXT COLLATE "C" PRIMARY KEY,             -- the same at each try
    webhook TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,               -- the entry that it tells of
    kind TEXT NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    made_at BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    next_at BIGINT,                    -- none once it was sent or given up
    sent_at BIGINT,
    status BIGINT,                     -- of the last answer
    failure TEXT                       -- why the last try failed
);
CREATE INDEX webhook_message_next ON webhook_message (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX webhook_message_made ON webhook_message (made_at);
