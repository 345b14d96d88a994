# La page du contrat.
colon = {" "}:
filter-submit = Filtrer
contract-under = Toutes les règles en vigueur le { $day }, chacune avec sa clause.
contract-filter = Chercher une règle
contract-day = En vigueur le
contract-frame = Le marché
contract-customer = Client
contract-provider = Titulaire
contract-no-provider = non attribué
contract-source = Source
contract-zone = Fuseau horaire
contract-missing = Ce que le texte ne donne pas
contract-versions = Versions
contract-version = Version
contract-effective = En vigueur depuis
contract-from-start = le début du marché
contract-digest = Empreinte
contract-shown = affichée
contract-count = { $n ->
    [one] 1 règle
   *[other] { $n } règles
}
contract-nothing = Aucune règle ne correspond
contract-nothing-text = Raccourcissez la recherche : un numéro de clause (3.7.1.2), un doute (AMB-02) ou un mot.
contract-rule = Règle
contract-value = Valeur
contract-days = Durée
contract-choice = Lecture retenue
contract-doubts = Doutes
