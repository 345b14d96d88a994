//! What a case is called, in the words of those who report it, and the service that it is about.

use vigie_contract::{Contract, IncidentSubject, Service, ServiceId};

use super::rng::Rng;

/// A title and the service that it speaks of; an empty one is the subject's own.
pub(super) struct Title {
    /// In French, as the service desk writes it.
    pub text: &'static str,
    /// Service of the perimeter.
    pub service: &'static str,
}

const fn of(text: &'static str, service: &'static str) -> Title {
    Title { text, service }
}

const TELEPHONY: [Title; 20] = [
    of("Plus de tonalité au 2e étage", "toip"),
    of("Poste fixe bloqué sur « Initialisation »", "toip"),
    of("Appels entrants coupés après quelques secondes", "toip"),
    of("Messagerie vocale inaccessible", "voicemail"),
    of("Renvoi permanent impossible à retirer", "toip"),
    of("Écho et voix hachée sur les appels externes", "toip"),
    of("Groupement d'appels : un poste ne sonne plus", "toip"),
    of("Rainbow : appels impossibles en télétravail", "rainbow"),
    of("Rainbow : présence figée", "rainbow"),
    of("DECT : combiné hors de portée dans tout le bâtiment", "dect"),
    of("Numéro direct injoignable de l'extérieur", "toip"),
    of("Message de fermeture diffusé en journée", "voice_guides"),
    of("Transfert d'appel vers un mobile refusé", "toip"),
    of("Salle Teams : pas de son dans la salle", "video"),
    of("Salle Teams : caméra non détectée", "video"),
    of("Pas de numérotation : occupation immédiate", "toip"),
    of("Poste affiché « Hors service »", "terminals"),
    of("Filtrage patron-secrétaire inopérant", "toip"),
    of("Musique d'attente muette", "voice_guides"),
    of("Standard : appels en attente non présentés", "switchboard"),
];

/// What happens to a call centre; its name comes first.
const CALL_CENTRE: [&str; 5] = [
    "agents déconnectés de la file",
    "statistiques temps réel figées",
    "appels non distribués malgré des agents libres",
    "annonce d'attente absente",
    "bandeau superviseur inaccessible",
];

/// Call centres (2.3.4), thousands of calls a month, and where their agents sit.
const CALL_CENTRES: [(&str, i64, &str); 4] =
    [("APA-PCH", 7, "ST-SEBASTIEN"), ("RSA", 8, "ST-SEBASTIEN"), ("MDPH", 10, "ST-SEBASTIEN"), ("CDS", 6, "PIXELIA")];

const EQUIPMENT: [Title; 12] = [
    of("Passerelle MP-11x injoignable", "analogue"),
    of("Onduleur sur batterie depuis une coupure secteur", "ups"),
    of("Onduleur : batterie à remplacer", "ups"),
    of("Carte d'interface en alarme", "equipment"),
    of("Borne DECT éteinte", "dect"),
    of("Média gateway : alarme mineure", "equipment"),
    of("Serveur de survie PCS injoignable", "equipment"),
    of("Alimentation redondante perdue", "equipment"),
    of("Température élevée dans le local technique", "probes"),
    of("Lien de secours perdu", "equipment"),
    of("Ventilateur en défaut", "equipment"),
    of("Sauvegarde de la nuit en échec", "backup"),
];

const NETWORK: [Title; 8] = [
    of("Pas d'accès au réseau après un déménagement de bureau", ""),
    of("Wifi : postes Rainbow sans connexion", ""),
    of("Prise réseau inactive", ""),
    of("VLAN voix absent sur la prise", ""),
    of("Perte de paquets vers HD13", ""),
    of("Site isolé : lien WAN coupé", "operator_links"),
    of("Téléphones sans adresse IP", ""),
    of("Débit très faible sur tout le site", "operator_links"),
];

const CABLING: [Title; 6] = [
    of("Prise murale arrachée", ""),
    of("Cordon de brassage défectueux", ""),
    of("Rocade téléphonique : paires coupées", ""),
    of("Ligne d'ascenseur muette", "analogue"),
    of("Bandeau de brassage mal repéré", ""),
    of("Ligne analogique du fax coupée", "analogue"),
];

const APPLICATIONS: [Title; 7] = [
    of("Client ISI-COM : ouverture impossible", ""),
    of("Client Rainbow : mise à jour bloquée", ""),
    of("Annuaire web : fiche introuvable", "directory"),
    of("Annuaire : numéro erroné sur la fiche", "directory"),
    of("Portail superviseur : page blanche", ""),
    of("Compte Link Mobility refusé", "mass_messaging"),
    of("Synchronisation d'annuaire incomplète", "directory"),
];

