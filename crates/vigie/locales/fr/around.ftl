# Ce qui se fait autour d'un dossier : tâches, liens, fusion, suivi, temps.
phase-merged = Fusionné
act-add-task = Ajouter une tâche
act-change-task = Modifier la tâche
act-finish-task = Terminer
act-reopen-task = Reprendre la tâche
act-drop-task = Abandonner la tâche
act-follow = Suivre
act-unfollow = Ne plus suivre
act-spend-time = Noter du temps
act-merge = Fusionner avec un autre
act-separate = Séparer à nouveau
act-unlink = Retirer le lien
told-task-added = Tâche ajoutée
told-task-changed = Tâche modifiée
told-task-done = Tâche terminée
told-task-reopened = Tâche reprise
told-task-dropped = Tâche abandonnée
told-time-spent = Temps passé
told-merged = Fusionné avec un autre dossier, qui continue
told-separated = Séparé à nouveau
told-absorbed = Un dossier en double continue ici
told-released = Un dossier en double a été séparé
told-unlinked = Lien retiré
tasks-title = Tâches
tasks-mine = Mes tâches
tasks-text = Les tâches des dossiers ouverts, la prochaine échéance d’abord.
tasks-which = Tâches de qui
tasks-of-me = Les miennes
tasks-of-group = À prendre dans mon groupe
tasks-of-all = Toutes
tasks-none = Aucune tâche à faire.
tasks-none-text = Une tâche s’ajoute sur la page d’un dossier, avec la touche w.
tasks-left = { $n ->
    [0] toutes faites
    [one] { $n } à faire
   *[other] { $n } à faire
}
tasks-still-open = { $n ->
    [one] { $n } tâche n’est pas terminée.
   *[other] { $n } tâches ne sont pas terminées.
}
tasks-proposed = Le contrat prévoit pour ce type de dossier :
tasks-add-proposed = Ajouter les tâches cochées
task-title = Tâche
task-title-anew = Nouvel intitulé
task-number = tâche { $n }
task-anybody = Personne en particulier
task-within = À faire sous
task-no-due = Sans échéance
task-due = ou le
task-due-hint = Une date l’emporte sur un délai. Les délais se comptent sur le calendrier du dossier.
task-place = Rang
task-done-by = faite par { $who } le { $at }
task-dropped-by = abandonnée par { $who } le { $at }
task-add-internal = Ajouter, { $side } seul
task-add-public = Ajouter, visible des deux parties
within-2h = 2 heures ouvrées
within-4h = 4 heures ouvrées
within-1d = 1 jour ouvré
within-2d = 2 jours ouvrés
within-5d = 5 jours ouvrés
effort-remote = À distance
effort-on-site = Sur site
effort-travel = Trajet
time-minutes = { $n } min
time-corrects = remplace le temps { $n }
merge-into = Dossier qui continue
merge-hint = Ce dossier-ci devient un double : il n’est plus compté, son heure de première identification l’est dans l’autre, et les mails à son numéro y arrivent. Les notes internes restent ici, pour leur seule partie. Cela se défait avec « Séparer à nouveau ».
links-merged-into = Fusionné : continue dans
links-merged-text = Ce qui arrive par mail au numéro de ce dossier va à l’autre. Il n’est compté qu’une fois, là-bas.
links-absorbed = Double fusionné :
relation-duplicate-of = Double de
relation-has-duplicate = A pour double
relation-caused-by = Causé par
relation-causes = Cause de
relation-child-of = Fait partie de
relation-parent-of = Comprend
relation-relates-to = En rapport avec
link-relation = Ce que l’autre dossier est
link-relation-hint = Pour un autre dossier : le lien apparaît aussi chez lui, vu de son côté.
problem-no-case = Aucun dossier { $number }.
notice-mentioned = Mention
notice-news = Suivi
notice-by = { $who } : { $done }
key-task = Mes tâches, ajouter une tâche
