-- PostgreSQL: what people are told of a case by the contract's warnings and escalations.

-- One row for each account that an entry reached; the entry is the proof, this says whether it was read.
CREATE TABLE notice (
    account TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,               -- place of the entry in the journal
    subject TEXT COLLATE "C" NOT NULL,
    kind TEXT NOT NULL,                -- warned, escalated
    rule TEXT NOT NULL,                -- of the contract
    obligation TEXT,                   -- when it is about one
    at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    read_at BIGINT,
    PRIMARY KEY (account, seq)
);
CREATE INDEX notice_unread ON notice (account) WHERE read_at IS NULL;

-- A major incident owes its report after it was closed.
CREATE INDEX desk_case_major ON desk_case (major, restored_at);
