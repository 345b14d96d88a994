//! The values of a contract in words, in both languages.

use super::Language;
use crate::{
    model::{
        CalendarRule, CalendarSource, ClockRule, Comparison, Condition, Coverage, DelayKind, DeskDirect, Direction,
        DoubleEntry, Due, EventPattern, Holidays, InfraKind, OverrideRule, Party, PriorityBinding, RefusedRestoration,
        Shift, SiteClass, Source, StopEvent, TargetRule, Trigger,
    },
    quantity::{Delay, DelayUnit},
};

/// A delay, such as `5 jours ouvrés`.
#[must_use]
pub fn delay(delay: Delay, lang: Language) -> String {
    if lang == Language::En {
        return delay.to_string();
    }
    let plural = if delay.amount > 1 { "s" } else { "" };
    let n = delay.amount;
    match delay.unit {
        DelayUnit::Minute => format!("{n} min"),
        DelayUnit::Hour => format!("{n} h"),
        DelayUnit::WorkingDay => format!("{n} jour{plural} ouvré{plural}"),
        DelayUnit::Day => format!("{n} jour{plural}"),
        DelayUnit::Week => format!("{n} semaine{plural}"),
        DelayUnit::Month => format!("{n} mois"),
        DelayUnit::Year => format!("{n} an{plural}"),
    }
}

pub(super) fn optional(value: Option<Delay>, lang: Language) -> String {
    value.map_or_else(|| lang.pick("non donné", "not given").to_owned(), |d| delay(d, lang))
}

pub(super) fn comparison(comparison: Comparison, lang: Language) -> &'static str {
    match comparison {
        Comparison::Strict => lang.pick("strict", "strict"),
        Comparison::Inclusive => lang.pick("inclus", "inclusive"),
    }
}

pub(super) fn infra(infra: InfraKind, lang: Language) -> &'static str {
    match infra {
        InfraKind::NetworkToip => lang.pick("réseaux et ToIP", "network and ToIP"),
        InfraKind::Other => lang.pick("autre infrastructure", "other infrastructure"),
    }
}

pub(super) fn coverage(coverage: Coverage, lang: Language) -> &'static str {
    match coverage {
        Coverage::Full => lang.pick("couverture totale", "full coverage"),
        Coverage::Partial => lang.pick("couverture partielle", "partial coverage"),
        Coverage::Excluded => lang.pick("exclu", "excluded"),
    }
}

pub(super) fn site_class(class: SiteClass, lang: Language) -> &'static str {
    match class {
        SiteClass::Central => lang.pick("site central", "central site"),
        SiteClass::Critical => lang.pick("site critique", "critical site"),
        SiteClass::Standard => lang.pick("site standard", "standard site"),
    }
}

pub(super) fn delay_kind(kind: DelayKind, lang: Language) -> &'static str {
    match kind {
        DelayKind::TakeIn => "GTI",
        DelayKind::Restoration => "GTR",
        DelayKind::InformationCustomer => lang.pick("information du client", "notice to the customer"),
        DelayKind::InformationTaskforce => lang.pick("suivi à la taskforce", "follow-up to the taskforce"),
        DelayKind::InformationUsers => lang.pick("communication aux utilisateurs", "message to users"),
        DelayKind::EscalationFunctional => lang.pick("escalade fonctionnelle", "functional escalation"),
        DelayKind::EscalationHierarchical => lang.pick("escalade hiérarchique", "hierarchical escalation"),
    }
}

/// A condition of a criterion, such as `plus de 200 utilisateurs`.
#[must_use]
pub fn condition(condition: Condition, lang: Language) -> String {
    let text = match condition {
        Condition::Cercle0 => lang.pick("service du Cercle 0", "service of Cercle 0"),
        Condition::StandardService => lang.pick("service hors Cercle 0", "service outside Cercle 0"),
        Condition::CriticalSite => lang.pick("site critique", "critical site"),
        Condition::StandardSite => lang.pick("site non critique", "site not critical"),
        Condition::SensitivePeriod => lang.pick("période sensible", "sensitive period"),
        Condition::Vip => lang.pick("demandeur VIP", "VIP requester"),
        Condition::Vvip => lang.pick("demandeur VVIP", "VVIP requester"),
        Condition::StandardUser => lang.pick("demandeur ni VIP ni VVIP", "requester neither VIP nor VVIP"),
        Condition::TotalOutage => lang.pick("rupture totale", "total break"),
        Condition::Degraded => lang.pick("fonctionnement dégradé", "degraded operation"),
        Condition::Slow => lang.pick("lenteurs", "slowness"),
        Condition::RecurrentCuts => lang.pick("coupures récurrentes", "recurrent cuts"),
        Condition::OutsideUsers => lang.pick("usagers externes touchés", "outside users hit"),
        Condition::BackupMode => lang.pick("mode secouru ou contourné", "backup or workaround mode"),
        Condition::UnacceptableRisk => lang.pick("risque inacceptable", "unacceptable risk"),
        Condition::AcceptableConditions => {
            lang.pick("conditions déclarées acceptables (RA ou RE)", "conditions stated acceptable (RA or RE)")
        }
        Condition::ConditionsNotAccepted => {
            lang.pick("conditions non déclarées acceptables", "conditions not stated acceptable")
        }
        Condition::UsersAbove(n) => {
            return match lang {
                Language::Fr => format!("plus de {n} utilisateurs"),
                Language::En => format!("more than {n} users"),
            };
        }
        Condition::UsersAtMost(n) => {
            return match lang {
                Language::Fr => format!("{n} utilisateurs au plus"),
                Language::En => format!("at most {n} users"),
            };
        }
        Condition::CallersPerHourAbove(n) => {
            return match lang {
                Language::Fr => format!("plus de {n} appelants par heure"),
                Language::En => format!("more than {n} callers an hour"),
            };
        }
    };
    text.to_owned()
}

