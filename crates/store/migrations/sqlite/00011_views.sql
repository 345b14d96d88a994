-- SQLite: views of the queue that people keep and share.

CREATE TABLE saved_view (
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,             -- account
    party TEXT NOT NULL,               -- the side that may read it when it is shared
    audience TEXT NOT NULL CHECK (audience IN ('own', 'team', 'side')),
    team TEXT,                       -- when it is shared with one
    name TEXT NOT NULL,
    question TEXT NOT NULL,            -- as the address of the queue has it
    saved_at INTEGER NOT NULL,
    UNIQUE (owner, name)
) STRICT;
CREATE INDEX saved_view_party ON saved_view (party, audience);

-- How each reader has arranged what they see.
CREATE TABLE saved_view_place (
    account TEXT NOT NULL,
    view TEXT NOT NULL REFERENCES saved_view (id),
    place INTEGER NOT NULL,
    pinned INTEGER NOT NULL CHECK (pinned IN (0, 1)),
    PRIMARY KEY (account, view)
) STRICT, WITHOUT ROWID;
CREATE INDEX saved_view_place_view ON saved_view_place (view);
