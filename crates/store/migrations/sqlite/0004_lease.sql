-- SQLite: work that one node at a time does.

CREATE TABLE lease (
    name TEXT PRIMARY KEY,             -- the work
    holder TEXT NOT NULL,              -- one run of one node
    fence INTEGER NOT NULL,               -- grows each time it changes hands
    until_at INTEGER NOT NULL             -- microseconds since 1970, UTC; free from then on
) STRICT;