/// The conditions of a criterion: alternatives, and what must hold together in each.
pub(super) fn when(alternatives: &[Vec<Condition>], lang: Language) -> String {
    let all = |list: &Vec<Condition>| {
        list.iter().map(|c| condition(*c, lang)).collect::<Vec<_>>().join(lang.pick(" et ", " and "))
    };
    alternatives.iter().map(all).collect::<Vec<_>>().join(lang.pick(" ; ou ", "; or "))
}

pub(super) fn override_rule(rule: OverrideRule, lang: Language) -> &'static str {
    match rule {
        OverrideRule::Strictest => lang.pick("le plus court engage", "the shorter binds"),
        OverrideRule::TotalOutageOnly => lang.pick("impact 1 seulement", "impact 1 only"),
    }
}

pub(super) fn party(party: Party, lang: Language) -> &'static str {
    match party {
        Party::Provider => lang.pick("titulaire", "provider"),
        Party::Customer => lang.pick("client", "customer"),
        Party::ThirdParty => lang.pick("tiers", "third party"),
    }
}

pub(super) fn source(source: Source, lang: Language) -> &'static str {
    match source {
        Source::Ezv => lang.pick("dossier EZV", "EZV record"),
        Source::Alert => lang.pick("alerte", "alert"),
        Source::DailyTest => lang.pick("test journalier en échec", "failed daily test"),
        Source::InformationEmitted => lang.pick("information émise", "information emitted"),
        Source::InformationReceived => lang.pick("information reçue", "information received"),
        Source::Desk => lang.pick("guichet unique", "single point of contact"),
    }
}

pub(super) fn desk_direct(rule: DeskDirect, lang: Language) -> &'static str {
    match rule {
        DeskDirect::DeskTime => lang.pick("ouvert au guichet : heure du guichet", "opened at the desk: desk time"),
        DeskDirect::EarliestOfAll => {
            lang.pick("ouvert au guichet : le plus ancien", "opened at the desk: earliest of all")
        }
    }
}

pub(super) fn double_entry(rule: DoubleEntry, lang: Language) -> &'static str {
    match rule {
        DoubleEntry::Ezv => lang.pick("double saisie : le guichet est écarté", "double entry: the desk is set aside"),
        DoubleEntry::EzvOnly => lang.pick("double saisie : EZV seul", "double entry: EZV alone"),
    }
}

pub(super) fn binding(rule: PriorityBinding, lang: Language) -> &'static str {
    match rule {
        PriorityBinding::KeepOwed => {
            lang.pick("la dernière engage, le dû reste dû", "the latest binds, what is owed stays owed")
        }
        PriorityBinding::Strictest => lang.pick("la plus stricte engage", "the strictest binds"),
        PriorityBinding::AtStart => lang.pick("la première engage", "the first binds"),
        PriorityBinding::Latest => lang.pick("la dernière engage", "the latest binds"),
    }
}

pub(super) fn refused(rule: RefusedRestoration, lang: Language) -> &'static str {
    match rule {
        RefusedRestoration::Void => lang.pick("refusé : nul, le temps continue", "refused: void, time goes on"),
        RefusedRestoration::ExcludeValidation => lang.pick(
            "refusé : le temps de réponse du client est exclu",
            "refused: the customer's time to answer is left out",
        ),
    }
}

fn stop(stop: StopEvent, lang: Language) -> &'static str {
    match stop {
        StopEvent::TakenIn => lang.pick("prise en charge", "take-in"),
        StopEvent::Restored => lang.pick("rétablissement", "restoration"),
        StopEvent::InformedCustomer => lang.pick("information du client", "notice to the customer"),
        StopEvent::InformedTaskforce => lang.pick("suivi à la taskforce", "follow-up to the taskforce"),
        StopEvent::InformedUsers => lang.pick("message aux utilisateurs", "message to users"),
        StopEvent::OwnerNamed => lang.pick("porteur désigné", "owner named"),
        StopEvent::ProposalAndImpactDelivered => {
            lang.pick("proposition et impact remis", "proposal and impact handed over")
        }
    }
}

