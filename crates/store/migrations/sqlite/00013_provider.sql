-- With what a provider is asked whether it still vouches for somebody, sealed as second factors are; and when next.
CREATE TABLE provider_grant (
    account TEXT PRIMARY KEY REFERENCES account (name),
    sealed BLOB NOT NULL,
    ask_at INTEGER NOT NULL
) STRICT;
