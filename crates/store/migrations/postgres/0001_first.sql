-- PostgreSQL: COLLATE "C" orders text by its bytes, as SQLite does, whatever the server's language.

-- The journal. A row is never updated; `seq` is the leaf's place in the tree, from 0.
CREATE TABLE entry (
    seq BIGINT PRIMARY KEY,
    id BYTEA NOT NULL UNIQUE,          -- UUID, 16 bytes
    recorded_at BIGINT NOT NULL,         -- microseconds since 1970, UTC; never goes backwards
    occurred_at BIGINT NOT NULL,         -- microseconds since 1970, UTC
    subject TEXT COLLATE "C" NOT NULL,            -- case/INC0000045
    kind TEXT COLLATE "C" NOT NULL,               -- incident.restored
    leaf BYTEA NOT NULL,               -- RFC 9162 leaf hash, 32 bytes
    bytes BYTEA NOT NULL               -- canonical JSON (RFC 8785)
);
CREATE INDEX entry_subject ON entry (subject, seq);

-- The Merkle tree as C2SP tlog-tiles: up to 256 hashes of 32 bytes; the last tile of a level is partial.
CREATE TABLE tile (
    level BIGINT NOT NULL,
    idx BIGINT NOT NULL,
    width BIGINT NOT NULL,
    hashes BYTEA NOT NULL,
    PRIMARY KEY (level, idx)
);

-- Where the journal stands. The only row; writers of several nodes take turns by its lock.
CREATE TABLE head (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    size BIGINT NOT NULL,                -- entries
    frontier BYTEA NOT NULL,           -- hashes of the complete subtrees, largest first
    note TEXT COLLATE "C" NOT NULL,               -- signed checkpoint; empty before the first entry
    recorded_at BIGINT NOT NULL          -- of the last entry
);
INSERT INTO head (id, size, frontier, note, recorded_at) VALUES (1, 0, '', '', 0);

-- Personal texts and files. Entries commit to them by salted hash; erasing drops bytes and salt.
CREATE TABLE content (
    hash BYTEA PRIMARY KEY,
    salt BYTEA,
    bytes BYTEA,
    erased_at BIGINT
);

-- Read table: one row per case, committee or occurrence, with its events decoded once.
CREATE TABLE history (
    subject TEXT COLLATE "C" PRIMARY KEY,
    class TEXT COLLATE "C" NOT NULL,
    number TEXT COLLATE "C" NOT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    open BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    timeline BYTEA NOT NULL,
    priority TEXT COLLATE "C",
    started_at BIGINT,
    restored_at BIGINT,
    due_at BIGINT,                    -- of the clock that lists show
    matters_until BIGINT NOT NULL,    -- last instant at which a month may ask for it
    title TEXT COLLATE "C"
);
CREATE INDEX history_class_until ON history (class, matters_until);
CREATE INDEX history_class_last ON history (class, last_at);
CREATE INDEX history_class_first ON history (class, first_at);
CREATE INDEX history_number ON history (number);

CREATE TABLE account (
    name TEXT COLLATE "C" PRIMARY KEY,
    password_hash TEXT COLLATE "C" NOT NULL,
    role TEXT COLLATE "C" NOT NULL,
    language TEXT COLLATE "C" NOT NULL,
    theme TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    disabled_at BIGINT
);

CREATE TABLE session (
    token_hash BYTEA PRIMARY KEY,
    account TEXT COLLATE "C" NOT NULL REFERENCES account (name),
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX session_account ON session (account);
CREATE INDEX session_expires ON session (expires_at);

-- The name is the one that was tried: it need not be an account.
CREATE TABLE sign_in_failure (
    account TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX sign_in_failure_account ON sign_in_failure (account, at);

-- A file that was taken in, known by its SHA-256 in hexadecimal.
CREATE TABLE import_batch (
    digest TEXT COLLATE "C" PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL,
    mapping TEXT COLLATE "C" NOT NULL,
    rows BIGINT NOT NULL,
    accepted BIGINT NOT NULL,
    rejected BIGINT NOT NULL,
    first_at BIGINT,
    last_at BIGINT,
    completed_at BIGINT,
    seq BIGINT
);
