-- SQLite: full-text search over what was said.

-- Read table: the words of one entry as they are searched, folded and each once; gone when the entry's are erased.
CREATE TABLE said_text (
    seq INTEGER PRIMARY KEY,           -- the entry
    subject TEXT NOT NULL,
    side TEXT,                         -- the one party that may read them
    text TEXT NOT NULL
) STRICT;

-- The text comes folded and cut by spaces; where a word stood in it is not asked for.
CREATE VIRTUAL TABLE said_words USING fts5 (
    text, content = 'said_text', content_rowid = 'seq', detail = 'none', tokenize = 'unicode61 remove_diacritics 0'
);
-- What is taken out is taken out of the file too.
INSERT INTO said_words (said_words, rank) VALUES ('secure-delete', 1);
