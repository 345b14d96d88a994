//! The names of things in problems of a contract, in both languages.
//!
//! One name for one thing, so that a reader meets the same word wherever it is wrong. MUST NOT hold a
//! sentence: those stand where the problem is found.

use crate::problem::Phrase;

pub(crate) const ANSWERS: Phrase = Phrase::new("liste de réponses au choix", "list of answers to choose from");
pub(crate) const BODY_VALUE: Phrase = Phrase::new("valeur du corps d'une écriture", "value of an entry's body");
pub(crate) const BOUNDARIES: Phrase =
    Phrase::new("jours où une règle commence ou finit", "days on which a rule begins or ends");
pub(crate) const CALENDAR: Phrase = Phrase::new("calendrier", "calendar");
pub(crate) const CASE_CLASS: Phrase = Phrase::new("classe de dossiers", "class of cases");
pub(crate) const CASE_CLASSES: Phrase = Phrase::new("liste de classes de dossiers", "list of classes of cases");
pub(crate) const CELL: Phrase = Phrase::new("case de la matrice", "cell");
pub(crate) const CHANGE_TYPE: Phrase = Phrase::new("type de changements", "type of changes");
pub(crate) const CHANNELS: Phrase = Phrase::new("liste des canaux", "list of channels");
pub(crate) const CHOICE: Phrase = Phrase::new("choix", "choice");
pub(crate) const CHOICES: Phrase = Phrase::new("liste de choix", "list of choices");
pub(crate) const CLAUSE: Phrase = Phrase::new("clause", "clause");
pub(crate) const CLOCK: Phrase = Phrase::new("horloge", "clock");
pub(crate) const COLLEGE: Phrase = Phrase::new("collège", "college");
pub(crate) const COMMITTEE: Phrase = Phrase::new("comité", "committee");
pub(crate) const COMMITTEES: Phrase = Phrase::new("liste de comités", "list of committees");
pub(crate) const COMMON: Phrase = Phrase::new(
    "liste de ce que des incidents semblables ont en commun",
    "list of what similar incidents have in common",
);
pub(crate) const CONDITIONS: Phrase = Phrase::new("liste de conditions", "list of conditions");
pub(crate) const CRITERION: Phrase = Phrase::new("critère", "criterion");
pub(crate) const DELAY: Phrase = Phrase::new("délai", "delay");
pub(crate) const DOMAIN: Phrase = Phrase::new("domaine", "domain");
pub(crate) const ENGLISH_TEXT: Phrase = Phrase::new("texte anglais", "English text");
pub(crate) const ENTRY_CLASS: Phrase = Phrase::new("classe d'écritures", "class of entries");
pub(crate) const ENTRY_VERB: Phrase = Phrase::new("verbe d'écritures", "verb of entries");
pub(crate) const ESCALATION: Phrase = Phrase::new("escalade", "escalation");
pub(crate) const EXCEPTIONAL_DAY: Phrase = Phrase::new("jour exceptionnel", "exceptional day");
pub(crate) const FIELD: Phrase = Phrase::new("champ", "field");
pub(crate) const FILE: Phrase = Phrase::new("fichier", "file");
pub(crate) const FILES: Phrase = Phrase::new("fichiers", "files");
pub(crate) const FRENCH_TEXT: Phrase = Phrase::new("texte français", "French text");
pub(crate) const FULFILMENTS: Phrase = Phrase::new("liste de ce qui l'accomplit", "list of what fulfils it");
pub(crate) const HEARERS: Phrase = Phrase::new("liste des destinataires", "list of who hears");
pub(crate) const IMPOSED_DELAY: Phrase = Phrase::new("délai imposé", "imposed delay");
pub(crate) const ITEM: Phrase = Phrase::new("type de demande", "item");
pub(crate) const LIMIT: Phrase = Phrase::new("limite", "limit");
pub(crate) const MISSING_KEY: Phrase =
    Phrase::new("clé de `missing` dans contract.toml", "key of `missing` in contract.toml");
pub(crate) const OBLIGATION: Phrase = Phrase::new("obligation", "obligation");
pub(crate) const OVERRIDE: Phrase = Phrase::new("délai imposé", "override");
pub(crate) const PAUSE_REASON: Phrase = Phrase::new("motif de suspension", "pause reason");
pub(crate) const RECURRENCE: Phrase = Phrase::new("récurrence", "recurrence");
pub(crate) const RHYTHM: Phrase = Phrase::new("rythme de suivi", "rhythm of follow-up");
pub(crate) const ROLE: Phrase = Phrase::new("rôle", "role");
pub(crate) const ROUTE: Phrase = Phrase::new("aiguillage", "route");
pub(crate) const ROW: Phrase = Phrase::new("ligne", "row");
pub(crate) const ROW_DISABLED: Phrase = Phrase::new("la ligne est désactivée", "the row is disabled");
pub(crate) const RULE_IN_DOUBT: Phrase = Phrase::new("la règle tranche un doute", "the rule settles a doubt");
pub(crate) const SECTION: Phrase = Phrase::new("rubrique", "section");
pub(crate) const SERVICE: Phrase = Phrase::new("service", "service");
pub(crate) const SITE: Phrase = Phrase::new("site", "site");
pub(crate) const STAGE: Phrase = Phrase::new("étape", "stage");
pub(crate) const STEP: Phrase = Phrase::new("pas", "step");
pub(crate) const SUBJECT: Phrase = Phrase::new("sujet", "subject");
pub(crate) const SUBJECT_OR_ITEM: Phrase = Phrase::new("sujet ou type de demande", "subject or request type");
pub(crate) const SUSPENSION: Phrase = Phrase::new("motif de suspension", "reason of suspension");
pub(crate) const TABLE: Phrase = Phrase::new("table", "table");
pub(crate) const TASK: Phrase = Phrase::new("tâche", "task");
pub(crate) const TEAM: Phrase = Phrase::new("équipe", "team");
pub(crate) const TIME_BEFORE: Phrase = Phrase::new("temps d'avance", "time before");
pub(crate) const TIME_TO_ANSWER: Phrase = Phrase::new("délai de réponse", "time to answer");
pub(crate) const TIME_TO_LOOK_BACK: Phrase = Phrase::new("durée examinée en arrière", "time to look back");
pub(crate) const TOPIC: Phrase =
    Phrase::new("obligation sur `request.raised` pour le thème", "obligation on `request.raised` of topic");
pub(crate) const WEEK: Phrase = Phrase::new("semaine", "week");
pub(crate) const WEIGHT: Phrase = Phrase::new("poids", "weight");
pub(crate) const WINDOW: Phrase = Phrase::new("plage", "window");
