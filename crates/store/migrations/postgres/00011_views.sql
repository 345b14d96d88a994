-- PostgreSQL: views of the queue that people keep and share.

CREATE TABLE saved_view (
    id TEXT COLLATE "C" PRIMARY KEY,
    owner TEXT COLLATE "C" NOT NULL,             -- account
    party TEXT NOT NULL,               -- the side that may read it when it is shared
    audience TEXT NOT NULL CHECK (audience IN ('own', 'team', 'side')),
    team TEXT COLLATE "C",                       -- when it is shared with one
    name TEXT COLLATE "C" NOT NULL,
    question TEXT NOT NULL,            -- as the address of the queue has it
    saved_at BIGINT NOT NULL,
    UNIQUE (owner, name)
);
CREATE INDEX saved_view_party ON saved_view (party, audience);

-- How each reader has arranged what they see.
CREATE TABLE saved_view_place (
    account TEXT COLLATE "C" NOT NULL,
    view TEXT COLLATE "C" NOT NULL REFERENCES saved_view (id),
    place BIGINT NOT NULL,
    pinned BIGINT NOT NULL CHECK (pinned IN (0, 1)),
    PRIMARY KEY (account, view)
);
CREATE INDEX saved_view_place_view ON saved_view_place (view);
