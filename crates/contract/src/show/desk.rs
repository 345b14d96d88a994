//! What the service desk needs of a contract, as lines: forms, teams, changes, the question at closure.

use super::{Language, RuleLine, Section, lines::list, lines::section, words};
use crate::model::{
    Authority, AuthorityRule, Beyond, Catalogue, CatalogueItem, Changes, Channel, Class, Common, Escalations,
    FieldKind, Moment, Recipient, Risk, Satisfaction, Support, Teams, ThirdKind, Unless, Watched,
};
use crate::quantity::Delay;

/// What a request type asks for and allows, for its line.
pub(super) fn form(catalogue: &Catalogue, item: &CatalogueItem, lang: Language) -> String {
    let names = |required: bool| {
        let asked = catalogue.form(item).filter(|(_, r)| *r == required);
        asked.map(|(f, _)| lang.of(&f.label).to_lowercase()).collect::<Vec<_>>().join(", ")
    };
    let said = |fr: &str, en: &str, text: &str| {
        if text.is_empty() { String::new() } else { format!("{} {text}", lang.pick(fr, en)) }
    };
    let asks = said("demande :", "asks:", &names(true));
    let may_ask = said("au choix :", "optional:", &names(false));
    let limits = item.limits.iter().map(|(id, limit)| {
        let field = catalogue.fields.iter().find(|f| f.id == *id).map_or(id.as_str(), |f| lang.of(&f.label));
        let beyond = match limit.beyond {
            Beyond::Refuse => lang.pick("refusé au-delà", "refused beyond"),
            Beyond::Warn => lang.pick("signalé au-delà", "warned beyond"),
        };
        format!("{} {} ({beyond})", field.to_lowercase(), limit.most)
    });
    let limits = said("au plus :", "at most:", &limits.collect::<Vec<_>>().join(", "));
    let approval = item.approval.as_ref().map(ToString::to_string).unwrap_or_default();
    let approval = said("approuvé par", "approved by", &approval);
    let reserved = item.reserved_to.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let reserved = said("réservé à", "reserved to", &reserved);
    let urgent = match (item.urgent_allowed, item.urgent_channel) {
        (false, _) => lang.pick("jamais urgent", "never urgent").to_owned(),
        (true, Some(by)) => format!("{} {}", lang.pick("urgent par", "urgent by"), channel(by, lang)),
        (true, None) => String::new(),
    };
    list(&[&asks, &may_ask, &limits, &approval, &reserved, &urgent], lang)
}

/// The fields of forms.
pub(super) fn fields(catalogue: &Catalogue, lang: Language) -> Section {
    let rules = catalogue.fields.iter().map(|r| {
        let choices = r.choices.iter().map(|c| lang.of(&c.label).to_owned()).collect::<Vec<_>>().join(", ");
        RuleLine::new(r, &r.id, list(&[field_kind(r.kind, lang), &choices], lang), lang)
    });
    section(lang, "Champs des formulaires", "Fields of forms", "catalogue.toml", rules)
}

/// What is to be done on cases.
pub(super) fn tasks(catalogue: &Catalogue, lang: Language) -> Section {
    let rules = catalogue.tasks.iter().map(|r| {
        let team = r.team.as_ref().map(|t| format!("→ {t}")).unwrap_or_default();
        let value = list(&[class(r.class, lang), &r.items.join(", "), &words::optional(r.within, lang), &team], lang);
        RuleLine::new(r, &r.id, value, lang)
    });
    section(lang, "Tâches des dossiers", "Tasks of cases", "catalogue.toml", rules)
}

pub(super) fn teams(t: &Teams, lang: Language) -> [Section; 2] {
    let file = "teams.toml";
    let teams = t.teams.iter().map(|r| {
        let levels = r.levels.iter().map(ToString::to_string).collect::<Vec<_>>().join("/");
        let level = if levels.is_empty() { levels } else { format!("{} {levels}", lang.pick("niveau", "level")) };
        let ezv = r.ezv.as_ref().map(|name| format!("EZV {name}")).unwrap_or_default();
        let roles = r.roles.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let support = r.support.as_ref().map(|s| support(s, lang)).unwrap_or_default();
        let value = list(&[&level, words::party(r.party, lang), &ezv, &roles, &r.aliases.join(", "), &support], lang);
        RuleLine::new(r, &r.id, value, lang)
    });
    let routes = t.routes.iter().map(|r| {
        let class = r.class.map_or("", |c| class(c, lang));
        let services = r.services.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let outside = r.outside.as_ref().map(|c| format!("{} {c}", lang.pick("hors", "outside"))).unwrap_or_default();
        let value = list(&[class, &services, &r.items.join(", "), &outside, &format!("→ {}", r.team)], lang);
        RuleLine::new(r, &r.id, value, lang)
    });
    [
        section(lang, "Groupes de résolution", "Resolution groups", file, teams),
        section(lang, "Orientation des dossiers", "Routing of cases", file, routes),
    ]
}

