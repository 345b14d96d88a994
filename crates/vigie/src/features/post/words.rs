//! What the desk writes by itself, in French and English: acknowledgements, answers, notices, and the
//! reasons that pages give.

use jiff::{Timestamp, tz::TimeZone};
use vigie_contract::Label;
use vigie_links::mail::{Bounce, CaseNumber, Headers, Outcome};
use vigie_reports::format::{self, Lang};

/// The line above which people answer: what stands below it is ours.
pub(super) const ABOVE: &str = "--- Répondez au-dessus de cette ligne · Reply above this line ---";

/// The language that somebody's mail program says they read; none when it says nothing that we speak.
#[must_use]
pub(super) fn language(headers: &Headers) -> Option<Lang> {
    let tags = ["Content-Language", "Accept-Language"].into_iter().filter_map(|name| headers.get(name));
    tags.flat_map(|value| value.split([',', ';'])).find_map(|tag| {
        let tag = tag.trim().to_ascii_lowercase();
        let is = |code: &str| tag == code || tag.starts_with(&format!("{code}-"));
        if is("fr") {
            Some(Lang::Fr)
        } else if is("en") {
            Some(Lang::En)
        } else {
            None
        }
    })
}

/// A mail in words: its subject and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Said {
    /// The subject, to which the token of the case is added.
    pub subject: String,
    /// The text.
    pub text: String,
}

/// One text or two: in the reader's language when it is French; else in both, theirs first.
fn both(reader: Option<Lang>, text: impl Fn(Lang) -> String) -> String {
    match reader {
        Some(Lang::Fr) => text(Lang::Fr),
        Some(Lang::En) => format!("{}\n\n\n{}", text(Lang::En), text(Lang::Fr)),
        None => format!("{}\n\n\n{}", text(Lang::Fr), text(Lang::En)),
    }
}

/// An instant in a sentence, by the zone of the contract.
pub(super) fn moment(at: Timestamp, zone: &TimeZone, lang: Lang) -> String {
    let local = at.to_zoned(zone.clone());
    let (day, time) = (format::date_long(local.date(), lang), local.strftime("%H:%M:%S %Z"));
    match lang {
        Lang::Fr => format!("le {day} à {time}"),
        Lang::En => format!("on {day} at {time}"),
    }
}

/// What the author of a new case is told.
#[must_use]
pub(super) fn acknowledgement(
    number: &CaseNumber,
    title: &str,
    at: Timestamp,
    zone: &TimeZone,
    follows: Option<&CaseNumber>,
    reader: Option<Lang>,
) -> Said {
    let text = |lang: Lang| {
        let when = moment(at, zone, lang);
        match lang {
            Lang::Fr => {
                let after = follows.map_or_else(String::new, |old| {
                    format!("Le dossier {old} auquel vous répondez est clos : votre message ouvre ce nouveau dossier, qui lui est rattaché.\n\n")
                });
                format!(
                    "Bonjour,\n\nVotre demande est enregistrée sous le numéro {number}, {when}.\n\nObjet : {title}\n\n{after}\
                     Pour la compléter ou joindre un fichier, répondez à ce courriel : votre réponse rejoindra le dossier.\n\n\
                     Message envoyé automatiquement par le guichet."
                )
            }
            Lang::En => {
                let after = follows.map_or_else(String::new, |old| {
                    format!("Case {old}, which you answer, is closed: your message opens this new case, which is linked to it.\n\n")
                });
                format!(
                    "Hello,\n\nYour call is recorded under the number {number}, {when}.\n\nSubject: {title}\n\n{after}\
                     To add something or send a file, answer this mail: your answer will join the case.\n\n\
                     Sent automatically by the service desk."
                )
            }
        }
    };
    let subject = match reader {
        Some(Lang::En) => format!("Recorded: {title}"),
        _ => format!("Enregistré : {title}"),
    };
    Said { subject, text: format!("{ABOVE}\n\n{}\n", both(reader, text)) }
}

/// What the desk writes on a case, as a mail.
#[must_use]
pub(super) fn answer(number: &CaseNumber, title: &str, words: &str, left_out: &[String]) -> Said {
    let mut text = format!("{ABOVE}\n\n{words}\n");
    if !left_out.is_empty() {
        let names = left_out.join(", ");
        text.push_str(&format!(
            "\nFichiers trop grands pour un courriel, à lire dans le dossier / files too large for a mail, kept with the case: {names}\n"
        ));
    }
    text.push_str(&format!(
        "\n-- \nDossier {number} · répondez à ce courriel pour le compléter / answer this mail to add to it\n"
    ));
    Said { subject: format!("Re: {title}"), text }
}

/// That the service is declared restored and waits for the customer's word.
#[must_use]
pub(super) fn restored(
    number: &CaseNumber,
    title: &str,
    words: &str,
    at: Timestamp,
    zone: &TimeZone,
    reader: Option<Lang>,
) -> Said {
    let text = |lang: Lang| {
        let when = moment(at, zone, lang);
        match lang {
            Lang::Fr => format!(
                "Bonjour,\n\nLe dossier {number} est déclaré rétabli {when}.\n\nCe qui a été fait :\n{words}\n\n\
                 Merci de valider : tout fonctionne-t-il ? Répondez à ce courriel, ou validez dans l’application. \
                 Si ce n’est pas rétabli, dites-le : le délai continue alors de courir."
            ),
            Lang::En => format!(
                "Hello,\n\nCase {number} is declared restored {when}.\n\nWhat was done:\n{words}\n\n\
                 Please validate: does everything work? Answer this mail, or validate in the application. \
                 If it is not restored, say so: the delay then keeps running."
            ),
        }
    };
    let subject = match reader {
        Some(Lang::En) => format!("Restored, please validate: {title}"),
        _ => format!("Rétabli, à valider : {title}"),
    };
    Said { subject, text: format!("{ABOVE}\n\n{}\n", both(reader, text)) }
}

