-- SQLite: mails that came, mails that leave, and what joins them to cases.

-- A mail that came. Its raw bytes and what it says stand in the content store, named by its entry.
CREATE TABLE mail (
    id TEXT PRIMARY KEY,                      -- of its bytes and of our addresses that it went to
    twin TEXT,                                -- of Message-ID, authors and body: the same mail to another of our addresses
    message_id TEXT,
    entry_id BLOB NOT NULL,                   -- of `mail.received`
    state TEXT NOT NULL,                      -- case, duplicate, report, recorded, quarantine, discarded
    reason TEXT,                              -- why it is in no case, a code
    claimed TEXT,                             -- the case that it claims and does not reach
    case_subject TEXT,
    follows TEXT,                             -- the closed case that it answered, when it opened another
    channel TEXT NOT NULL,                    -- lmtp, imap, import
    received_at INTEGER NOT NULL,             -- microseconds since 1970, UTC, as all instants
    changed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX mail_twin ON mail (twin) WHERE twin IS NOT NULL;
CREATE INDEX mail_case ON mail (case_subject, received_at);
CREATE INDEX mail_follows ON mail (follows) WHERE follows IS NOT NULL;
CREATE INDEX mail_state ON mail (state, received_at);

-- To which case an answer to a mail belongs; mails that came and mails that left.
CREATE TABLE mail_thread (
    message_id TEXT PRIMARY KEY,
    case_subject TEXT NOT NULL
) STRICT;

-- Who takes part in a case besides the two sides: an organisation, or the SHA-256 of an address.
CREATE TABLE mail_party (
    case_subject TEXT NOT NULL,
    party TEXT NOT NULL,
    PRIMARY KEY (case_subject, party)
) STRICT;

-- Addresses that a mail server said do not exist, by their SHA-256.
CREATE TABLE mail_failing (
    address BLOB PRIMARY KEY,
    since_at INTEGER NOT NULL,
    status TEXT                               -- RFC 3463
) STRICT;

-- A mail that leaves. What it says and to whom stands in the content store, named by its entry.
CREATE TABLE mail_outbox (
    id TEXT PRIMARY KEY,                      -- what stands before the @ of its Message-ID
    kind TEXT NOT NULL,                       -- acknowledgement, answer, restored
    case_subject TEXT NOT NULL,
    entry_id BLOB NOT NULL,
    address BLOB NOT NULL,                    -- SHA-256 of the first addressee
    state TEXT NOT NULL,                      -- waiting, sent, failed, held, returned
    reason TEXT,                              -- why it is held or failed, a code
    tries INTEGER NOT NULL,
    next_at INTEGER NOT NULL,                 -- of the next try
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    answer TEXT                               -- what the server said last
) STRICT;
CREATE INDEX mail_outbox_due ON mail_outbox (state, next_at);
CREATE INDEX mail_outbox_address ON mail_outbox (address, created_at);
CREATE INDEX mail_outbox_case ON mail_outbox (case_subject, created_at);
CREATE INDEX mail_outbox_created ON mail_outbox (created_at);

-- How far a mailbox was read.
CREATE TABLE mailbox (
    name TEXT PRIMARY KEY,                    -- folder, account, server
    validity INTEGER NOT NULL,                -- UIDVALIDITY
    uid INTEGER NOT NULL,                     -- of the last mail that was kept
    read_at INTEGER NOT NULL
) STRICT;
