//! The fixed texts of the journal, in both languages.

use std::collections::BTreeMap;

use crate::format::Lang;

/// Key of the template, French, English.
const TEXTS: &[(&str, &str, &str)] = &[
    ("title", "Journal mensuel des indicateurs", "Monthly journal of indicators"),
    ("customer", "Bénéficiaire", "Customer"),
    ("provider", "Titulaire", "Provider"),
    ("no_provider", "à désigner", "to be named"),
    ("contract", "Marché", "Contract"),
    ("version", "Version du contrat", "Contract version"),
    ("as_of", "Faits connus jusqu'au", "Facts known until"),
    ("generated", "Établi le", "Made on"),
    ("contents", "Sommaire", "Contents"),
    ("summary", "Synthèse", "Summary"),
    ("missed_list", "Indicateurs manqués", "Missed indicators"),
    ("none_missed", "Tous les indicateurs mesurés sont tenus.", "Every measured indicator was met."),
    ("trend", "Points des douze derniers mois", "Points over the last twelve months"),
    ("indicators", "Indicateurs", "Indicators"),
    (
        "indicators_lead",
        "Les lignes sont celles du tableau 3.4.6.1. La dernière colonne montre les points des douze derniers mois, le mois jugé à droite.",
        "Rows are those of table 3.4.6.1. The last column shows the points of the last twelve months, the judged month on the right.",
    ),
    ("row", "N°", "No"),
    ("indicator", "Indicateur", "Indicator"),
    ("cases", "Cas", "Cases"),
    ("measured", "Mesuré", "Measured"),
    ("expected", "Attendu", "Expected"),
    ("gap", "Écart", "Gap"),
    ("step", "Pas", "Step"),
    ("steps", "Pas entamés", "Started steps"),
    ("steps_short", "Pas", "Steps"),
    ("weight", "Poids", "Weight"),
    ("points", "Points", "Points"),
    ("status", "État", "Status"),
    ("months", "12 mois", "12 months"),
    ("details", "Ce qui fait chaque chiffre", "What makes each figure"),
    (
        "details_lead",
        "Une rubrique par indicateur manqué ou non calculable, avec les dossiers derrière chaque point.",
        "One section for each indicator that was missed or is not computable, with the cases behind each point.",
    ),
    (
        "no_details",
        "Aucun indicateur n'est manqué ni privé de valeur ce mois-ci.",
        "No indicator was missed or lacks a value this month.",
    ),
    ("case", "Dossier", "Case"),
    ("priority", "Prio.", "Prio."),
    ("start", "Début", "Start"),
    ("due", "Échéance", "Due"),
    ("stop", "Fin", "End"),
    ("elapsed", "Durée", "Elapsed"),
    ("target", "Délai", "Target"),
    ("reason", "Motif", "Reason"),
    ("penalties", "Pénalités", "Penalties"),
    ("no_penalties", "Aucun point de pénalité ce mois-ci.", "No penalty point this month."),
    ("amount", "Montant", "Amount"),
    ("total", "Total", "Total"),
    ("method", "Méthode", "Method"),
    ("formula", "Calcul des points", "How points are computed"),
    (
        "formula_text",
        "Pour chaque ligne : points = pas entamés × poids. L'écart entre le mesuré et l'attendu est divisé par le pas ; tout pas commencé compte en entier. Les calculs sont faits en nombres exacts : 90 % moins 89 %, à un pas de 1 %, fait un pas et non deux. Les durées sont des heures ouvertes du calendrier de chaque règle.",
        "For each row: points = started steps × weight. The gap between what was measured and what was promised is divided by the step; any step that has begun counts in full. Sums are made on exact numbers: 90 % minus 89 % at a step of 1 % is one step, not two. Times are open hours of each rule's calendar.",
    ),
    (
        "attribution_text",
        "Un dossier appartient au mois du début de son horloge, une échéance au mois où elle tombe, un manquement au mois où un comité le constate. Un dossier ouvert et hors délai compte ; un dossier ouvert et dans le délai ne compte pas encore.",
        "A case belongs to the month in which its clock starts, an obligation to the month in which it falls due, a finding to the month in which a committee confirms it. An open case that is late counts; an open case that is in time does not count yet.",
    ),
    ("calendars", "Calendriers", "Calendars"),
    ("conventions", "Lectures retenues", "Readings chosen"),
    (
        "conventions_lead",
        "Là où le texte du marché laisse plusieurs lectures, celle-ci est appliquée.",
        "Where the contract's text leaves several readings, this one is applied.",
    ),
    ("clause", "Clause", "Clause"),
    ("doubt", "Doute", "Doubt"),
    ("rule", "Règle", "Rule"),
    ("choice", "Lecture", "Reading"),
    ("checkpoint", "Preuve", "Proof"),
    (
        "checkpoint_lead",
        "Ce journal est calculé depuis un registre d'écritures scellé. Voici sa dernière tête signée (format C2SP signed-note) : le nombre d'écritures, l'empreinte de l'arbre et la signature.",
        "This journal is computed from a sealed register of entries. Here is its latest signed head (C2SP signed-note): the number of entries, the hash of the tree and the signature.",
    ),
    ("no_checkpoint", "Aucune tête signée n'accompagne ce journal.", "No signed head comes with this journal."),
    ("verify", "Comment vérifier", "How to verify"),
    (
        "verify_text",
        "Avec l'export du registre, le dossier du contrat et la tête ci-dessus recopiée dans un fichier, sur n'importe quelle machine et sans base de données :",
        "With the register's export, the contract's folder and the head above copied into a file, on any machine and without a database:",
    ),
    (
        "verify_note",
        "La première commande refait l'arbre, nomme la première écriture qui ne convient pas et vérifie que l'export prolonge cette tête : un registre réécrit depuis est refusé, fût-il signé de la même clé. Gardez donc cette tête. La seconde refait ce mois : les points sont les mêmes, et les octets sont ceux du JSON de la page du mois. Obtenez la clé par une autre voie que ce document.",
        "The first command rebuilds the tree, names the first entry that does not fit and checks that the export goes on from this head: a register written anew since is refused, even if the same key has signed it. Keep this head, therefore. The second judges this month again: the points are the same, and the bytes are those of the JSON of the month's page. Obtain the key by another way than this document.",
    ),
    ("page", "Page", "Page"),
    ("chart_data", "Données du graphique", "Chart data"),
];

/// The texts by key.
pub(super) fn texts(lang: Lang) -> BTreeMap<&'static str, &'static str> {
    TEXTS.iter().map(|(key, fr, en)| (*key, lang.pick(fr, en))).collect()
}
