# Changements, séances, problèmes.
progress-change = Le changement
progress-problem = Le problème
progress-ready = Rien ne manque : le changement peut être planifié.
progress-may-close = Toutes les étapes exigées sont franchies.
progress-missing = Avant de planifier, il manque :
progress-stages-missing = Avant de clore, il reste à franchir :
progress-authority = Autorisé par
progress-study = Étude validée le
progress-agenda = Ordre du jour
progress-window = Fenêtre
progress-begun = Exécution commencée le
progress-backed-out = Retour arrière le
progress-reviewed = Revue faite le
progress-opinions = Avis
progress-votes = Votes
progress-sections = Étude
progress-links = Dossiers et références liés
opinion-none = attendu
section-none = à écrire
section-version = version { $n }
section-before = Version précédente
stage-closes = exigée à la clôture
stage-open = À franchir
vote-voter = Qui
vote-said = Vote
vote-at = Le
related-title = Problèmes qui concernent cet incident
related-linked = lié
related-known = erreur connue du même sujet
related-workaround = Contournement :
changes-lead = Ce qui est en cours, ce qui manque à chacun, et quand les fenêtres s'ouvrent.
changes-new = Nouveau changement
changes-open = Changements en cours
changes-none = Aucun changement n'est en cours.
changes-missing = Avant de planifier
changes-nothing-missing = Rien ne manque
changes-lacks = { $n ->
    [one] Il manque un élément
   *[other] Il manque { $n } éléments
}
changes-no-kind = à évaluer
changes-no-window = non planifié
changes-conflict = conflit
changes-conflicts = Fenêtres en conflit : même service ou même site au même moment
changes-calendar = Calendrier des changements
changes-previous = Mois précédent
changes-next = Mois suivant
changes-planned = { $n ->
    [0] aucune fenêtre ce mois-ci
    [one] une fenêtre ce mois-ci
   *[other] { $n } fenêtres ce mois-ci
}
changes-notices = Délais de prévenance
notice-none = à donner par la convention de service
weekday-1 = lundi
weekday-2 = mardi
weekday-3 = mercredi
weekday-4 = jeudi
weekday-5 = vendredi
weekday-6 = samedi
weekday-7 = dimanche
board-title = Séances du CAB
board-lead = CAB pour les changements majeurs ou à risque élevé, ECAB pour les urgents : ordre du jour, votes et décisions.
board-sessions = Séances
board-upcoming = Séances à tenir
board-none-upcoming = Aucune séance n'est convoquée.
board-over = Séances tenues
board-none = Aucune séance n'est convoquée. Convoquez-en une, puis inscrivez-y un changement depuis son dossier.
board-call = Convoquer une séance
board-committee = Comité
board-when = Date et heure
board-attendees = Participants
board-attendees-n = { $n ->
    [0] aucun participant
    [one] un participant
   *[other] { $n } participants
}
board-changes-n = { $n ->
    [0] aucun changement
    [one] un changement
   *[other] { $n } changements
}
board-nobody = Personne n'est encore inscrit.
board-foreseen = Prévus par le contrat :
board-attend = Ajouter un participant
board-account = Compte
board-account-hint = Qui participe vote en son propre nom.
board-instead = À la place de
board-instead-hint = Pour un délégué : le compte de qui il remplace.
board-delegate = { $account } (délégué de { $other })
board-agenda = Ordre du jour
board-no-agenda = Aucun changement n'est inscrit : « Inscrire à l'ordre du jour » est sur la page du changement.
board-missing = Outre la décision, il manque :
board-no-votes = Personne n'a encore voté.
board-end = Clore la séance
board-end-hint = Plus aucun vote ni décision ne suivra.
board-over-at = Séance close le { $at }
problems-lead = Les causes des incidents, leurs contournements, et ce qui reste à faire avant de clore.
problems-new = Nouveau problème
problems-open = Problèmes en cours
problems-none = Aucun problème n'est en cours.
problems-left = Étapes qui restent
problems-linked = Incidents
problems-known = Erreur connue
problems-all-reached = Toutes franchies
proposals-title = Problèmes proposés
proposals-lead = Des incidents semblables se répètent et aucun problème ne les porte.
proposals-none = Aucun incident ne se répète au point de proposer un problème.
proposals-more = Et { $n } autres propositions, avec moins d'incidents.
proposal-rule = { $rule } : { $count } incidents en { $within }.
proposal-incidents = { $n } incidents
proposal-more = et { $n } autres
proposal-open = Ouvrir ce problème
proposal-gone = Cette proposition n'est plus : quelqu'un vient d'ouvrir le problème, ou le temps a passé.
proposal-opened-title = Incidents récurrents : { $common }
proposal-opened-text = Proposé par la récurrence de { $n } incidents : { $cases }.
