# The contract page.
colon = :
filter-submit = Filter
contract-under = Every rule in force on { $day }, each with its clause.
contract-filter = Find a rule
contract-day = In force on
contract-frame = The contract
contract-customer = Customer
contract-provider = Provider
contract-no-provider = not awarded
contract-source = Source
contract-zone = Time zone
contract-missing = What the text does not give
contract-versions = Versions
contract-version = Version
contract-effective = In force from
contract-from-start = the start of the contract
contract-digest = Digest
contract-shown = shown
contract-count = { $n ->
    [one] 1 rule
   *[other] { $n } rules
}
contract-nothing = No rule matches
contract-nothing-text = Shorten the search: a clause number (3.7.1.2), a doubt (AMB-02) or a word.
contract-rule = Rule
contract-value = Value
contract-days = Days
contract-choice = Reading chosen
contract-doubts = Doubts
