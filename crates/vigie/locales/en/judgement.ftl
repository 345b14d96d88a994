# The month, the indicator, the what-if.
status-met = Kept
status-missed = Missed
status-no-data = Nothing due
status-not-computable = Not computable
status-disabled = Disabled
col-row = No.
col-indicator = Indicator
col-population = Population
col-measured = Measured
col-expected = Expected
col-gap = Gap
col-steps = Steps
col-weight = Weight
col-points = Points
col-status = Result
col-case = Case
col-priority = Priority
col-start = Start
col-due = Due
col-stop = End
col-elapsed = Elapsed
col-target = Target
col-trend = 12 months
row-trend = Points of row { $n } by month
col-reason = Reason
print = Print
chart-table = The same values as a table

no-month-title = No month to judge
no-month-text = The journal is empty. As soon as incidents are imported, each month appears here with its indicators and points.
month-title = { $month }: indicators and points
month-under = Contract version { $version } · facts known at { $as_of }
month-in-course = { $month } (provisional)
month-provisional = Provisional month
month-not-over = The month is in course: among few cases, a single late one weighs much.
month-pending = Cases of the period are still open: the points may still rise.
month-empty = Nothing to measure this month
month-empty-text = No case and no duty of this month is in the journal. Import the period's incidents, or choose another month.
month-unclassified = { $n ->
    [one] One incident has no priority and nothing to deduce it from: it is in no row.
   *[other] { $n } incidents have no priority and nothing to deduce it from: they are in no row.
}
month-points = Penalty points
month-trend = Points by month
month-no-trend = The trend appears from the second month.
month-rows = Table of indicators (3.4.6.1)
month-caption = Contractual indicators { $month }
month-page = Indicators { $month }
month-total = Total
row-pending = { $n ->
    [one] 1 open
   *[other] { $n } open
}

indicator-crumb = Row { $n }
indicator-sum = The sum
indicator-points = points this month
indicator-no-sum = No sum to write: the row has no measure this month.
indicator-promise = The promise
indicator-clause = Clause
indicator-service = Service
indicator-perimeter = Perimeter
indicator-expected = Expected measure
indicator-step = Step
indicator-no-rule = The version of the contract in force that month does not hold this row.
indicator-items = { $n ->
    [0] Behind the figure
    [one] Behind the figure: 1 item
   *[other] Behind the figure: { $n } items
}
indicator-no-items = No case and no duty weighs on this row this month.
indicator-items-caption = Cases and duties behind the points
indicator-trend = Over twelve months
formula-rate-missed = { $kept } of { $population } in time, which is { $measured }. Expected { $expected }: { $gap } short. By steps of { $step }, { $steps } started steps × weight { $weight } = { $points } points.
formula-rate-met = { $kept } of { $population } in time, which is { $measured }. Expected { $expected }: the promise is kept, { $points } points.
formula-items = Started steps: { $sum }. Times the weight { $weight }: { $points } points.
formula-none = Population { $population }, no started step: no points.

what-if-link = What if
what-if-title = What if… { $month }
what-if-crumb = What if
what-if-lead = Change a value and compare the points with the real month. Nothing is stored; the page's address holds the whole question.
what-if-row-title = Change a row
what-if-row = Row of the table
what-if-no-row = None
what-if-hint = In the contract: expected { $expected }, step { $step }, weight { $weight }.
what-if-expected = Expected
what-if-step = Step
what-if-weight = Weight
what-if-case-title = Change a restoration
what-if-case = Case
what-if-restored = Restored at
what-if-submit = Compare
what-if-reset = Clear
what-if-outcome = Outcome
what-if-real = Real
what-if-supposed = Supposed
what-if-difference = Difference
what-if-which = Month
what-if-changed = Rows that change
what-if-same = No row changes.
what-if-nothing-stored = A what-if: nothing is stored.
what-if-empty = Choose a row and a value, or a case and an instant.
what-if-bad-expected = The expected value cannot be read: write 95% for a rate, 30 min, 2 h or 3 days for a delay.
what-if-bad-step = The step cannot be read: write 2% for a rate, 30 min, 2 h or 1 day for an overrun.
what-if-bad-weight = The weight cannot be read: write a whole number from 0 to 1000.
what-if-no-case = There is an instant without a case: give the case's number.
what-if-no-instant = There is a case without an instant: say when it would have been restored.
what-if-bad-instant = The instant cannot be read: choose a date and a time.
calc-title = Work out points by hand
calc-lead = The rule of 3.4.6.1 for any numbers: the gap divided by the step, every started step counts, times the weight.
calc-examples = Examples of the CCTP:
calc-example-1 = 2 h 45 for 1 h (8 points)
calc-example-2 = 88% for 90% (6 points)
calc-submit = Work out
calc-result = Gap { $gap }: { $steps } started steps × weight { $weight } = { $points } points.
calc-problem = These values do not go together: write three percentages (88 %) or three lengths of time (2 h 45, 30 min), and a whole weight.
