//! Every rule of a contract as a line.

use super::{Language, RuleLine, Section, desk, words};
use crate::model::{Catalogue, Clocks, Contract, Obligation, Priorities};

pub(super) fn sections(c: &Contract, lang: Language) -> Vec<Section> {
    let mut all = vec![calendars(c, lang)];
    all.extend(perimeter(c, lang));
    all.extend(priorities(&c.priorities, lang));
    all.extend(clocks(&c.clocks, lang));
    all.extend(catalogue(&c.catalogue, lang));
    all.push(indicators(c, lang));
    all.push(section(
        lang,
        "Échéances",
        "Obligations",
        "obligations.toml",
        c.obligations.iter().map(|o| obligation(o, lang)),
    ));
    all.push(committees(c, lang));
    all.push(roles(c, lang));
    all.extend(desk::teams(&c.teams, lang));
    all.extend(desk::changes(&c.changes, lang));
    all.push(desk::escalations(&c.escalations, lang));
    all.push(desk::satisfaction(&c.satisfaction, lang));
    all
}

pub(super) fn section(
    lang: Language,
    fr: &str,
    en: &str,
    file: &'static str,
    rules: impl Iterator<Item = RuleLine>,
) -> Section {
    Section { title: lang.pick(fr, en).to_owned(), file, rules: rules.collect() }
}

/// Parts of a value with the separator of the language.
pub(super) fn list(parts: &[&str], lang: Language) -> String {
    parts.iter().copied().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(lang.pick(" ; ", "; "))
}

fn calendars(c: &Contract, lang: Language) -> Section {
    let rules = c.calendars.iter().map(|r| RuleLine::new(r, &r.id, words::calendar(r, lang), lang));
    section(lang, "Calendriers", "Calendars", "calendars.toml", rules)
}

fn perimeter(c: &Contract, lang: Language) -> [Section; 2] {
    let services = c.perimeter.services.iter().map(|r| {
        let circle = if r.cercle0 { "Cercle 0" } else { "" };
        let open = if r.always_open { lang.pick("ouvert 24 h/24", "open 24 hours a day") } else { "" };
        let value = list(&[words::infra(r.infra, lang), words::coverage(r.coverage, lang), circle, open], lang);
        RuleLine::new(r, &r.id, value, lang)
    });
    let sites = c.perimeter.sites.iter().map(|r| {
        let value = list(&[words::site_class(r.class, lang), &r.aliases.join(", ")], lang);
        RuleLine::new(r, &r.id, value, lang)
    });
    [
        section(lang, "Services", "Services", "perimeter.toml", services),
        section(lang, "Sites", "Sites", "perimeter.toml", sites),
    ]
}

fn priorities(p: &Priorities, lang: Language) -> [Section; 6] {
    let file = "priorities.toml";
    let cells = p.cells.iter().map(|r| RuleLine::new(r, &"", r.priority.to_string(), lang));
    let delays = p.delays.iter().map(|r| {
        let infra = r.infra.map_or("", |i| words::infra(i, lang));
        let penal = r
            .penal_threshold
            .map(|d| format!("{} {}", lang.pick("pénalisé au-delà de", "costs beyond"), words::delay(d, lang)));
        let value = list(&[&words::delay(r.value, lang), infra, penal.as_deref().unwrap_or("")], lang);
        RuleLine::new(r, &format!("{} {}", r.priority, words::delay_kind(r.kind, lang)), value, lang)
    });
    let windows = p.windows.iter().map(|r| {
        let value = format!(
            "{} {}, {} {}",
            lang.pick("prise en compte", "take-in"),
            r.take_in,
            lang.pick("traitement", "treatment"),
            r.treatment
        );
        RuleLine::new(r, &r.priority, value, lang)
    });
    let overrides = p.overrides.iter().map(|r| {
        let value = list(
            &[&words::delay(r.value, lang), words::comparison(r.comparison, lang), words::override_rule(r.rule, lang)],
            lang,
        );
        RuleLine::new(r, &words::delay_kind(r.kind, lang), value, lang)
    });
    let criteria = p.criteria.iter().map(|r| {
        let urgency = r.urgency.map(|u| format!("{u:?}"));
        let impact = r.impact.map(|i| format!("impact {}", u8::from(i)));
        let gives = urgency.or(impact).unwrap_or_default();
        RuleLine::new(r, &r.id, list(&[&gives, &words::when(&r.when, lang)], lang), lang)
    });
    let names = |list: &[crate::model::Priority]| list.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let follow_up =
        p.major.follow_up.iter().map(|(p, d)| format!("{p} {}", words::delay(*d, lang))).collect::<Vec<_>>().join(", ");
    let major = format!(
        "{} {}, {} {}, {} {}, {} {follow_up}",
        lang.pick("d'office", "at once"),
        names(&p.major.auto),
        lang.pick("sur décision", "by decision"),
        names(&p.major.by_decision),
        lang.pick("incident technique au moins", "technical incident at least"),
        p.major
            .technical_floor
            .map_or_else(|| lang.pick("selon la matrice", "as the matrix says").to_owned(), |f| f.to_string()),
        lang.pick("point de suivi", "follow-up every"),
    );
    [
        section(lang, "Matrice des priorités", "Priority matrix", file, cells),
        section(lang, "Délais par priorité", "Delays by priority", file, delays),
        section(lang, "Périodes par priorité", "Windows by priority", file, windows),
        section(
            lang,
            "Délais imposés (Cercle 0, sites centraux)",
            "Imposed delays (Cercle 0, central sites)",
            file,
            overrides,
        ),
        section(lang, "Critères d'urgence et d'impact", "Criteria of urgency and impact", file, criteria),
        section(
            lang,
            "Incidents majeurs",
            "Major incidents",
            file,
            std::iter::once(RuleLine::new(&p.major, &"", major, lang)),
        ),
    ]
}

