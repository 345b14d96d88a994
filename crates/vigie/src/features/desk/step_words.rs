//! The words for the steps of requests, changes and problems, and for why one may not follow.

use jiff::tz::TimeZone;
use vigie_contract::{Authority, Contract, Label, Rule};
use vigie_reports::format;
use vigie_rules::{
    change::Lack,
    desk::{Act, Before, Refusal, Unfit},
    sitting::Refused,
};

fn label(fr: &str, en: &str) -> Label {
    Label { fr: fr.to_owned(), en: en.to_owned() }
}

/// A step, as a button says it.
pub(super) fn act(act: Act) -> Label {
    match act {
        Act::Approve => label("approuver", "approve"),
        Act::RefuseApproval => label("refuser l'approbation", "refuse the approval"),
        Act::Assess => label("évaluer", "assess"),
        Act::WriteSection => label("écrire l'étude", "write the study"),
        Act::ValidateStudy => label("valider l'étude", "validate the study"),
        Act::RefuseStudy => label("refuser l'étude", "refuse the study"),
        Act::GiveOpinion => label("donner un avis", "give an opinion"),
        Act::Table => label("inscrire à l'ordre du jour", "put on the agenda"),
        Act::Vote => label("voter", "vote"),
        Act::Decide => label("décider", "decide"),
        Act::Plan => label("planifier", "plan"),
        Act::Begin => label("commencer l'exécution", "begin the execution"),
        Act::BackOut => label("revenir en arrière", "back out"),
        Act::Review => label("faire la revue", "review"),
        Act::ReachStage => label("franchir une étape", "reach a stage"),
        Act::Agree => label("convenir d'une date", "agree on a date"),
        Act::Deliver => label("remettre un document", "hand a document over"),
        Act::AddTask => label("ajouter une tâche", "add a task"),
        Act::ChangeTask => label("modifier la tâche", "change the task"),
        Act::FinishTask => label("terminer la tâche", "finish the task"),
        Act::ReopenTask => label("reprendre la tâche", "take the task up again"),
        Act::DropTask => label("abandonner la tâche", "drop the task"),
        Act::Follow => label("suivre", "follow"),
        Act::Unfollow => label("ne plus suivre", "no longer follow"),
        Act::SpendTime => label("noter du temps", "note time"),
        Act::Merge => label("fusionner", "merge"),
        Act::Separate => label("séparer", "separate"),
        Act::Unlink => label("retirer le lien", "take the link away"),
        Act::Hand => label("saisir un tiers", "ask a third party"),
        Act::HearThird => label("noter la réponse du tiers", "note the third party's answer"),
        Act::Remind => label("relancer le tiers", "remind the third party"),
        Act::ThirdSolves => label("noter que le tiers a résolu", "note that the third party solved it"),
        other => label(other.verb(), other.verb()),
    }
}

/// Who authorises.
pub(super) fn authority(authority: Authority) -> Label {
    match authority {
        Authority::PreAuthorised => label("préautorisé", "pre-authorised"),
        Authority::Process => label("niveau du processus", "process level"),
        Authority::Cab => label("CAB", "CAB"),
        Authority::Ecab => label("ECAB", "ECAB"),
    }
}

/// What a change lacks.
pub(super) fn lack(contract: Option<&Contract>, lack: &Lack) -> Label {
    let both = |fr: &str, en: &str, of: &Label| Label { fr: format!("{fr}{}", of.fr), en: format!("{en}{}", of.en) };
    let changes = contract.map(|c| &c.changes);
    match lack {
        Lack::Kind => label("son type", "its type"),
        Lack::Risk => label("son niveau de risque", "its level of risk"),
        Lack::UrgentCriteria => label("un critère d'urgence", "a criterion of urgency"),
        Lack::Validation => {
            label("la validation de l'étude par le bénéficiaire", "the customer's validation of the study")
        }
        Lack::Section(id) => {
            let found = changes.and_then(|c| c.sections.iter().find(|s| s.id == *id));
            both("étude : ", "study: ", &named(found, id))
        }
        Lack::Opinion(id) => {
            let found = changes.and_then(|c| c.colleges.iter().find(|s| s.id == *id));
            both("avis : ", "opinion: ", &named(found, &id.0))
        }
        Lack::Decision(by) => both("décision : ", "decision: ", &authority(*by)),
    }
}

/// The contract's label of a rule, else its name.
fn named<R: Rule>(rule: Option<&R>, id: &str) -> Label {
    rule.map_or_else(|| label(id, id), |r| r.label().clone())
}