pub(super) fn clock(clock: &ClockRule, lang: Language) -> String {
    let target = match &clock.target {
        TargetRule::PriorityDelay(kind) => {
            format!("{} {}", delay_kind(*kind, lang), lang.pick("de la priorité", "of the priority"))
        }
        TargetRule::Fixed(value) => delay(*value, lang),
        TargetRule::Catalogue => lang.pick("GTR du type de demande", "GTR of the request type").to_owned(),
        TargetRule::Agreed => lang.pick("délai convenu", "agreed delay").to_owned(),
        TargetRule::ByPriority(values) if values.is_empty() => {
            lang.pick("délai par priorité, non donné", "delay by priority, not given").to_owned()
        }
        TargetRule::ByPriority(values) => {
            values.iter().map(|(p, d)| format!("{p} {}", delay(*d, lang))).collect::<Vec<_>>().join(", ")
        }
    };
    let calendar = match &clock.calendar {
        CalendarSource::Treatment => lang.pick("période de traitement", "treatment window"),
        CalendarSource::TakeIn => lang.pick("période de prise en compte", "take-in window"),
        CalendarSource::Fixed(id) => &id.0,
    };
    let mut parts = vec![target, calendar.to_owned(), comparison(clock.comparison, lang).to_owned()];
    parts.push(format!("{} {}", lang.pick("arrêt :", "stops at:"), stop(clock.stop, lang)));
    parts.push(
        if clock.suspends {
            lang.pick("suspensible", "may be suspended")
        } else {
            lang.pick("jamais suspendu", "never suspended")
        }
        .into(),
    );
    if clock.major_only {
        parts.push(lang.pick("majeurs seulement", "major only").into());
    }
    parts.join(lang.pick(" ; ", "; "))
}

/// The week of a calendar, days of the same hours together.
pub(super) fn calendar(rule: &CalendarRule, lang: Language) -> String {
    let w = &rule.weekly;
    let names = match lang {
        Language::Fr => ["lun", "mar", "mer", "jeu", "ven", "sam", "dim"],
        Language::En => ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
    };
    let days = [&w.mon, &w.tue, &w.wed, &w.thu, &w.fri, &w.sat, &w.sun];
    let mut groups: Vec<(&str, &str, String)> = Vec::new();
    for (name, windows) in names.into_iter().zip(days) {
        let hours = windows.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        match groups.last_mut() {
            Some((_, last, same)) if *same == hours => *last = name,
            _ => groups.push((name, name, hours)),
        }
    }
    let week = groups
        .iter()
        .filter(|(.., hours)| !hours.is_empty())
        .map(
            |(first, last, hours)| {
                if first == last { format!("{first} {hours}") } else { format!("{first}-{last} {hours}") }
            },
        )
        .collect::<Vec<_>>()
        .join(", ");
    let holidays = match rule.holidays {
        Holidays::None => lang.pick("ouvert les jours fériés", "open on public holidays"),
        Holidays::FrenchMetropole => {
            lang.pick("fermé les jours fériés (métropole)", "closed on French public holidays")
        }
        Holidays::FrenchAlsaceMoselle => {
            lang.pick("fermé les jours fériés (Alsace-Moselle)", "closed on public holidays of Alsace-Moselle")
        }
    };
    let exceptions = match rule.exceptions.len() {
        0 => String::new(),
        n => format!(", {n} {}", lang.pick("jours exceptionnels", "exceptional days")),
    };
    format!("{week}, {holidays}{exceptions}")
}

pub(super) fn pattern(pattern: &EventPattern) -> String {
    let with = pattern.with.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>();
    if with.is_empty() { pattern.kind.clone() } else { format!("{} ({})", pattern.kind, with.join(", ")) }
}

pub(super) fn trigger(trigger: &Trigger) -> String {
    match trigger {
        Trigger::Recurrence(rule) => rule.clone(),
        Trigger::Event(event) => pattern(event),
    }
}

pub(super) fn due(due: &Due, lang: Language) -> String {
    if let Some(key) = &due.missing {
        return format!("{} ({key})", lang.pick("non donné", "not given"));
    }
    let mut parts = Vec::new();
    if due.agreed {
        parts.push(lang.pick("date convenue", "agreed date").to_owned());
    }
    if let Some(offset) = due.offset {
        let side = match due.direction {
            Direction::After => lang.pick("après", "after"),
            Direction::Before => lang.pick("avant", "before"),
        };
        parts.push(format!("{} {side}", delay(offset, lang)));
    }
    if let Some(time) = due.time {
        parts.push(format!("{} {}", lang.pick("à", "at"), time.strftime("%H:%M")));
    }
    if parts.is_empty() {
        parts.push(lang.pick("le jour même", "that day").to_owned());
    }
    parts.push(due.calendar.to_string());
    parts.push(comparison(due.comparison, lang).to_owned());
    match due.shift {
        Shift::None => {}
        Shift::PreviousWorkingDay => {
            parts.push(lang.pick("avancé au jour ouvré", "moved to the working day before").into());
        }
        Shift::NextWorkingDay => {
            parts.push(lang.pick("reporté au jour ouvré", "moved to the working day after").into());
        }
        Shift::Skip => parts.push(lang.pick("jours ouvrés seulement", "working days only").into()),
    }
    parts.join(", ")
}
