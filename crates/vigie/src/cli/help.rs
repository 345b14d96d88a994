//! The help of the commands in French. Their English stands beside the arguments, where clap reads it.
//!
//! A command or an argument without French fails a test; it would be shown in English until then.

use clap::{Arg, Command};
use vigie_reports::format::Lang;

/// The commands with their help in a language.
pub(super) fn command(mut command: Command, lang: Lang) -> Command {
    match lang {
        Lang::En => command,
        Lang::Fr => {
            // What clap adds by itself is there to be translated only once it has been added.
            command.build();
            french(command, "")
        }
    }
}

fn french(command: Command, path: &str) -> Command {
    let about = text(path).or_else(|| path.split(' ').any(|word| word == "help").then_some(HELP_OF));
    let command = command
        .subcommand_help_heading("Commandes\u{202f}")
        .subcommand_value_name("COMMANDE")
        .help_template("{about-with-newline}\nUsage\u{202f}: {usage}\n\n{all-args}\n")
        .mut_args(|arg| argument(arg, path))
        .mut_subcommands(|inner| {
            let path = format!("{path} {}", inner.get_name());
            french(inner, path.trim_start())
        });
    match about {
        Some(about) => {
            let short = about.split("\n\n").next().unwrap_or(about);
            command.about(short).long_about(about)
        }
        None => command,
    }
}

/// An argument with its French help, and what clap would add to it in English.
fn argument(arg: Arg, path: &str) -> Arg {
    let id = arg.get_id().as_str().to_owned();
    let Some(said) = text(&format!("{path}/{id}")).or_else(|| text(&format!("*/{id}"))) else { return arg };
    let mut help = said.to_owned();
    let values: Vec<String> = arg.get_possible_values().iter().map(|v| v.get_name().to_owned()).collect();
    let takes = arg.get_num_args().is_none_or(|n| n.takes_values());
    if takes && !values.is_empty() && !values.iter().any(|v| v == "true") {
        help.push_str(&format!(" [valeurs\u{202f}: {}]", values.join(", ")));
    }
    let defaults: Vec<_> = arg.get_default_values().iter().map(|v| v.to_string_lossy().into_owned()).collect();
    if takes && !defaults.is_empty() {
        help.push_str(&format!(" [défaut\u{202f}: {}]", defaults.join(", ")));
    }
    if let Some(variable) = arg.get_env() {
        help.push_str(&format!(" [env\u{202f}: {}]", variable.to_string_lossy()));
    }
    let heading = if arg.is_positional() { "Arguments\u{202f}" } else { "Options\u{202f}" };
    let arg = match value_name(&arg).filter(|_| takes) {
        Some(name) => arg.value_name(name),
        None => arg,
    };
    arg.help(help.clone())
        .long_help(help)
        .help_heading(heading)
        .hide_possible_values(true)
        .hide_default_value(true)
        .hide_env(true)
}

/// What stands for the value of an argument; clap itself takes its name when nothing else was said.
fn value_name(arg: &Arg) -> Option<&'static str> {
    let given = arg.get_value_names().and_then(<[_]>::first);
    let english = given.map_or_else(|| arg.get_id().as_str().to_uppercase(), |name| name.as_str().to_owned());
    VALUES.iter().find(|(known, _)| *known == english).map(|(_, french)| *french)
}

fn text(key: &str) -> Option<&'static str> {
    TEXTS.iter().find(|(known, _)| *known == key).map(|(_, french)| *french)
}

const HELP_OF: &str = "Afficher cette aide, ou celle d'une commande";

/// What stands for values: English, French.
const VALUES: &[(&str, &str)] = &[
    ("ACCOUNT", "COMPTE"),
    ("ADDR", "ADRESSE"),
    ("CASE", "DOSSIER"),
    ("CLASS", "CLASSE"),
    ("CODE", "CODE"),
    ("DATE", "DATE"),
    ("DIR", "DOSSIER"),
    ("EXPORT", "EXPORT"),
    ("FILE", "FICHIER"),
    ("FORMAT", "FORMAT"),
    ("HASH", "EMPREINTE"),
    ("HEAD_FILE", "TÊTE"),
    ("INSTANT", "INSTANT"),
    ("KEY", "CLÉ"),
    ("KINDS", "NATURE"),
    ("LANG", "LANGUE"),
    ("MAPPING", "CORRESPONDANCE"),
    ("MESSAGE", "MESSAGE"),
    ("MONTH", "MOIS"),
    ("NAME", "NOM"),
    ("PATH", "CHEMIN"),
    ("ROLE", "RÔLE"),
    ("SCOPES", "DROIT"),
    ("SUBJECT", "SUJET"),
    ("UNTIL", "DATE"),
    ("URL", "URL"),
];

