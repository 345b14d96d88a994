-- Sign-in beyond a password kept here.
-- Where an account comes from when its password is not kept here, and what it is called there.
ALTER TABLE account ADD COLUMN directory TEXT COLLATE "C";
ALTER TABLE account ADD COLUMN subject TEXT COLLATE "C";
CREATE UNIQUE INDEX account_subject ON account (directory, subject) WHERE subject IS NOT NULL;

-- The secret behind an account's codes, sealed with the key beside the signing key, never in the clear.
-- Until it is confirmed it opens nothing. A step that was used is never taken again.
CREATE TABLE second_factor (
    account TEXT COLLATE "C" PRIMARY KEY REFERENCES account (name),
    sealed BYTEA NOT NULL,
    proposed_at BIGINT NOT NULL,
    confirmed_at BIGINT,
    last_step BIGINT NOT NULL
);

-- SHA-256 of codes for the day when the device is lost; each opens once.
CREATE TABLE recovery_code (
    hash BYTEA PRIMARY KEY,
    account TEXT COLLATE "C" NOT NULL REFERENCES account (name),
    used_at BIGINT
);
CREATE INDEX recovery_code_account ON recovery_code (account);

-- A sign-in that is half done: what it waits for, until when.
CREATE TABLE sign_in_step (
    token_hash BYTEA PRIMARY KEY,
    body TEXT COLLATE "C" NOT NULL,
    expires_at BIGINT NOT NULL
);
