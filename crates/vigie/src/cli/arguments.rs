//! What people typed: read, or refused in their language.
//!
//! The language has to be known before the arguments are read, since a refusal of them is told in it.

use std::{
    ffi::OsString,
    net::{IpAddr, SocketAddr},
    process::ExitCode,
    str::FromStr,
};

use clap::{
    CommandFactory as _, FromArgMatches as _, ValueEnum as _,
    error::{ContextKind, ContextValue, ErrorKind},
};
use jiff::civil::Date;
use vigie_reports::format::Lang;

use super::{Cli, Language, help};
use crate::said::{self, Said};

/// Reads what was typed, or tells what is wrong with it and gives the exit code; asked for help, shows it.
///
/// # Errors
/// The code with which the program ends.
pub(super) fn read(typed: impl IntoIterator<Item = OsString>) -> Result<Cli, ExitCode> {
    let typed: Vec<OsString> = typed.into_iter().collect();
    let lang = language(&typed, std::env::var("VIGIE_LANG").ok().as_deref());
    let mut command = help::command(Cli::command(), lang);
    let matches = command.try_get_matches_from_mut(typed);
    matches.and_then(|matches| Cli::from_arg_matches(&matches)).map_err(|error| {
        let code = error.exit_code();
        match (lang, in_french(&error, &mut command)) {
            (Lang::Fr, Some(text)) => eprint!("{text}"),
            // Whoever reads may go away.
            _ => drop(error.print()),
        }
        ExitCode::from(u8::try_from(code).unwrap_or(2))
    })
}

/// The language in which the reading itself speaks: the last `--lang` that can be read, else the environment's.
fn language(typed: &[OsString], environment: Option<&str>) -> Lang {
    let words = typed.iter().skip(1).map(|word| word.to_str().unwrap_or("")).take_while(|word| *word != "--");
    let mut given = None;
    let mut follows = false;
    for word in words {
        let value = if follows { Some(word) } else { word.strip_prefix("--lang=") };
        given = value.and_then(known).or(given);
        follows = !follows && word == "--lang";
    }
    given.or_else(|| environment.and_then(known)).unwrap_or_default()
}

fn known(text: &str) -> Option<Lang> {
    Language::from_str(text, false).ok().map(Lang::from)
}

/// A day, such as 2026-03-01.
pub(super) fn day(text: &str) -> Result<Date, Said> {
    typed(text, "écrire un jour comme 2026-03-01")
}

/// An address with its port.
pub(super) fn socket(text: &str) -> Result<SocketAddr, Said> {
    typed(text, "écrire une adresse et un port comme 127.0.0.1:8013")
}

/// An address.
pub(super) fn address(text: &str) -> Result<IpAddr, Said> {
    typed(text, "écrire une adresse comme 192.0.2.7")
}

fn typed<T: FromStr<Err: std::fmt::Display>>(text: &str, fr: &str) -> Result<T, Said> {
    text.parse().map_err(|error: T::Err| Said::new(fr, error.to_string()))
}

/// A refusal in French; none for help and the like, which are not refusals.
fn in_french(error: &clap::Error, command: &mut clap::Command) -> Option<String> {
    let one = |kind| error.get(kind).map(words).filter(|text| !text.is_empty());
    let argument = one(ContextKind::InvalidArg).unwrap_or_else(|| "…".to_owned());
    let value = one(ContextKind::InvalidValue).unwrap_or_default();
    let what = match error.kind() {
        ErrorKind::InvalidValue if value.is_empty() => format!("il faut une valeur à « {argument} »"),
        ErrorKind::InvalidValue => format!("valeur « {value} » refusée pour « {argument} »"),
        ErrorKind::UnknownArgument => format!("argument inattendu : « {argument} »"),
        ErrorKind::InvalidSubcommand => {
            format!("commande inconnue : « {} »", one(ContextKind::InvalidSubcommand).unwrap_or_default())
        }
        ErrorKind::NoEquals => format!("il faut un signe égal pour donner sa valeur à « {argument} »"),
        ErrorKind::ValueValidation => {
            let why = std::error::Error::source(error).map(|why| said::told(why, Lang::Fr)).unwrap_or_default();
            format!("valeur « {value} » refusée pour « {argument} » : {why}")
        }
        ErrorKind::TooManyValues => format!("valeur « {value} » de trop pour « {argument} »"),
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            format!("« {argument} » n'a pas le nombre de valeurs voulu")
        }
        ErrorKind::ArgumentConflict => match one(ContextKind::PriorArg) {
            Some(prior) if prior != argument => format!("« {argument} » ne va pas avec « {prior} »"),
            _ => format!("« {argument} » ne se donne qu'une fois"),
        },
        ErrorKind::MissingRequiredArgument => format!("il manque : {argument}"),
        ErrorKind::MissingSubcommand => "il manque une commande".to_owned(),
        ErrorKind::InvalidUtf8 => "un argument n'est pas du texte UTF-8".to_owned(),
        _ => return None,
    };
    let mut text = format!("erreur : {what}\n");
    let hints = [
        (ContextKind::ValidValue, "valeurs possibles"),
        (ContextKind::ValidSubcommand, "commandes possibles"),
        (ContextKind::SuggestedArg, "proche"),
        (ContextKind::SuggestedSubcommand, "proche"),
        (ContextKind::SuggestedValue, "proche"),
    ];
    for (kind, name) in hints {
        if let Some(found) = one(kind) {
            text.push_str(&format!("  [{name} : {found}]\n"));
        }
    }
    if let Some(usage) = error.get(ContextKind::Usage).map(words) {
        text.push_str(&format!("\n{}\n", usage.replacen("Usage:", "Usage :", 1)));
    } else {
        text.push_str(&format!("\n{}\n", command.render_usage().to_string().replacen("Usage:", "Usage :", 1)));
    }
    text.push_str("\nPour en savoir plus, demander « --help ».\n");
    Some(text)
}

