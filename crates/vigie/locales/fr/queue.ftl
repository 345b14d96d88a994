# La file : vues enregistrées, colonnes, impression, modification sur place.
col-opened = Ouvert le
cases-owed = Document dû seulement
asked-pair = { $what } : { $value }
columns-title = Colonnes
columns-show = Afficher ces colonnes
print-at = au { $at }
print-left-out = { $n ->
    [one] { $text } dossier ne tient pas sur cette impression. L’export CSV ou XLSX les a tous.
   *[other] { $text } dossiers ne tiennent pas sur cette impression. L’export CSV ou XLSX les a tous.
}
edit-assign = Affecter { $number } :
edit-class = Classer { $number } :
saved-title = Vues enregistrées
saved-lead = Une vue garde des filtres, un ordre et des colonnes sous un nom. Chacun y voit les dossiers d’aujourd’hui.
saved-save = Enregistrer cette vue
saved-name = Nom
saved-for = Pour qui
saved-own = Moi seul
saved-team = Mon groupe : { $team }
saved-side = Toute ma partie ({ $side })
saved-owner = De
saved-order = Place
saved-change = Modifier
saved-rename = Renommer ou partager
saved-keep-in-sight = La garder sous les yeux, avec son compte
saved-arrange = Ranger les vues
saved-others = Autres vues
saved-pin = Épingler
saved-unpin = Détacher
saved-pin-one = Épingler { $name }
saved-unpin-one = Détacher { $name }
saved-up = Monter { $name }
saved-down = Descendre { $name }
saved-remove = Retirer
saved-remove-one = Retirer { $name }
saved-none = Aucune vue enregistrée
saved-none-text = Filtrez la file des dossiers comme il vous plaît, puis choisissez « Enregistrer cette vue ».
saved-unchanged = Rien n’a été changé.
saved-bad-name = Un nom a 1 à { $n } caractères.
saved-long-question = Ces filtres dépassent { $n } caractères : raccourcissez la recherche.
saved-too-many = Pas plus de { $n } vues par personne : retirez-en une.
saved-taken = Une autre de vos vues porte ce nom.
saved-other-team = On partage avec un groupe dont on fait partie.
saved-not-yours = Seul { $owner } peut modifier cette vue.
key-rows = Dossier suivant, précédent de la file
key-edit = Cocher le dossier, l’affecter sur place
