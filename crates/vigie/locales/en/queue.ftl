# The queue: saved views, columns, print, editing in place.
col-opened = Opened on
cases-owed = Document owed only
asked-pair = { $what }: { $value }
columns-title = Columns
columns-show = Show these columns
print-at = as of { $at }
print-left-out = { $n ->
    [one] { $text } case does not fit on this print. The CSV or XLSX export has them all.
   *[other] { $text } cases do not fit on this print. The CSV or XLSX export has them all.
}
edit-assign = Assign { $number }:
edit-class = Classify { $number }:
saved-title = Saved views
saved-lead = A view keeps filters, an order and columns under a name. Everybody sees today’s cases in it.
saved-save = Save this view
saved-name = Name
saved-for = For whom
saved-own = Me alone
saved-team = My group: { $team }
saved-side = My whole side ({ $side })
saved-owner = By
saved-order = Place
saved-change = Change
saved-rename = Rename or share
saved-keep-in-sight = Keep it in sight, with its count
saved-arrange = Arrange views
saved-others = Other views
saved-pin = Pin
saved-unpin = Unpin
saved-pin-one = Pin { $name }
saved-unpin-one = Unpin { $name }
saved-up = Move { $name } up
saved-down = Move { $name } down
saved-remove = Take away
saved-remove-one = Take { $name } away
saved-none = No saved view
saved-none-text = Filter the queue of cases as you like, then choose “Save this view”.
saved-unchanged = Nothing was changed.
saved-bad-name = A name has 1 to { $n } characters.
saved-long-question = These filters are longer than { $n } characters: shorten the search.
saved-too-many = No more than { $n } views per person: take one away.
saved-taken = Another of your views has this name.
saved-other-team = One shares with a group that one belongs to.
saved-not-yours = Only { $owner } may change this view.
key-rows = Next, previous case of the queue
key-edit = Check the case, assign it in place
