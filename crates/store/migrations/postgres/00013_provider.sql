-- With what a provider is asked whether it still vouches for somebody, sealed as second factors are; and when next.
CREATE TABLE provider_grant (
    account TEXT COLLATE "C" PRIMARY KEY REFERENCES account (name),
    sealed BYTEA NOT NULL,
    ask_at BIGINT NOT NULL
);