/// What a third party has promised.
fn support(s: &Support, lang: Language) -> String {
    let kind = match s.kind {
        ThirdKind::Operator => lang.pick("opérateur", "operator"),
        ThirdKind::Cabler => lang.pick("câbleur", "cabler"),
        ThirdKind::Editor => lang.pick("éditeur", "editor"),
        ThirdKind::Vendor => lang.pick("constructeur", "vendor"),
    };
    let level = s.level.as_ref().map(|l| lang.of(l).to_owned()).unwrap_or_default();
    let within = |delay: Option<Delay>, fr: &'static str, en: &'static str| {
        delay.map(|_| format!("{} {}", lang.pick(fr, en), words::optional(delay, lang))).unwrap_or_default()
    };
    let solves = within(s.solves_within, "résout en", "solves within");
    let reminded = within(s.remind_every, "relancé après", "reminded after");
    list(&[kind, &level, &solves, &reminded], lang)
}

pub(super) fn changes(k: &Changes, lang: Language) -> [Section; 7] {
    let file = "changes.toml";
    let types = k.types.iter().map(|r| {
        let by = match &r.authority {
            AuthorityRule::Always(by) => authority(*by, lang).to_owned(),
            AuthorityRule::ByRisk(by) => {
                let each = by.iter().map(|(r, a)| format!("{} {}", risk(*r, lang), authority(*a, lang)));
                each.collect::<Vec<_>>().join(", ")
            }
        };
        let opinions = r.opinions.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let opinions =
            if opinions.is_empty() { opinions } else { format!("{} {opinions}", lang.pick("avis", "opinions")) };
        let said = |yes: bool, fr: &'static str, en: &'static str| if yes { lang.pick(fr, en) } else { "" };
        let value = list(
            &[
                &by,
                &opinions,
                said(r.impact_study, "étude d'impact", "impact study"),
                said(r.notice, "délai de prévenance", "notice period"),
                said(r.predefined_steps, "étapes prédéfinies", "predefined steps"),
                said(r.states_urgency, "critères d'urgence", "criteria of urgency"),
                said(r.review, "revue avant clôture", "review before closing"),
            ],
            lang,
        );
        RuleLine::new(r, &r.id, value, lang)
    });
    let colleges = k.colleges.iter().map(|r| {
        let roles = r.roles.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        RuleLine::new(r, &r.id, roles, lang)
    });
    let urgent = k.urgent_criteria.iter().map(|r| RuleLine::new(r, &r.id, String::new(), lang));
    let notices = k.notices.iter().map(|r| {
        let services = r.services.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        RuleLine::new(r, &r.domain, list(&[&words::optional(r.delay, lang), &services], lang), lang)
    });
    let sections = k.sections.iter().map(|r| RuleLine::new(r, &r.id, class(r.class, lang).to_owned(), lang));
    let stages = k.stages.iter().map(|r| {
        let closes = if r.closes { lang.pick("exigé à la clôture", "required to close") } else { "" };
        RuleLine::new(r, &r.id, list(&[lang.of(&r.proof), closes], lang), lang)
    });
    let recurrences = k.recurrences.iter().map(|r| {
        let same = r.same.iter().map(|c| match c {
            Common::Item => lang.pick("sujet", "subject"),
            Common::Service => lang.pick("service", "service"),
            Common::Site => lang.pick("site", "site"),
        });
        let same = same.collect::<Vec<_>>().join(" + ");
        let from = format!("{} {}", lang.pick("à partir de", "from"), r.count);
        RuleLine::new(r, &r.id, list(&[&same, &from, &words::delay(r.within, lang)], lang), lang)
    });
    [
        section(lang, "Types de changements", "Types of changes", file, types),
        section(lang, "Collèges", "Colleges", file, colleges),
        section(lang, "Critères d'un changement urgent", "Criteria of an urgent change", file, urgent),
        section(lang, "Délais de prévenance", "Notice periods", file, notices),
        section(lang, "Sections des études", "Sections of studies", file, sections),
        section(lang, "Étapes d'un problème", "Stages of a problem", file, stages),
        section(lang, "Incidents récurrents", "Recurring incidents", file, recurrences),
    ]
}

