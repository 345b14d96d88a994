# Changes, sessions, problems.
progress-change = The change
progress-problem = The problem
progress-ready = Nothing is missing: the change may be planned.
progress-may-close = All required stages are reached.
progress-missing = Missing before it may be planned:
progress-stages-missing = To be reached before closing:
progress-authority = Authorised by
progress-study = Study validated on
progress-agenda = Agenda
progress-window = Window
progress-begun = Execution begun on
progress-backed-out = Backed out on
progress-reviewed = Reviewed on
progress-opinions = Opinions
progress-votes = Votes
progress-sections = Study
progress-links = Linked cases and references
opinion-none = awaited
section-none = to be written
section-version = version { $n }
section-before = Version before
stage-closes = required to close
stage-open = To be reached
vote-voter = Who
vote-said = Vote
vote-at = On
related-title = Problems that concern this incident
related-linked = linked
related-known = known error on the same subject
related-workaround = Workaround:
changes-lead = What is under way, what each lacks, and when the windows open.
changes-new = New change
changes-open = Changes under way
changes-none = No change is under way.
changes-missing = Before planning
changes-nothing-missing = Nothing is missing
changes-lacks = { $n ->
    [one] One thing is missing
   *[other] { $n } things are missing
}
changes-no-kind = to be assessed
changes-no-window = not planned
changes-conflict = conflict
changes-conflicts = Conflicting windows: the same service or site at the same time
changes-calendar = Calendar of changes
changes-previous = Month before
changes-next = Month after
changes-planned = { $n ->
    [0] no window this month
    [one] one window this month
   *[other] { $n } windows this month
}
changes-notices = Notice periods
notice-none = to be given by the convention de service
weekday-1 = Monday
weekday-2 = Tuesday
weekday-3 = Wednesday
weekday-4 = Thursday
weekday-5 = Friday
weekday-6 = Saturday
weekday-7 = Sunday
board-title = CAB sessions
board-lead = CAB for major or high-risk changes, ECAB for urgent ones: agenda, votes and decisions.
board-sessions = Sessions
board-upcoming = Sessions to be held
board-none-upcoming = No session is called.
board-over = Sessions held
board-none = No session is called. Call one, then put a change on its agenda from the change's page.
board-call = Call a session
board-committee = Board
board-when = Date and time
board-attendees = Attendees
board-attendees-n = { $n ->
    [0] nobody attends
    [one] one attendee
   *[other] { $n } attendees
}
board-changes-n = { $n ->
    [0] no change
    [one] one change
   *[other] { $n } changes
}
board-nobody = Nobody is written down yet.
board-foreseen = Foreseen by the contract:
board-attend = Add an attendee
board-account = Account
board-account-hint = Whoever attends votes in their own name.
board-instead = In place of
board-instead-hint = For a delegate: the account of whom they replace.
board-delegate = { $account } (delegate of { $other })
board-agenda = Agenda
board-no-agenda = No change is on it: "Put on the agenda" is on the page of the change.
board-missing = Missing besides the decision:
board-no-votes = Nobody has voted yet.
board-end = End the session
board-end-hint = No vote and no decision can follow.
board-over-at = Session ended on { $at }
problems-lead = The causes of incidents, their workarounds, and what is left to do before closing.
problems-new = New problem
problems-open = Problems under way
problems-none = No problem is under way.
problems-left = Stages left
problems-linked = Incidents
problems-known = Known error
problems-all-reached = All reached
proposals-title = Proposed problems
proposals-lead = Similar incidents recur and no problem has them.
proposals-none = No incident recurs so often that a problem is proposed.
proposals-more = And { $n } more proposals, with fewer incidents.
proposal-rule = { $rule }: { $count } incidents within { $within }.
proposal-incidents = { $n } incidents
proposal-more = and { $n } more
proposal-open = Open this problem
proposal-gone = This proposal is no more: somebody has just opened the problem, or time went by.
proposal-opened-title = Recurring incidents: { $common }
proposal-opened-text = Proposed by the recurrence of { $n } incidents: { $cases }.
