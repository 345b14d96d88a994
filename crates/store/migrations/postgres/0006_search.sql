-- PostgreSQL: full-text search over what was said.

-- Read table: the words of one entry as they are searched, folded and each once; gone when the entry's are erased.
-- The text comes folded and cut by spaces, so that the configuration that changes nothing is the right one.
CREATE TABLE said_text (
    seq BIGINT PRIMARY KEY,            -- the entry
    subject TEXT COLLATE "C" NOT NULL,
    side TEXT COLLATE "C",             -- the one party that may read them
    text TEXT NOT NULL,
    words TSVECTOR NOT NULL GENERATED ALWAYS AS (to_tsvector('simple', text)) STORED
);
CREATE INDEX said_text_words ON said_text USING GIN (words);