fn words(value: &ContextValue) -> String {
    match value {
        ContextValue::Strings(many) => many.join(", "),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_known_before_the_arguments_are_read() {
        let check = |typed: &[&str], environment: Option<&str>, expected| {
            let typed: Vec<OsString> = ["vigie"].iter().chain(typed).map(OsString::from).collect();
            assert_eq!(language(&typed, environment), expected, "{typed:?} {environment:?}");
        };
        check(&[], None, Lang::Fr);
        check(&[], Some("en"), Lang::En);
        check(&[], Some("de"), Lang::Fr);
        check(&["--lang", "en", "judge"], None, Lang::En);
        check(&["judge", "--lang=en"], Some("fr"), Lang::En);
        check(&["judge", "--lang", "de"], Some("en"), Lang::En);
        check(&["judge", "--lang"], None, Lang::Fr);
        check(&["judge", "--lang", "--lang", "en"], None, Lang::Fr);
        check(&["clock", "--", "--lang=en"], None, Lang::Fr);
    }

    #[test]
    fn every_refusal_of_arguments_is_told_in_french() {
        let check = |typed: &[&str], told: &str| {
            let mut command = help::command(Cli::command(), Lang::Fr);
            let typed = ["vigie"].iter().chain(typed);
            let error = command.try_get_matches_from_mut(typed).unwrap_err();
            let said = in_french(&error, &mut command).unwrap();
            assert!(said.contains(told), "{told} is not in {said}");
            for english in ["error", "Usage: ", "try '", " the ", "possible values", "[COMMAND]", "<FILE>"] {
                assert!(!said.contains(english), "{english} is left in {said}");
            }
            assert_eq!(error.exit_code(), 2);
        };
        check(&["judge", "2016-13"], "valeur « 2016-13 » refusée pour « [MOIS] » : `2016-13` n'est pas un mois");
        check(&["judge", "--format", "xml"], "valeur « xml » refusée pour « --format <FORMAT> »");
        check(&["judge", "--format", "xml"], "[valeurs possibles : table, json]");
        check(&["judge", "--format"], "il faut une valeur à « --format <FORMAT> »");
        check(&["judge", "--key", "x"], "il manque : --from <EXPORT>");
        check(&["jugde"], "commande inconnue : « jugde »");
        check(&["judge", "--pdff", "x"], "argument inattendu : « --pdff »");
        check(&["judge", "--pdff", "x"], "[proche : --pdf]");
        check(&["import", "incidents", "log.csv"], "il manque : --mapping <CORRESPONDANCE>");
        check(&["judge", "--pdf", "a", "--pdf", "b"], "« --pdf <FICHIER> » ne se donne qu'une fois");
        check(&["contract", "show", "dir", "--at", "demain"], "écrire un jour comme 2026-03-01");
        check(&["serve", "--listen", "here"], "écrire une adresse et un port comme 127.0.0.1:8013");
        check(&["serve", "--trusted-proxy", "here"], "écrire une adresse comme 192.0.2.7");
        check(&["clock", "A-1", "--at", "demain"], "écrire 2026-10-15T10:00 pour l'heure du contrat");
        check(&["erase", "ab", "--subject", "case/1", "--reason", "x"], "ce ne sont pas 64 chiffres hexadécimaux");
        check(&["judge", "2016-01", "2016-02"], "argument inattendu : « 2016-02 »");
    }
}
