-- PostgreSQL: mails that came, mails that leave, and what joins them to cases.

-- A mail that came. Its raw bytes and what it says stand in the content store, named by its entry.
CREATE TABLE mail (
    id TEXT COLLATE "C" PRIMARY KEY,          -- of its bytes and of our addresses that it went to
    twin TEXT COLLATE "C",                    -- of Message-ID, authors and body: the same mail to another of our addresses
    message_id TEXT COLLATE "C",
    entry_id BYTEA NOT NULL,                  -- of `mail.received`
    state TEXT COLLATE "C" NOT NULL,          -- case, duplicate, report, recorded, quarantine, discarded
    reason TEXT COLLATE "C",                  -- why it is in no case, a code
    claimed TEXT COLLATE "C",                 -- the case that it claims and does not reach
    case_subject TEXT COLLATE "C",
    follows TEXT COLLATE "C",                 -- the closed case that it answered, when it opened another
    channel TEXT COLLATE "C" NOT NULL,        -- lmtp, imap, import
    received_at BIGINT NOT NULL,              -- microseconds since 1970, UTC, as all instants
    changed_at BIGINT NOT NULL
);
CREATE INDEX mail_twin ON mail (twin) WHERE twin IS NOT NULL;
CREATE INDEX mail_case ON mail (case_subject, received_at);
CREATE INDEX mail_follows ON mail (follows) WHERE follows IS NOT NULL;
CREATE INDEX mail_state ON mail (state, received_at);

-- To which case an answer to a mail belongs; mails that came and mails that left.
CREATE TABLE mail_thread (
    message_id TEXT COLLATE "C" PRIMARY KEY,
    case_subject TEXT COLLATE "C" NOT NULL
);

-- Who takes part in a case besides the two sides: an organisation, or the SHA-256 of an address.
CREATE TABLE mail_party (
    case_subject TEXT COLLATE "C" NOT NULL,
    party TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (case_subject, party)
);

-- Addresses that a mail server said do not exist, by their SHA-256.
CREATE TABLE mail_failing (
    address BYTEA PRIMARY KEY,
    since_at BIGINT NOT NULL,
    status TEXT COLLATE "C"                   -- RFC 3463
);

-- A mail that leaves. What it says and to whom stands in the content store, named by its entry.
CREATE TABLE mail_outbox (
    id TEXT COLLATE "C" PRIMARY KEY,          -- what stands before the @ of its Message-ID
    kind TEXT COLLATE "C" NOT NULL,           -- acknowledgement, answer, restored
    case_subject TEXT COLLATE "C" NOT NULL,
    entry_id BYTEA NOT NULL,
    address BYTEA NOT NULL,                   -- SHA-256 of the first addressee
    state TEXT COLLATE "C" NOT NULL,          -- waiting, sent, failed, held, returned
    reason TEXT COLLATE "C",                  -- why it is held or failed, a code
    tries BIGINT NOT NULL,
    next_at BIGINT NOT NULL,                  -- of the next try
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    answer TEXT COLLATE "C"                   -- what the server said last
);
CREATE INDEX mail_outbox_due ON mail_outbox (state, next_at);
CREATE INDEX mail_outbox_address ON mail_outbox (address, created_at);
CREATE INDEX mail_outbox_case ON mail_outbox (case_subject, created_at);
CREATE INDEX mail_outbox_created ON mail_outbox (created_at);

-- How far a mailbox was read.
CREATE TABLE mailbox (
    name TEXT COLLATE "C" PRIMARY KEY,        -- folder, account, server
    validity BIGINT NOT NULL,                 -- UIDVALIDITY
    uid BIGINT NOT NULL,                      -- of the last mail that was kept
    read_at BIGINT NOT NULL
);
