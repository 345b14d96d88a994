//! The words and weights of the demonstration. Every name of a person or of a remote site is made up.

use super::incidents::SBC_MONTH;

/// Towns with many sites of the Département.
pub(super) const LARGE_COMMUNES: [&str; 6] =
    ["Marseille", "Aix-en-Provence", "Arles", "Martigues", "Aubagne", "Salon-de-Provence"];

/// A kind of remote site.
pub(super) struct SiteKind {
    /// First words of its name.
    pub kind: &'static str,
    /// Proper names; none when the commune is enough.
    pub names: &'static [&'static str],
    /// How often it is met.
    pub weight: i64,
    /// How many of a thousand are sensitive (more than 50 agents, or by use).
    pub critical_per_mille: i64,
}

const fn kind(kind: &'static str, names: &'static [&'static str], weight: i64, critical_per_mille: i64) -> SiteKind {
    SiteKind { kind, names, weight, critical_per_mille }
}

/// Kinds of remote sites.
pub(super) const SITE_KINDS: [SiteKind; 13] = [
    kind("MDS", &["de territoire", "Nord", "Sud", "Centre", "Les Pins"], 30, 550),
    kind(
        "Collège",
        &[
            "Les Amandiers",
            "La Garrigue",
            "Les Restanques",
            "Le Mistral",
            "Les Tamaris",
            "La Sauge",
            "Les Cigales",
            "Le Grand Pré",
        ],
        42,
        80,
    ),
    kind("Maison du bel âge", &[], 28, 0),
    kind("Centre d'exploitation routier", &[], 14, 150),
    kind("Musée départemental", &["d'histoire", "des arts", "du terroir"], 4, 1000),
    kind("Laboratoire départemental", &[], 2, 1000),
    kind("Centre de PMI", &["Belle Brise", "Saint-Roch", "Les Lauriers"], 24, 120),
    kind("Pôle d'insertion", &[], 18, 450),
    kind("Bibliothèque départementale", &[], 3, 1000),
    kind("Archives départementales", &[], 2, 1000),
    kind("Antenne MDPH", &[], 9, 700),
    kind("Arrondissement routier", &[], 6, 500),
    kind("Domaine départemental", &["de la Colline", "de l'Étang", "du Vallon"], 12, 0),
];

/// Weight of a day by month, January first: low in August, high in September and January.
pub(super) const MONTH_WEIGHT: [i64; 12] = [122, 102, 104, 96, 90, 102, 84, 52, 130, 110, 104, 84];

/// Weight of a worked day, Monday to Friday.
pub(super) const WEEKDAY_WEIGHT: [i64; 5] = [135, 106, 94, 100, 86];

/// Weight of an hour in which people report, from 08:00; the morning is busier, most of all on Mondays.
pub(super) const HOUR_WEIGHT: [i64; 10] = [14, 18, 15, 11, 4, 5, 13, 11, 9, 6];

/// The same on a Monday.
pub(super) const MONDAY_HOUR_WEIGHT: [i64; 10] = [26, 24, 16, 10, 4, 5, 11, 9, 7, 4];

/// Service desk of the customer.
pub(super) const CDS: [&str; 4] = ["cds.arnaud", "cds.silva", "cds.moreau", "cds.lopez"];
/// On-site operations of the provider.
pub(super) const GO: [&str; 5] = ["go.martin", "go.benali", "go.rossi", "go.giraud", "go.nguyen"];
/// Central supervision of the provider, day and night.
pub(super) const NOC: [&str; 3] = ["noc.lefort", "noc.dumas", "noc.keller"];
/// Technical engineering of the provider.
pub(super) const GT: [&str; 2] = ["gt.marchetti", "gt.olivier"];
/// Operations head of the customer.
pub(super) const CUSTOMER_OPERATIONS: &str = "exploitation.blanc";
/// Contract manager of the customer.
pub(super) const CONTRACT_MANAGER: &str = "gestion.caron";
/// Security cell of the customer.
pub(super) const RSSI: &str = "rssi.noel";
/// Operations manager of the provider.
pub(super) const ROC: &str = "roc.perrin";
/// Technical manager of the provider.
pub(super) const RTC: &str = "rtc.vidal";
/// Project manager of the provider.
pub(super) const PROJECT: &str = "projet.faure";
/// Account manager of the provider.
pub(super) const ACCOUNT_MANAGER: &str = "commercial.leroy";
/// Security officer of the provider.
pub(super) const SECURITY: &str = "securite.haddad";
/// Supervision itself.
pub(super) const SUPERVISION: &str = "supervision";
/// The morning's test calls.
pub(super) const DAILY_TESTS: &str = "tests-quotidiens";

/// First letters and family names of callers, made up.
pub(super) const CALLERS: [&str; 24] = [
    "Mme Aubert",
    "M. Bastide",
    "Mme Carbonel",
    "M. Dallest",
    "Mme Espinasse",
    "M. Fabre",
    "Mme Garcin",
    "M. Honorat",
    "Mme Imbert",
    "M. Jauffret",
    "Mme Katz",
    "M. Lombard",
    "Mme Mesnard",
    "M. Negrel",
    "Mme Olive",
    "M. Pascal",
    "Mme Quilici",
    "M. Reynaud",
    "Mme Sabatier",
    "M. Turc",
    "Mme Ughetto",
    "M. Vallier",
    "Mme Weiss",
    "M. Ziani",
];

/// What a caller adds.
pub(super) const CALLER_WORDS: [&str; 8] = [
    "Le défaut dure depuis ce matin.",
    "Plusieurs collègues du même bureau sont concernés.",
    "Un redémarrage du poste n'a rien changé.",
    "L'accueil du public est gêné.",
    "Le défaut va et vient depuis hier.",
    "Merci de rappeler sur le mobile professionnel.",
    "Aucun changement récent sur le poste.",
    "Le bureau a été déménagé la semaine dernière.",
];

/// How a service came back.
pub(super) const RESTORED_BY: [&str; 9] = [
    "Poste remplacé et réaffecté",
    "Redémarrage de la passerelle, appels testés",
    "Configuration du poste corrigée",
    "Port du commutateur réactivé",
    "Brassage repris, tonalité vérifiée avec l'usager",
    "Droits du compte corrigés",
    "Bascule sur le lien de secours, puis retour au nominal",
    "Correctif éditeur appliqué",
    "Renvoi supprimé, appel de test concluant",
];

/// Why a case was void.
pub(super) const CANCELLED_BECAUSE: [&str; 3] =
    ["Doublon d'un dossier déjà ouvert", "Ouvert par erreur", "Défaut non constaté, accord de l'usager"];

/// Why a restoration was refused.
pub(super) const REFUSED_BECAUSE: [&str; 3] =
    ["Le défaut persiste après le test", "L'usager n'a toujours pas de tonalité", "Rétabli sur un poste seulement"];

/// Changes: title (a place follows) and item of the catalogue.
pub(super) const CHANGES: [(&str, &str); 9] = [
    ("Ajout d'une passerelle analogique", "internal_operations"),
    ("Mise à niveau du logiciel des postes", "internal_operations"),
    ("Extension du groupement d'appels", "service_change"),
    ("Nouvelle arborescence d'accueil", "isicom"),
    ("Remplacement de l'onduleur", "ups"),
    ("Migration DECT numérique", "deployment"),
    ("Déploiement Rainbow du service", "deployment"),
    ("Ouverture d'une tranche de numéros directs", "internal_project"),
    ("Raccordement d'une salle de visioconférence", "video"),
];

/// Problems: month, priority, title. The third is behind the failures of the border controller.
pub(super) const PROBLEMS: [(usize, &str, &str); 6] = [
    (1, "P3", "Redémarrages répétés des bornes DECT d'un même lot"),
    (4, "P2", "Voix hachée récurrente sur les liens secourus"),
    (SBC_MONTH, "P1", "SBC HD13 : perte des trunks SIP à la bascule de certificat"),
    (7, "P3", "Postes bloqués à l'initialisation après une coupure secteur"),
    (9, "P2", "Batteries d'onduleurs en fin de vie sur huit sites"),
    (11, "P3", "Synchronisation d'annuaire incomplète le lundi"),
];

/// Actions agreed in committee, with their topic.
pub(super) const TITLES_ACTION: [(&str, &str); 16] = [
    ("quality", "Revoir le script d'accueil du Guichet unique"),
    ("security", "Changer les mots de passe d'administration des passerelles"),
    ("quality", "Fiabiliser le rapprochement EZV et Guichet unique"),
    ("quality", "Mettre à jour le plan de supervision des sites critiques"),
    ("security", "Appliquer le correctif critique du SBC"),
    ("quality", "Compléter l'inventaire des onduleurs"),
    ("quality", "Refondre le compte rendu hebdomadaire"),
    ("security", "Revue semestrielle des comptes à privilèges"),
    ("quality", "Analyser les incidents récurrents DECT"),
    ("quality", "Doubler la surveillance des trunks opérateur"),
    ("security", "Chiffrer les sauvegardes hors site"),
    ("quality", "Former deux techniciens au 8770"),
    ("quality", "Réviser le planning d'astreinte"),
    ("security", "Fermer les accès distants inutilisés"),
    ("quality", "Mettre en service le tableau de bord DQA"),
    ("quality", "Étiqueter les baies des sites critiques"),
];

/// Breaches confirmed by a committee: month, committee, title.
pub(super) const FINDINGS: [(usize, &str, &str); 3] = [
    (4, "cosui", "Visite préventive trimestrielle non réalisée à ARENC"),
    (7, "cocyber", "Compte d'administration partagé entre deux techniciens"),
    (6, "copil", "Analyse trimestrielle des incidents non remise avant le comité"),
];

/// Orders: month, topic, title, whether late.
pub(super) const ORDERS: [(usize, &str, &str, bool); 11] = [
    (0, "hardware", "60 postes IP et accessoires", false),
    (1, "assistance", "Astreinte pour une soirée électorale", false),
    (2, "hardware", "8 onduleurs pour sites critiques", false),
    (3, "audit", "Audit de vulnérabilité du SBC et de l'OVOC", false),
    (4, "hardware", "Bornes et combinés DECT numériques", true),
    (5, "assistance", "Expertise SBC sur site", false),
    (6, "assistance", "Renfort pour le déménagement d'une MDS", false),
    (8, "hardware", "Équipement de deux salles Teams", false),
    (9, "audit", "Audit de vulnérabilité des passerelles", true),
    (10, "assistance", "Ingénieur pour l'étude DQA", true),
    (11, "hardware", "40 casques sans fil", false),
];

/// Elements of knowledge to put in the documents.
pub(super) const TITLES_DOCUMENT: [&str; 8] = [
    "Mode opératoire : remplacement d'une passerelle MP-11x",
    "Fiche réflexe : perte d'un trunk opérateur",
    "Guide usager : renvois et messagerie",
    "Schéma de raccordement du site",
    "Procédure de bascule HD13 vers ARENC",
    "Consigne de sauvegarde du 8770",
    "Fiche CDS : Rainbow en télétravail",
    "Plan de numérotation : tranche ajoutée",
];