pub(super) fn escalations(e: &Escalations, lang: Language) -> Section {
    let rules = e.rules.iter().map(|r| {
        let on = match &r.on {
            Watched::Clock(clock) => clock.0.as_str(),
            Watched::Delay(kind) => words::delay_kind(*kind, lang),
            Watched::FollowUp => lang.pick("point de suivi", "follow-up"),
            Watched::Obligations => lang.pick("échéances du dossier", "obligations of the case"),
            Watched::ThirdParty => lang.pick("promesse du tiers", "promise of the third party"),
        };
        let at = match r.at {
            Moment::Due => lang.pick("à l'échéance", "when due").to_owned(),
            Moment::Before(d) => format!("{} {}", words::delay(d, lang), lang.pick("avant", "before")),
            Moment::Share(share) => format!("{} {share}", lang.pick("à", "at")),
            Moment::Reminders => lang.pick("à chaque rappel", "at each reminder").to_owned(),
        };
        let unless = match r.unless {
            Some(Unless::Progress) => lang.pick("sauf avancement", "unless it progresses"),
            None => "",
        };
        let moves = if r.suspends { lang.pick("recule avec les suspensions", "moves with pauses") } else { "" };
        let priorities = r.priorities.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let major = if r.major_only { lang.pick("majeurs seulement", "major only") } else { "" };
        let to = r.tell.iter().map(|to| recipient(to, lang)).collect::<Vec<_>>().join(", ");
        let by = r.by.iter().map(|by| channel(*by, lang)).collect::<Vec<_>>().join(", ");
        let value = list(&[on, &at, &priorities, major, unless, moves, &format!("→ {to}"), &by], lang);
        RuleLine::new(r, &r.id, value, lang)
    });
    section(lang, "Avertissements et escalades", "Warnings and escalations", "escalations.toml", rules)
}

pub(super) fn satisfaction(s: &Satisfaction, lang: Language) -> Section {
    let rules = s.question.iter().map(|r| {
        let answers = r.answers.iter().map(|a| format!("{} {}", a.score, lang.of(&a.label))).collect::<Vec<_>>();
        let from = format!("{} {}", lang.pick("satisfait à partir de", "satisfied from"), r.satisfied_from);
        let open = format!("{} {}", lang.pick("ouvert", "open for"), words::delay(r.open_for, lang));
        let comment = if r.comment { lang.pick("commentaire possible", "a comment may be added") } else { "" };
        RuleLine::new(r, &"", list(&[&answers.join(", "), &from, &open, comment], lang), lang)
    });
    section(lang, "Satisfaction", "Satisfaction", "satisfaction.toml", rules)
}

fn recipient(recipient: &Recipient, lang: Language) -> String {
    match recipient {
        Recipient::Owner => lang.pick("porteur", "owner").to_owned(),
        Recipient::TeamInCharge => lang.pick("groupe en charge", "team in charge").to_owned(),
        Recipient::Obliged => lang.pick("responsable de l'échéance", "who sees to the obligation").to_owned(),
        Recipient::Role(role) => role.to_string(),
        Recipient::Team(team) => format!("{} {team}", lang.pick("groupe", "team")),
    }
}

fn class(class: Class, lang: Language) -> &'static str {
    match class {
        Class::Incident => lang.pick("incident", "incident"),
        Class::Request => lang.pick("demande", "request"),
        Class::Problem => lang.pick("problème", "problem"),
        Class::Change => lang.pick("changement", "change"),
        other => other.name(),
    }
}

fn field_kind(kind: FieldKind, lang: Language) -> &'static str {
    match kind {
        FieldKind::Text => lang.pick("texte", "text"),
        FieldKind::LongText => lang.pick("texte long", "long text"),
        FieldKind::Choice => lang.pick("choix", "choice"),
        FieldKind::Number => lang.pick("nombre", "number"),
        FieldKind::Date => lang.pick("date", "date"),
        FieldKind::Datetime => lang.pick("date et heure", "date and time"),
        FieldKind::Person => lang.pick("personne", "person"),
        FieldKind::Site => lang.pick("site", "site"),
        FieldKind::Line => lang.pick("ligne", "line"),
        FieldKind::File => lang.pick("fichier", "file"),
        FieldKind::Bool => lang.pick("oui ou non", "yes or no"),
    }
}

pub(super) fn channel(channel: Channel, lang: Language) -> &'static str {
    match channel {
        Channel::InApp => lang.pick("page", "page"),
        Channel::Mail => lang.pick("courriel", "mail"),
        Channel::Webhook => lang.pick("appel HTTP", "webhook"),
        Channel::Phone => lang.pick("téléphone", "telephone"),
    }
}

fn authority(authority: Authority, lang: Language) -> &'static str {
    match authority {
        Authority::PreAuthorised => lang.pick("préautorisé", "pre-authorised"),
        Authority::Process => lang.pick("processus", "process"),
        Authority::Cab => "CAB",
        Authority::Ecab => "ECAB",
    }
}

fn risk(risk: Risk, lang: Language) -> &'static str {
    match risk {
        Risk::Low => lang.pick("risque faible :", "low risk:"),
        Risk::Medium => lang.pick("risque moyen :", "medium risk:"),
        Risk::High => lang.pick("risque élevé :", "high risk:"),
    }
}
