//! The contract page: every rule in force on a day, with its clause, value, doubts and the reading chosen.

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use jiff::civil::Date;
use serde::Deserialize;
use vigie_contract::show::{self, Language, RuleLine};

use crate::web::{AppState, Failure, Lang, Page};

/// Filter and day, as the address holds them.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Filter {
    q: String,
    le: String,
}

#[derive(Template)]
#[template(path = "contract.html")]
struct ContractPage<'a> {
    page: &'a Page,
    filter: &'a Filter,
    day: Date,
    day_text: String,
    frame: Vec<(String, String)>,
    versions: Vec<VersionView>,
    missing: Vec<String>,
    sections: Vec<SectionView>,
    count: usize,
}

struct VersionView {
    id: String,
    effective: String,
    href: String,
    digest: String,
    current: bool,
}

struct SectionView {
    anchor: String,
    title: String,
    rules: Vec<RuleView>,
}

struct RuleView {
    line: RuleLine,
    days: String,
}

/// `GET /contrat`.
pub(crate) async fn contract(
    State(state): State<AppState>,
    page: Page,
    Query(filter): Query<Filter>,
) -> Result<Response, Failure> {
    let today = state.now().to_zoned(page.format.zone.clone()).date();
    let day = match filter.le.trim() {
        "" => today,
        text => text.parse().map_err(|_| Failure::BadValue("le"))?,
    };
    let promise = state.source.promise().history;
    let version = promise.at(day);
    let lang = language(page.lang());
    let wanted = filter.q.trim().to_lowercase();
    let sections: Vec<SectionView> = show::sections(version, lang)
        .into_iter()
        .enumerate()
        .map(|(n, section)| SectionView {
            anchor: format!("s{n}"),
            title: section.title,
            rules: section
                .rules
                .into_iter()
                .filter(|r| wanted.is_empty() || holds(r, &wanted))
                .map(|line| RuleView { days: line.days(lang), line })
                .collect(),
        })
        .filter(|s| !s.rules.is_empty())
        .collect();
    let frame = &version.contract.frame;
    let provider = frame.provider.as_ref().map_or_else(|| page.t("contract-no-provider"), |p| page.label(p).to_owned());
    let query = crate::web::kit::encode(&filter.q);
    Ok(page.show(&ContractPage {
        page: &page,
        day,
        day_text: page.format.date(day),
        frame: vec![
            (page.t("contract-customer"), page.label(&frame.customer).to_owned()),
            (page.t("contract-provider"), provider),
            (page.t("contract-source"), page.label(&frame.source).to_owned()),
            (page.t("contract-zone"), frame.zone.clone()),
        ],
        versions: promise
            .versions()
            .map(|v| VersionView {
                id: v.id.clone(),
                effective: v.effective.map_or_else(|| page.t("contract-from-start"), |d| page.format.date(d)),
                href: v.effective.map_or_else(
                    || format!("/contrat?le=2000-01-01&q={query}"),
                    |d| format!("/contrat?le={d}&q={query}"),
                ),
                digest: v.digest.get(..16).unwrap_or(&v.digest).to_owned(),
                current: v.id == version.id,
            })
            .collect(),
        missing: frame.missing.values().map(|m| page.label(m).to_owned()).collect(),
        count: sections.iter().map(|s| s.rules.len()).sum(),
        sections,
        filter: &filter,
    }))
}

const fn language(lang: Lang) -> Language {
    match lang {
        Lang::Fr => Language::Fr,
        Lang::En => Language::En,
    }
}

/// Whether a rule holds every word that is looked for.
fn holds(rule: &RuleLine, wanted: &str) -> bool {
    let mut text = format!("{} {} {} {}", rule.clause, rule.id, rule.name, rule.value);
    for part in rule.doubts.iter().chain(&rule.choice) {
        text.push(' ');
        text.push_str(part);
    }
    let text = text.to_lowercase();
    wanted.split_whitespace().all(|word| text.contains(word))
}
