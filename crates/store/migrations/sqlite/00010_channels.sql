-- By what people hear of warnings and escalations besides the pages.

-- How one person is reached: absent means that nobody has said.
CREATE TABLE notice_way (
    account TEXT PRIMARY KEY REFERENCES account (name),
    address TEXT,                      -- where mails go
    warned TEXT NOT NULL,              -- what of warnings: contract, all, least
    escalated TEXT NOT NULL            -- what of escalations
) STRICT;

-- To whom a notice goes: its entry is the firing, and its mail is made of it at each try.
ALTER TABLE mail_outbox ADD COLUMN account TEXT;

-- Warnings and escalations are kinds of their own: whoever is told of everything still is.
UPDATE webhook SET kinds = REPLACE(REPLACE(REPLACE(kinds, 'case.warned', 'notice.warned'),
    'case.escalated', 'notice.escalated'), 'case.*', 'case.* notice.*');
