-- SQLite: INTEGER keys are the row itself; STRICT refuses a value of another type.

-- The journal. A row is never updated; `seq` is the leaf's place in the tree, from 0.
CREATE TABLE entry (
    seq INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,          -- UUID, 16 bytes
    recorded_at INTEGER NOT NULL,         -- microseconds since 1970, UTC; never goes backwards
    occurred_at INTEGER NOT NULL,         -- microseconds since 1970, UTC
    subject TEXT NOT NULL,            -- case/INC0000045
    kind TEXT NOT NULL,               -- incident.restored
    leaf BLOB NOT NULL,               -- RFC 9162 leaf hash, 32 bytes
    bytes BLOB NOT NULL               -- canonical JSON (RFC 8785)
) STRICT;
CREATE INDEX entry_subject ON entry (subject, seq);

-- The Merkle tree as C2SP tlog-tiles: up to 256 hashes of 32 bytes; the last tile of a level is partial.
CREATE TABLE tile (
    level INTEGER NOT NULL,
    idx INTEGER NOT NULL,
    width INTEGER NOT NULL,
    hashes BLOB NOT NULL,
    PRIMARY KEY (level, idx)
) STRICT;

-- Where the journal stands. The only row; writers of several nodes take turns by its lock.
CREATE TABLE head (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    size INTEGER NOT NULL,                -- entries
    frontier BLOB NOT NULL,           -- hashes of the complete subtrees, largest first
    note TEXT NOT NULL,               -- signed checkpoint; empty before the first entry
    recorded_at INTEGER NOT NULL          -- of the last entry
) STRICT;
INSERT INTO head (id, size, frontier, note, recorded_at) VALUES (1, 0, x'', '', 0);

-- Personal texts and files. Entries commit to them by salted hash; erasing drops bytes and salt.
CREATE TABLE content (
    hash BLOB PRIMARY KEY,
    salt BLOB,
    bytes BLOB,
    erased_at INTEGER
) STRICT;

-- Read table: one row per case, committee or occurrence, with its events decoded once.
CREATE TABLE history (
    subject TEXT PRIMARY KEY,
    class TEXT NOT NULL,
    number TEXT NOT NULL,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    open INTEGER NOT NULL CHECK (open IN (0, 1)),
    version INTEGER NOT NULL,
    timeline BLOB NOT NULL,
    priority TEXT,
    started_at INTEGER,
    restored_at INTEGER,
    due_at INTEGER,                    -- of the clock that lists show
    matters_until INTEGER NOT NULL,    -- last instant at which a month may ask for it
    title TEXT
) STRICT;
CREATE INDEX history_class_until ON history (class, matters_until);
CREATE INDEX history_class_last ON history (class, last_at);
CREATE INDEX history_class_first ON history (class, first_at);
CREATE INDEX history_number ON history (number);

CREATE TABLE account (
    name TEXT PRIMARY KEY,
    password_hash TEXT NOT NULL,
    role TEXT NOT NULL,
    language TEXT NOT NULL,
    theme TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    disabled_at INTEGER
) STRICT;

CREATE TABLE session (
    token_hash BLOB PRIMARY KEY,
    account TEXT NOT NULL REFERENCES account (name),
    created_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX session_account ON session (account);
CREATE INDEX session_expires ON session (expires_at);

-- The name is the one that was tried: it need not be an account.
CREATE TABLE sign_in_failure (
    account TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX sign_in_failure_account ON sign_in_failure (account, at);

-- A file that was taken in, known by its SHA-256 in hexadecimal.
CREATE TABLE import_batch (
    digest TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    mapping TEXT NOT NULL,
    rows INTEGER NOT NULL,
    accepted INTEGER NOT NULL,
    rejected INTEGER NOT NULL,
    first_at INTEGER,
    last_at INTEGER,
    completed_at INTEGER,
    seq INTEGER
) STRICT;