/// What a delivery report says, for the desk.
#[must_use]
pub(super) fn report(bounce: &Bounce) -> String {
    let mut text = "Courriel non remis / mail not delivered".to_owned();
    for failure in &bounce.failures {
        let outcome = match failure.outcome {
            Outcome::Permanent => "refusé / refused",
            Outcome::Temporary => "encore essayé / still tried",
        };
        let status = failure.status.as_deref().unwrap_or("-");
        text.push_str(&format!("\n{} : {outcome} ({status}) {}", failure.address, failure.said));
    }
    text
}

/// Why a mail is in no case, why an acknowledgement is held, or why a mail did not leave.
#[must_use]
pub(crate) fn reason(code: &str) -> Label {
    let (fr, en) = match code {
        "unreadable" => ("illisible : rien n’a pu en être tiré", "unreadable: nothing could be made of it"),
        "too_large" => ("trop grand : il est resté sur son serveur", "too large: it stayed on its server"),
        "no_author" => ("sans auteur : personne à qui répondre", "no author: nobody to answer"),
        "forged" => ("auteur falsifié, dit notre serveur (DMARC)", "forged author, says our server (DMARC)"),
        "not_a_party" => (
            "il répond à un dossier dont son auteur n’est pas partie",
            "it answers a case of which its author is not a party",
        ),
        "unknown_report" => {
            ("avis de non-remise d’un courriel inconnu ici", "report about a mail that is not known here")
        }
        "automatic" => ("réponse automatique", "automatic answer"),
        "own_mail" => ("un de nos courriels est revenu", "one of our own mails came back"),
        "too_often" => (
            "accusé retenu : cette adresse en a déjà reçu beaucoup",
            "held back: this address was acknowledged often already",
        ),
        "imported" => ("accusé retenu : courriel repris d’un fichier", "held back: the mail came from a file"),
        "auto_submitted" | "x_loop" | "suppressed" => {
            ("accusé retenu : le courriel vient d’un automate", "held back: a machine sent the mail")
        }
        "list" => ("accusé retenu : envoyé à une liste", "held back: sent to a list"),
        "no_return_path" => ("accusé retenu : adresse de retour vide", "held back: empty return path"),
        "mail_server" => ("accusé retenu : écrit par un serveur", "held back: written by a mail server"),
        "no_reply_address" => ("accusé retenu : personne ne lit à cette adresse", "held back: nobody reads there"),
        "own_address" => ("accusé retenu : adresse du guichet", "held back: the desk’s own address"),
        "no_address" => ("accusé retenu : pas d’adresse utilisable", "held back: no usable address"),
        "several_authors" => ("accusé retenu : plusieurs auteurs", "held back: several authors"),
        "bounce" => ("accusé retenu : avis de non-remise", "held back: a delivery report"),
        "refused" => ("refusé par le serveur", "refused by the server"),
        "given_up" => ("abandonné après cinq jours d’essais", "given up after five days of tries"),
        "unwritable" => ("n’a pas pu être écrit", "could not be written"),
        "unreached" => ("compte fermé ou sans adresse", "account closed, or without an address"),
        "erased" => ("son contenu a été effacé", "its content was erased"),
        other => (other, other),
    };
    Label { fr: fr.to_owned(), en: en.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vigie_links::mail::Mail;

    fn headers(text: &str) -> Headers {
        Mail::parse(format!("{text}From: a@b.fr\r\n\r\nx").as_bytes(), &|_| String::new()).unwrap().headers
    }

    #[test]
    fn the_reader_s_language_is_what_their_program_says() {
        for (header, expected) in [
            ("", None),
            ("Accept-Language: fr-FR, en-US\r\n", Some(Lang::Fr)),
            ("Content-Language: en-GB\r\nAccept-Language: fr\r\n", Some(Lang::En)),
            ("Accept-Language: de, en;q=0.5\r\n", Some(Lang::En)),
            ("Accept-Language: friulian\r\n", None),
        ] {
            assert_eq!(language(&headers(header)), expected, "{header}");
        }
    }

    #[test]
    fn an_acknowledgement_says_number_and_second_in_both_languages_unless_the_reader_reads_french() {
        let at = "2026-03-03T09:12:07Z".parse().unwrap();
        let zone = TimeZone::get("Europe/Paris").unwrap();
        let said = |reader| {
            let number = CaseNumber::new("VG-2026-000123").unwrap();
            acknowledgement(&number, "Panne", at, &zone, None, reader).text.replace('\u{a0}', " ")
        };
        let (fr, en) = ("le 3 mars 2026 à 10:12:07 CET", "on 3 March 2026 at 10:12:07 CET");
        let (default, french, english) = (said(None), said(Some(Lang::Fr)), said(Some(Lang::En)));
        assert!(default.contains(fr) && default.contains(en) && default.find(fr) < default.find(en), "{default}");
        assert!(french.contains(fr) && !french.contains(en));
        assert!(english.contains(fr) && english.find(en) < english.find(fr));
        assert!(default.starts_with(ABOVE) && default.contains("VG-2026-000123"));
    }
}