/// Why a step may not follow; `act` says an act as a button does.
pub(super) fn refusal(contract: Option<&Contract>, refusal: &Refusal, act: impl Fn(Act) -> Label) -> Label {
    let list = |labels: Vec<Label>| Label {
        fr: labels.iter().map(|l| l.fr.as_str()).collect::<Vec<_>>().join(" ; "),
        en: labels.iter().map(|l| l.en.as_str()).collect::<Vec<_>>().join("; "),
    };
    let said = |of: Act, fr: &str, en: &str| {
        let act = act(of);
        Label { fr: format!("« {} » {fr}", act.fr), en: format!("\"{}\" {en}", act.en) }
    };
    match refusal {
        Refusal::Role { act, roles } => {
            let roles =
                roles.iter().map(|id| named(contract.and_then(|c| c.roles.iter().find(|r| r.id == *id)), &id.0));
            let roles = list(roles.collect());
            said(*act, &format!("revient à : {}.", roles.fr), &format!("is for: {}.", roles.en))
        }
        Refusal::Needless { act } => {
            said(*act, "n'est pas demandé ici par le contrat.", "is not asked for here by the contract.")
        }
        Refusal::Unknown { what } => Label {
            fr: format!("Le contrat ne connaît pas cette valeur de « {what} »."),
            en: format!("The contract knows no such \"{what}\"."),
        },
        Refusal::Before { act, before } => {
            let (fr, en) = comes_first(*before);
            said(*act, fr, en)
        }
        Refusal::Lacks { act, lacks } => {
            let lacks = list(lacks.iter().map(|l| lack(contract, l)).collect());
            said(
                *act,
                &format!("n'est pas possible ; il manque : {}.", lacks.fr),
                &format!("is not possible; missing: {}.", lacks.en),
            )
        }
        Refusal::Stages { stages } => {
            let stages = stages.iter().map(|id| {
                let found = contract.and_then(|c| c.changes.stages.iter().find(|s| s.id == *id));
                named(found, &id.0)
            });
            let stages = list(stages.collect());
            Label {
                fr: format!("Un problème ne se clôt pas avant ces étapes : {}.", stages.fr),
                en: format!("A problem is not closed before these stages: {}.", stages.en),
            }
        }
        Refusal::Notice { earliest } => {
            let zone = contract.and_then(|c| TimeZone::get(&c.frame.zone).ok()).unwrap_or(TimeZone::UTC);
            let at = format::instant(*earliest, &zone);
            Label {
                fr: format!("Le délai de prévenance ne permet pas de commencer avant le {at}."),
                en: format!("The notice period does not allow it to begin before {at}."),
            }
        }
        Refusal::Window => label("La fin précède le début.", "The end comes before the beginning."),
        Refusal::Task(n) => Label {
            fr: format!("Aucune tâche {n} n'est dans cet état pour votre partie."),
            en: format!("No task {n} stands so for your side."),
        },
        Refusal::NotOneself => label("On ne suit un dossier que pour soi.", "One follows a case for oneself only."),
        Refusal::Minutes(_) => label(
            "Écrire de 1 à 1440 minutes ; 0 seulement pour retirer un temps.",
            "Write 1 to 1440 minutes; 0 only to take a time back.",
        ),
        Refusal::Time(n) => Label {
            fr: format!("Le temps {n} n'existe pas, ou a déjà été corrigé."),
            en: format!("There is no time {n}, or it was corrected already."),
        },
        Refusal::Merge { number, why } => merge(number, *why),
        Refusal::Mention { account, other_side: true } => Label {
            fr: format!(
                "{account} est de l'autre partie et ne lira pas cette note interne. Retirer la mention, ou répondre \
                 pour les deux parties."
            ),
            en: format!(
                "{account} is of the other side and will not read this internal note. Take the mention away, or \
                 answer for both sides."
            ),
        },
        Refusal::Mention { account, other_side: false } => Label {
            fr: format!("{account} n'a pas le droit de lire les dossiers : retirer la mention."),
            en: format!("{account} may not read cases: take the mention away."),
        },
        other => label(&other.to_string(), &other.to_string()),
    }
}

/// Why one case cannot go on in another.
fn merge(number: &str, why: Unfit) -> Label {
    let (fr, en) = match why {
        Unfit::Same => ("c'est le même dossier", "it is the same case"),
        Unfit::Class => ("il n'est pas du même type", "it is of another kind"),
        Unfit::Over => ("il est terminé ou lui-même fusionné", "it is over, or merged itself"),
        Unfit::Outranked => (
            "il est moins prioritaire, et ce qui est dû ici ne le serait plus ; le requalifier d'abord",
            "it presses less, and what is owed here would be owed no longer; classify it first",
        ),
        Unfit::Holds => (
            "ce dossier en a lui-même absorbé, à séparer d'abord ; ou fusionner dans l'autre sens",
            "other cases go on in this one, to be separated first; or merge the other way round",
        ),
    };
    Label {
        fr: format!("Fusion avec {number} impossible : {fr}."),
        en: format!("Merging with {number} is not possible: {en}."),
    }
}

fn comes_first(before: Before) -> (&'static str, &'static str) {
    match before {
        Before::Approval => ("attend l'approbation de la demande.", "waits for the request's approval."),
        Before::Study => ("attend que l'étude soit écrite.", "waits for the study to be written."),
        Before::Agenda => (
            "attend l'inscription du changement à l'ordre du jour de la séance.",
            "waits for the change to be on the agenda of the session.",
        ),
        Before::Session => {
            ("demande une séance convoquée et non close.", "needs a session that was called and is not over.")
        }
        Before::Attendance => (
            "revient à qui participe à la séance, en son propre nom.",
            "is for those who attend the session, in their own name.",
        ),
        Before::Vote => ("attend au moins un vote.", "waits for one vote at least."),
        Before::Plan => ("attend que le changement soit planifié.", "waits for the change to be planned."),
        Before::Begin => ("attend que l'exécution ait commencé.", "waits for the execution to begin."),
        Before::Third => {
            ("demande un tiers saisi, et qui n'a pas résolu.", "needs a third party that was asked and has not solved.")
        }
        Before::Review => ("attend la revue du changement.", "waits for the review of the change."),
    }
}

/// Why nothing was done to a session.
pub(super) fn session(refused: Refused) -> Label {
    match refused {
        Refused::Committee => {
            label("Ce comité n'autorise pas de changements.", "This committee authorises no changes.")
        }
        Refused::Over => label("La séance est close.", "The session is over."),
        Refused::Attends => label("Ce compte participe déjà à la séance.", "This account attends the session already."),
        Refused::Nobody => label("Personne ne participe à la séance.", "Nobody attends the session."),
        Refused::Unknown => label("Aucune séance de ce nom n'a été convoquée.", "No session of that name was called."),
    }
}