/// Commands by their path, arguments by path and name; `*` stands for any path.
const TEXTS: &[(&str, &str)] = &[
    ("", "Vigie fait vivre un contrat de téléphonie infogérée et laisse les deux parties le vérifier."),
    ("*/lang", "Langue de ce qui est affiché"),
    ("*/help", "Afficher l'aide"),
    ("*/version", "Afficher la version"),
    ("*/subcommand", "La commande dont on veut l'aide"),
    ("*/data", "Dossier des données : la base embarquée et la clé de signature"),
    ("*/database_url", "Serveur PostgreSQL à la place de la base embarquée"),
    ("*/contract", "Dossier de contrat à la place de celui qui vient avec le programme"),
    ("*/key_file", "Fichier de la clé de signature, quand il n'est pas dans le dossier des données"),
    ("serve", "Démarrer le serveur"),
    ("serve/demo", "Fabriquer une année de démonstration et la servir"),
    ("serve/demo_day", "Jour autour duquel la démonstration est faite ; aujourd'hui par défaut"),
    ("serve/listen", "Adresse d'écoute ; le port 0 en prend un libre"),
    ("serve/https", "Servi en HTTPS par un mandataire : les témoins sont alors réservés à HTTPS"),
    (
        "serve/trusted_proxy",
        "Adresse d'un mandataire inverse dont on croit l'en-tête X-Forwarded-For ; peut être répété",
    ),
    ("serve/sign_in", "Comment on se connecte au-delà des comptes à mot de passe (TOML) : seconds facteurs, annuaires"),
    (
        "*/post_file",
        "Réglages du courrier du guichet : adresses, boîtes, relais. Sans eux aucun courriel n'arrive ni ne part",
    ),
    ("serve/ezv", "Réglages du lien avec EZV. Sans eux aucun ticket ne va ni ne vient"),
    ("judge", "Juger un mois : indicateurs, points, et ce qu'il y a derrière"),
    ("judge/month", "Le mois, par exemple 2016-03 ; le dernier révolu par défaut"),
    ("judge/format", "Comment l'afficher : table pour les gens, json pour les machines"),
    ("judge/pdf", "Écrire aussi le journal mensuel en PDF"),
    ("judge/xlsx", "Écrire aussi le classeur aux formules vivantes"),
    ("judge/from", "Juger d'après un export seul, sans base"),
    ("judge/key", "Clé qui doit avoir signé l'export (telle que `vigie verify` l'affiche) ; sinon celle de l'export"),
    (
        "judge/as_of",
        "Tel que connu à cet instant, par exemple 2016-04-08T09:00 à l'heure du contrat ou 2016-04-08T07:00:00Z ; sinon au dernier fait. Une heure qu'un changement d'heure saute ou répète est la première des deux",
    ),
    ("clock", "Rejouer les horloges d'un dossier"),
    ("clock/case", "Numéro du dossier, par exemple INC0000045"),
    (
        "clock/at",
        "Tel que connu à cet instant, par exemple 2016-03-01T09:00 à l'heure du contrat ou 2016-03-01T08:00:00Z ; sinon au dernier fait du journal. Une heure qu'un changement d'heure saute ou répète est la première des deux",
    ),
    ("import", "Reprendre un journal extérieur"),
    ("import incidents", "Un journal ou un export CSV d'incidents, de demandes, de problèmes ou de changements"),
    ("import incidents/file", "Le fichier CSV"),
    (
        "import incidents/mapping",
        "Un fichier de correspondance, ou l'une de celles du programme : servicenow, easyvista, generic",
    ),
    (
        "*/class",
        "Lire les lignes comme dossiers de cette classe au lieu de celle de la correspondance : incident, request, problem, change",
    ),
    ("import incidents/dry_run", "Montrer ce qui se passerait et ne rien changer"),
    ("import incidents/rejects", "Où lister ce qui n'a pu être lu ; FICHIER.rejects.csv par défaut"),
    (
        "import mail",
        "Des courriels : un maildir, un dossier de fichiers .eml, l'un d'eux, ou un mbox. On n'écrit à personne",
    ),
    ("import mail/path", "Le dossier ou le fichier"),
    ("contract", "Lire un dossier de contrat"),
    ("contract check", "Le lire, et afficher ce qu'il contient ou ce qui y est faux. Code de sortie 0 ou 2"),
    ("*/dir", "Le dossier du contrat"),
    ("contract show", "Afficher toutes les règles en vigueur un jour donné"),
    ("contract show/at", "Le jour, par exemple 2026-03-01 ; aujourd'hui par défaut"),
    ("export", "Écrire tout le journal dans un fichier que chacun peut vérifier"),
    ("export/file", "Le fichier ; la sortie standard par défaut"),
    ("verify", "Vérifier un journal, ou un export de journal"),
    ("verify/export", "Un export ; sans lui, le journal du dossier des données ou du serveur"),
    ("verify/key", "Clé qui doit l'avoir signé ; peut être répété"),
    (
        "verify/since",
        "Une tête signée gardée auparavant (un fichier de `/checkpoint`, ou recopiée d'un rapport mensuel) que le journal doit prolonger",
    ),
    ("erase", "Effacer pour de bon un texte personnel ; le journal et ses preuves restent entiers"),
    ("erase/hash", "Empreinte du texte, en hexadécimal, telle que son écriture la donne sous `content`"),
    ("erase/subject", "Ce à quoi il appartenait, par exemple case/INC0000045 : l'écriture de l'effacement y figure"),
    (
        "erase/reason",
        "Pour quel motif, en code court tel que gdpr-request ; pas de texte personnel, il reste au journal",
    ),
    ("rebuild", "Refaire les tables de lecture à partir du journal"),
    ("account", "Comptes de ceux qui peuvent se connecter"),
    (
        "account add",
        "Créer un compte, ou lui donner un nouveau mot de passe et un nouveau rôle ; le mot de passe se lit sur l'entrée standard\n\nUn nouveau mot de passe déconnecte tous les navigateurs du compte, et laisse de nouveau entrer un compte désactivé.",
    ),
    ("account add/name", "Nom de connexion"),
    ("account add/role", "Rôle du contrat, par exemple contract_manager ou roc"),
    ("account disable", "Ne plus laisser entrer un compte, et déconnecter tous ses navigateurs"),
    ("account disable/name", "Nom de connexion"),
    (
        "account forget-factor",
        "Oublier le second facteur d'un compte dont le téléphone et les codes de secours sont perdus",
    ),
    ("account forget-factor/name", "Nom de connexion"),
    ("account list", "Lister les comptes"),
    ("mail", "Le courrier du guichet"),
    (
        "mail check",
        "Dire ce que dit un fichier de réglages, et essayer les connexions. Sortie : 0 tout va bien, 1 une connexion échoue, 2 refusé",
    ),
    ("mail check/file", "Le fichier"),
    ("ezv", "Le lien avec EZV, l'ITSM du client"),
    ("ezv reconcile", "Lire un export d'EZV à côté de nos dossiers et dire ce qui diffère. Ne change rien"),
    ("ezv reconcile/file", "Le fichier CSV"),
    ("ezv reconcile/mapping", "Un fichier de correspondance, ou l'une de celles du programme"),
    ("ezv reconcile/out", "Écrire les écarts dans ce fichier, .csv ou .xlsx, au lieu de les afficher"),
    ("token", "Jetons avec lesquels des programmes appellent l'API"),
    ("token create", "Créer un jeton pour un compte, et l'afficher une seule fois"),
    ("token create/account", "Le compte au nom duquel le programme appelle"),
    ("token create/name", "À quoi il sert, par exemple `ezv`"),
    ("token create/scopes", "Un droit qu'il prête, par exemple desk.read ; peut être répété"),
    ("token create/until", "Le premier jour où il n'ouvre plus rien (AAAA-MM-JJ)"),
    ("token revoke", "Ne plus rien laisser ouvrir aux jetons d'un nom"),
    ("token revoke/account", "Le compte"),
    ("token revoke/name", "Le nom de son jeton"),
    ("token list", "Lister les jetons ; eux-mêmes ne sont gardés nulle part"),
    ("webhook", "Webhooks : qui est prévenu de ce qui arrive aux dossiers"),
    ("webhook add", "Prévenir une adresse de ce qui arrive désormais, et afficher son secret une seule fois"),
    ("webhook add/url", "L'adresse ; en https, sauf sur cette machine"),
    ("webhook add/name", "Comment on l'appelle, par exemple `supervision`"),
    ("webhook add/inside", "Permettre une adresse d'un réseau intérieur, qui est refusée sans cela"),
    ("webhook add/kinds", "De quoi elle est prévenue : case.*, case.opened, case.restored… ; peut être répété"),
    ("webhook list", "Lister qui est prévenu"),
    ("webhook replay", "Renvoyer un message sous son propre identifiant, ou tous ceux qui ont été abandonnés"),
    ("webhook replay/message", "Le message ; sans lui, tous ceux qui ont été abandonnés"),
    ("webhook disable", "Ne plus prévenir une adresse"),
    ("webhook disable/name", "Comment on l'appelle"),
    ("help", HELP_OF),
];

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::{super::Cli, *};

    /// Calls `each` for a command and those in it, but for clap's own `help`.
    fn walk(command: &Command, path: &str, each: &mut dyn FnMut(&Command, &str)) {
        each(command, path);
        for inner in command.get_subcommands().filter(|c| c.get_name() != "help") {
            let path = format!("{path} {}", inner.get_name());
            walk(inner, path.trim_start(), each);
        }
    }

    fn built(lang: Lang) -> Command {
        let mut command = command(Cli::command(), lang);
        command.build();
        command
    }

    #[test]
    fn every_command_argument_and_value_has_its_french() {
        let mut used = vec!["help".to_owned(), "*/subcommand".to_owned()];
        walk(&built(Lang::En), "", &mut |command, path| {
            assert!(text(path).is_some(), "the command `{path}` has no French in TEXTS");
            used.push(path.to_owned());
            for arg in command.get_arguments() {
                let own = format!("{path}/{}", arg.get_id());
                let any = format!("*/{}", arg.get_id());
                let key = [own, any].into_iter().find(|key| text(key).is_some());
                used.push(key.unwrap_or_else(|| panic!("`{path}` {} has no French in TEXTS", arg.get_id())));
                if arg.get_action().takes_values() {
                    assert!(value_name(arg).is_some(), "`{path}` {} has no French in VALUES", arg.get_id());
                }
            }
        });
        let left: Vec<_> = TEXTS.iter().map(|(key, _)| *key).filter(|key| !used.iter().any(|u| u == key)).collect();
        assert!(left.is_empty(), "no command has {left:?}; remove them from TEXTS");
    }

    #[test]
    fn the_whole_help_is_french() {
        let told = |lang| {
            let mut pages = Vec::new();
            let mut command = built(lang);
            walk(&command.clone(), "", &mut |_, path| {
                let inner = path
                    .split(' ')
                    .filter(|w| !w.is_empty())
                    .fold(&mut command, |c, name| c.find_subcommand_mut(name).unwrap());
                pages.push(inner.render_long_help().to_string());
                pages.push(inner.render_help().to_string());
            });
            pages
        };
        for (fr, en) in told(Lang::Fr).into_iter().zip(told(Lang::En)) {
            // Names of options and their values stand alone on their lines, and are the same in both.
            let is_said = |l: &&str| l.trim().contains("  ") || !l.trim().starts_with(['-', '<', '[']);
            let english: Vec<&str> = en.lines().filter(|l| l.trim().contains(' ') && l.trim().len() > 14).collect();
            for line in fr.lines().filter(|l| !l.trim().is_empty()).filter(is_said) {
                assert!(!english.contains(&line), "`{line}` stands in both languages");
            }
            for word in [
                "Print",
                "[default:",
                "[env:",
                "Possible values",
                "[possible values",
                "Options:",
                "Usage:",
                "Commands:",
            ] {
                assert!(!fr.contains(word), "`{word}` is left in {fr}");
            }
            for plain in [" ;", " :", " ?", " !", "« ", " »"] {
                assert!(!fr.contains(plain), "a space that may break stands in: {fr}");
            }
        }
    }
}
