-- PostgreSQL: work that one node at a time does.

CREATE TABLE lease (
    name TEXT COLLATE "C" PRIMARY KEY,             -- the work
    holder TEXT COLLATE "C" NOT NULL,              -- one run of one node
    fence BIGINT NOT NULL,               -- grows each time it changes hands
    until_at BIGINT NOT NULL             -- microseconds since 1970, UTC; free from then on
);