fn clocks(k: &Clocks, lang: Language) -> [Section; 3] {
    let file = "clocks.toml";
    let sources = k.start.candidates.iter().map(|s| words::source(*s, lang)).collect::<Vec<_>>().join(", ");
    let start = list(
        &[&sources, words::desk_direct(k.start.desk_direct, lang), words::double_entry(k.start.double_entry, lang)],
        lang,
    );
    let reopened = if k.restoration.reopened_counts {
        lang.pick("rouvert : l'intervalle compte", "reopened: the interval counts")
    } else {
        lang.pick("rouvert : l'intervalle ne compte pas", "reopened: the interval does not count")
    };
    let restoration = list(&[words::refused(k.restoration.refused, lang), reopened], lang);
    let conduct = [
        RuleLine::new(&k.start, &"", start, lang),
        RuleLine::new(&k.priority_change, &"", words::binding(k.priority_change.binding, lang).to_owned(), lang),
        RuleLine::new(&k.restoration, &"", restoration, lang),
    ];
    let pauses = k.pauses.iter().map(|r| {
        let value = match (r.allowed, r.needs_acceptance) {
            (false, _) => lang.pick("ne suspend pas", "does not suspend"),
            (true, true) => lang.pick("suspend si le client l'accepte", "suspends if the customer accepts"),
            (true, false) => lang.pick("suspend", "suspends"),
        };
        RuleLine::new(r, &r.reason, value.to_owned(), lang)
    });
    let clocks = k.clocks.iter().map(|r| RuleLine::new(r, &r.id, words::clock(r, lang), lang));
    [
        section(lang, "Départ, priorité, rétablissement", "Start, priority, restoration", file, conduct.into_iter()),
        section(lang, "Motifs de suspension", "Reasons of suspension", file, pauses),
        section(lang, "Horloges", "Clocks", file, clocks),
    ]
}

fn catalogue(k: &Catalogue, lang: Language) -> [Section; 4] {
    let subjects = k.subjects.iter().map(|r| {
        let volume = format!("{} {}", r.volume_2024, lang.pick("en 2024", "in 2024"));
        RuleLine::new(r, &r.id, list(&[&volume, &r.service.0], lang), lang)
    });
    let items = k.items.iter().map(|r| {
        let delays = format!(
            "GTR {}, {} {}, {}",
            words::optional(r.delay, lang),
            lang.pick("urgent", "urgent"),
            words::optional(r.urgent_delay, lang),
            r.calendar
        );
        RuleLine::new(r, &r.id, list(&[&delays, &desk::form(k, r, lang)], lang), lang)
    });
    [
        section(lang, "Sujets d'incidents", "Incident subjects", "catalogue.toml", subjects),
        section(lang, "Types de demandes", "Request types", "catalogue.toml", items),
        desk::fields(k, lang),
        desk::tasks(k, lang),
    ]
}

fn indicators(c: &Contract, lang: Language) -> Section {
    let rules = c.indicators.iter().map(|r| {
        let expected = format!("{} {}", lang.pick("attendu :", "expected:"), lang.of(&r.expected_text));
        let step = format!("{} {}", lang.pick("pas :", "step:"), lang.of(&r.step_text));
        let weight = format!("{} {}", lang.pick("poids", "weight"), r.weight);
        let off = if r.enabled { "" } else { lang.pick("désactivé", "disabled") };
        let mut line = RuleLine::new(r, &r.row, list(&[&expected, &step, &weight, off], lang), lang);
        let detail = r.detail.as_ref().map(|d| format!(" ({})", lang.of(d))).unwrap_or_default();
        line.name = format!("{} {}{detail}", r.row, line.name);
        line
    });
    section(lang, "Indicateurs", "Indicators", "indicators.toml", rules)
}

fn obligation(r: &Obligation, lang: Language) -> RuleLine {
    let who = format!("{} ({})", r.owner, words::party(r.party, lang));
    let row = r.indicator.map(|n| format!("{} {n}", lang.pick("ligne", "row"))).unwrap_or_default();
    let major = if r.major_only { lang.pick("majeurs seulement", "major only") } else { "" };
    let value = list(&[&words::trigger(&r.trigger), &words::due(&r.due, lang), &who, major, &row], lang);
    RuleLine::new(r, &r.id, value, lang)
}

fn committees(c: &Contract, lang: Language) -> Section {
    let rules = c.committees.iter().map(|r| {
        let rhythm = r.rhythm.as_deref().unwrap_or(lang.pick("à la demande", "on demand"));
        let place = if r.in_person { lang.pick("en présence", "in person") } else { "" };
        let who = r.attendees.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        RuleLine::new(r, &r.id, list(&[rhythm, place, &who], lang), lang)
    });
    section(lang, "Comités", "Committees", "committees.toml", rules)
}

fn roles(c: &Contract, lang: Language) -> Section {
    let rules = c
        .roles
        .iter()
        .map(|r| RuleLine::new(r, &r.id, list(&[words::party(r.party, lang), &r.may.join(", ")], lang), lang));
    section(lang, "Rôles", "Roles", "roles.toml", rules)
}
