# What is done around a case: tasks, links, merging, following, time.
phase-merged = Merged
act-add-task = Add a task
act-change-task = Change the task
act-finish-task = Done
act-reopen-task = Take the task up again
act-drop-task = Drop the task
act-follow = Follow
act-unfollow = No longer follow
act-spend-time = Note time
act-merge = Merge with another
act-separate = Separate again
act-unlink = Take the link away
told-task-added = Task added
told-task-changed = Task changed
told-task-done = Task done
told-task-reopened = Task taken up again
told-task-dropped = Task dropped
told-time-spent = Time spent
told-merged = Merged with another case, which goes on
told-separated = Separated again
told-absorbed = A duplicate goes on here
told-released = A duplicate was separated
told-unlinked = Link taken away
tasks-title = Tasks
tasks-mine = My tasks
tasks-text = The tasks of open cases, what is due first first.
tasks-which = Whose tasks
tasks-of-me = Mine
tasks-of-group = To be taken in my group
tasks-of-all = All
tasks-none = No task to do.
tasks-none-text = A task is added on the page of a case, with the key w.
tasks-left = { $n ->
    [0] all done
    [one] { $n } to do
   *[other] { $n } to do
}
tasks-still-open = { $n ->
    [one] { $n } task is not done.
   *[other] { $n } tasks are not done.
}
tasks-proposed = The contract asks for this kind of case:
tasks-add-proposed = Add the tasks that are ticked
task-title = Task
task-title-anew = New title
task-number = task { $n }
task-anybody = Nobody in particular
task-within = To do within
task-no-due = No due time
task-due = or on
task-due-hint = A date counts more than a delay. Delays are counted on the calendar of the case.
task-place = Place
task-done-by = done by { $who } on { $at }
task-dropped-by = dropped by { $who } on { $at }
task-add-internal = Add, { $side } only
task-add-public = Add, visible to both sides
within-2h = 2 open hours
within-4h = 4 open hours
within-1d = 1 working day
within-2d = 2 working days
within-5d = 5 working days
effort-remote = Remote
effort-on-site = On site
effort-travel = Travel
time-minutes = { $n } min
time-corrects = in the place of time { $n }
merge-into = Case that goes on
merge-hint = This case becomes a duplicate: it is no longer counted, the time at which it was first identified is counted in the other, and mails to its number go there. Internal notes stay here, for their side alone. "Separate again" undoes it.
links-merged-into = Merged: goes on in
links-merged-text = What comes by mail to the number of this case goes to the other. It is counted once, there.
links-absorbed = Merged duplicate:
relation-duplicate-of = Duplicate of
relation-has-duplicate = Has the duplicate
relation-caused-by = Caused by
relation-causes = Cause of
relation-child-of = Part of
relation-parent-of = Holds
relation-relates-to = Has to do with
link-relation = What the other case is
link-relation-hint = For another case: the link shows there too, seen from its side.
problem-no-case = There is no case { $number }.
notice-mentioned = Mention
notice-news = Followed
notice-by = { $who }: { $done }
key-task = My tasks, add a task
