# Le mois, l'indicateur, la simulation.
status-met = Tenu
status-missed = Manqué
status-no-data = Sans objet
status-not-computable = Non calculable
status-disabled = Désactivé
col-row = N°
col-indicator = Indicateur
col-population = Population
col-measured = Mesuré
col-expected = Attendu
col-gap = Écart
col-steps = Pas
col-weight = Poids
col-points = Points
col-status = Résultat
col-case = Dossier
col-priority = Priorité
col-start = Début
col-due = Échéance
col-stop = Fin
col-elapsed = Écoulé
col-target = Cible
col-trend = 12 mois
row-trend = Points de la ligne { $n } par mois
col-reason = Motif
print = Imprimer
chart-table = Les mêmes valeurs en tableau

no-month-title = Aucun mois à juger
no-month-text = Le journal est vide. Dès que des incidents y sont importés, chaque mois apparaît ici avec ses indicateurs et ses points.
month-title = { $month } : indicateurs et points
month-under = Contrat version { $version } · faits connus au { $as_of }
month-in-course = { $month } (provisoire)
month-provisional = Mois provisoire
month-not-over = Le mois est en cours : sur peu de dossiers, un seul retard pèse lourd.
month-pending = Des dossiers de la période sont encore ouverts : les points peuvent encore monter.
month-empty = Rien à mesurer ce mois-ci
month-empty-text = Aucun dossier ni aucune échéance de ce mois n'est au journal. Importez les incidents de la période, ou choisissez un autre mois.
month-unclassified = { $n ->
    [one] Un incident n'a ni priorité ni de quoi la déduire : il n'entre dans aucune ligne.
   *[other] { $n } incidents n'ont ni priorité ni de quoi la déduire : ils n'entrent dans aucune ligne.
}
month-points = Points de pénalité
month-trend = Points par mois
month-no-trend = La courbe paraît dès le deuxième mois.
month-rows = Tableau des indicateurs (3.4.6.1)
month-caption = Indicateurs contractuels { $month }
month-page = Indicateurs { $month }
month-total = Total
row-pending = { $n ->
    [one] 1 en cours
   *[other] { $n } en cours
}

indicator-crumb = Ligne { $n }
indicator-sum = Le calcul
indicator-points = points ce mois-ci
indicator-no-sum = Aucun calcul à écrire : la ligne n'a pas de mesure ce mois-ci.
indicator-promise = La promesse
indicator-clause = Clause
indicator-service = Prestation
indicator-perimeter = Périmètre
indicator-expected = Mesure attendue
indicator-step = Pas
indicator-no-rule = La version du contrat en vigueur ce mois-là ne contient pas cette ligne.
indicator-items = { $n ->
    [0] Derrière le chiffre
    [one] Derrière le chiffre : 1 élément
   *[other] Derrière le chiffre : { $n } éléments
}
indicator-no-items = Aucun dossier ni aucune échéance ne pèse sur cette ligne ce mois-ci.
indicator-items-caption = Dossiers et échéances derrière les points
indicator-trend = Sur douze mois
formula-rate-missed = { $kept } sur { $population } dans le délai, soit { $measured }. Attendu { $expected } : il manque { $gap }. Par pas de { $step }, { $steps } pas entamés × poids { $weight } = { $points } points.
formula-rate-met = { $kept } sur { $population } dans le délai, soit { $measured }. Attendu { $expected } : la promesse est tenue, { $points } point.
formula-items = Pas entamés : { $sum }. Multipliés par le poids { $weight } : { $points } points.
formula-none = Population { $population }, aucun pas entamé : aucun point.

what-if-link = Simuler
what-if-title = Et si… { $month }
what-if-crumb = Simulation
what-if-lead = Changez une valeur et comparez les points au mois réel. Rien n'est enregistré ; l'adresse de la page contient toute la question.
what-if-row-title = Changer une ligne
what-if-row = Ligne du tableau
what-if-no-row = Aucune
what-if-hint = Au contrat : attendu { $expected }, pas { $step }, poids { $weight }.
what-if-expected = Attendu
what-if-step = Pas
what-if-weight = Poids
what-if-case-title = Changer un rétablissement
what-if-case = Dossier
what-if-restored = Rétabli le
what-if-submit = Comparer
what-if-reset = Effacer
what-if-outcome = Résultat
what-if-real = Réel
what-if-supposed = Simulé
what-if-difference = Écart
what-if-which = Mois
what-if-changed = Lignes qui changent
what-if-same = Aucune ligne ne change.
what-if-nothing-stored = Simulation : rien n'est enregistré.
what-if-empty = Choisissez une ligne et une valeur, ou un dossier et un instant.
what-if-bad-expected = L'attendu ne se lit pas : écrivez 95 % pour un taux, 30 min, 2 h ou 3 jours pour un délai.
what-if-bad-step = Le pas ne se lit pas : écrivez 2 % pour un taux, 30 min, 2 h ou 1 jour pour un dépassement.
what-if-bad-weight = Le poids ne se lit pas : écrivez un nombre entier de 0 à 1000.
what-if-no-case = Un instant est donné sans dossier : indiquez le numéro du dossier.
what-if-no-instant = Un dossier est donné sans instant : indiquez quand il aurait été rétabli.
what-if-bad-instant = L'instant ne se lit pas : choisissez une date et une heure.
calc-title = Calculer des points à la main
calc-lead = La règle de 3.4.6.1, pour n'importe quels nombres : l'écart divisé par le pas, tout pas entamé compte, multiplié par le poids.
calc-examples = Exemples du CCTP :
calc-example-1 = 2 h 45 pour 1 h (8 points)
calc-example-2 = 88 % pour 90 % (6 points)
calc-submit = Calculer
calc-result = Écart { $gap } : { $steps } pas entamés × poids { $weight } = { $points } points.
calc-problem = Ces valeurs ne vont pas ensemble : écrivez trois pourcentages (88 %) ou trois durées (2 h 45, 30 min), et un poids entier.
