-- SQLite: what people are told of a case by the contract's warnings and escalations.

-- One row for each account that an entry reached; the entry is the proof, this says whether it was read.
CREATE TABLE notice (
    account TEXT NOT NULL,
    seq INTEGER NOT NULL,              -- place of the entry in the journal
    subject TEXT NOT NULL,
    kind TEXT NOT NULL,                -- warned, escalated
    rule TEXT NOT NULL,                -- of the contract
    obligation TEXT,                   -- when it is about one
    at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    read_at INTEGER,
    PRIMARY KEY (account, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX notice_unread ON notice (account) WHERE read_at IS NULL;

-- A major incident owes its report after it was closed.
CREATE INDEX desk_case_major ON desk_case (major, restored_at);
