-- The roads to EZV and to webhooks: what they search by, where they may go, and what they forget.

CREATE INDEX desk_case_reference ON desk_case (reference, subject) WHERE reference IS NOT NULL;

-- Whether a receiver may stand in an inner network. Those that are there were set up before anybody asked.
ALTER TABLE webhook ADD COLUMN inside INTEGER NOT NULL DEFAULT 1 CHECK (inside IN (0, 1));
-- Messages that were forgotten: taken, and given up.
ALTER TABLE webhook ADD COLUMN past_sent INTEGER NOT NULL DEFAULT 0;
ALTER TABLE webhook ADD COLUMN past_given_up INTEGER NOT NULL DEFAULT 0;
CREATE INDEX webhook_message_turn ON webhook_message (webhook, next_at) WHERE next_at IS NOT NULL;

-- When a task was done or given up: it is forgotten some time after. Those that ended before are dated by the last.
ALTER TABLE ezv_task ADD COLUMN ended_at INTEGER;
UPDATE ezv_task SET ended_at = COALESCE(done_at, (SELECT COALESCE(MAX(e.done_at), 0) FROM ezv_task e))
    WHERE next_at IS NULL;
CREATE INDEX ezv_task_ended ON ezv_task (ended_at) WHERE ended_at IS NOT NULL;