const OTHER: [Title; 8] = [
    of("Téléphonie perturbée sur le site", ""),
    of("Ligne en dérangement", ""),
    of("Appels vers les mobiles impossibles", ""),
    of("Poste d'accueil muet", "terminals"),
    of("Numéro vert injoignable", ""),
    of("Grésillements permanents", ""),
    of("Casque sans fil non reconnu", "terminals"),
    of("Appels perdus à l'accueil", ""),
];

/// Titles by subject of the catalogue; a subject without any is called by its own label.
const BY_SUBJECT: [(&str, &[Title]); 9] = [
    ("toip_voicemail_video_calls", &TELEPHONY),
    ("active_equipment", &EQUIPMENT),
    ("incidents", &OTHER),
    ("network_access", &NETWORK),
    ("lan_wifi_firewalls", &NETWORK),
    ("wan_internet", &NETWORK),
    ("cabling", &CABLING),
    ("thick_clients", &APPLICATIONS),
    ("web_applications", &APPLICATIONS),
];

/// Major incidents in the order in which they come: title, service, and site (none is a sensitive one).
pub(super) const MAJOR: [(Title, &str); 7] = [
    (of("Coupure totale de la téléphonie du site", "toip"), ""),
    (of("Standard injoignable de l'extérieur", "switchboard"), "HD13"),
    (of("Serveur d'appels principal arrêté", "call_server"), "HD13"),
    (of("Centre d'appels MDPH : aucun appel distribué", "isicom"), "ST-SEBASTIEN"),
    (of("Hyperviseur d'ARENC arrêté", "virtualisation"), "ARENC"),
    (of("Messagerie vocale arrêtée pour tous les usagers", "voicemail"), "HD13"),
    (of("Appels entrants impossibles pour l'ensemble du Département", "sip_trunk"), "HD13"),
];

/// The failures of the border controller, the story of one bad month.
pub(super) const SBC: Title = of("SBC HD13 : perte des trunks SIP vers l'opérateur", "sip_trunk");

/// What users reported during those failures.
pub(super) const SBC_VICTIMS: [Title; 4] = [
    of("Appels externes impossibles", "toip"),
    of("Appels entrants : tonalité d'occupation", "toip"),
    of("Numéros directs injoignables de l'extérieur", "toip"),
    of("Accueil du public injoignable", "toip"),
];

/// A service of the perimeter.
fn service<'a>(contract: &'a Contract, id: &str) -> Option<&'a Service> {
    contract.perimeter.services.iter().find(|s| s.id.0 == id)
}

/// What a case is about.
pub(super) struct Matter<'a> {
    /// Its title.
    pub title: String,
    /// The service concerned.
    pub service: &'a ServiceId,
    /// Where it must be, for what exists in one place only.
    pub site: Option<&'static str>,
}

impl<'a> Matter<'a> {
    /// The matter of a title, on a subject's own service when the contract does not know the title's.
    pub(super) fn new(contract: &'a Contract, subject: &'a IncidentSubject, title: &Title) -> Self {
        let id = if title.service.is_empty() { subject.service.0.as_str() } else { title.service };
        let found = service(contract, id);
        Self { title: title.text.to_owned(), service: found.map_or(&subject.service, |s| &s.id), site: None }
    }
}

/// Draws what an incident on this subject is about; only an urgent one may touch Cercle 0.
pub(super) fn draw<'a>(
    contract: &'a Contract,
    subject: &'a IncidentSubject,
    urgent: bool,
    rng: &mut Rng,
) -> Matter<'a> {
    let titles = BY_SUBJECT.iter().find(|(id, _)| *id == subject.id).map_or(&[][..], |(_, titles)| titles);
    let telephony = BY_SUBJECT.first().is_some_and(|(id, _)| *id == subject.id);
    if telephony && urgent && rng.per_mille(450) {
        return call_centre(contract, subject, rng);
    }
    let fits = |t: &&Title| urgent || !service(contract, t.service).is_some_and(|s| s.cercle0);
    let fitting: Vec<&Title> = titles.iter().filter(fits).collect();
    match rng.one(&fitting) {
        Some(title) => Matter::new(contract, subject, title),
        None => Matter { title: subject.label.fr.clone(), ..Matter::new(contract, subject, &of("", "")) },
    }
}

fn call_centre<'a>(contract: &'a Contract, subject: &'a IncidentSubject, rng: &mut Rng) -> Matter<'a> {
    let drawn = rng.weighted(CALL_CENTRES.iter().map(|(_, calls, _)| *calls));
    let (centre, _, site) = CALL_CENTRES.get(drawn).copied().unwrap_or_default();
    let title = format!("Centre d'appels {centre} : {}", rng.text(&CALL_CENTRE));
    Matter { title, site: Some(site), ..Matter::new(contract, subject, &of("", "isicom")) }
}
