//! A small invented contract, month and journal in memory, for tests of pages.

use std::{
    collections::HashMap,
    io::Write,
    sync::{Arc, LazyLock, Mutex},
};

use jiff::{SignedDuration, Timestamp};
use num_rational::Ratio;
use vigie::{
    app::Promise,
    features::{
        desk::{
            DeskError,
            act::{Deed, Done},
            open::{By, Opened, Opening},
            rim::Writing,
            session::SessionDeed,
            store::{CaseLine, Filter},
            view::{Attachment, Caller, CaseChange, CaseFile, CaseList, CaseQuery},
        },
        judgement::view::{Format, WhatIf},
        notices::{Kind, Notice as CaseNotice, store::Which},
        people::{Account, Accounts, Factor, Factors, Grant, Notice, Pending, Person, Session, Token, hash_password},
        proof::view::{Continuity, Head, Inclusion, Step},
    },
    web::{
        Lang, Theme,
        source::{Answer, Soon, Source},
    },
};
use vigie_contract::{Class, Label, Party, Priority};
use vigie_reports::paper::Paper;
use vigie_rules::{
    fact::{History, Subject},
    judgement::{IndicatorResult, Item, Judgement, Month, Quantity, Status},
    similar::Seen,
};
use vigie_store::{StoreError, WriteError};

pub(crate) fn label(fr: &str, en: &str) -> Label {
    Label { fr: fr.to_owned(), en: en.to_owned() }
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn month(text: &str) -> Month {
    Month { first: format!("{text}-01").parse().unwrap() }
}

/// The password of every account of the sample.
pub(crate) const PASSWORD: &str = "une phrase assez longue";

/// Callipso itself.
fn promise() -> Promise {
    static READ: LazyLock<Promise> = LazyLock::new(|| vigie::app::promise(None).unwrap());
    READ.clone()
}

fn blank(row: u8, clause: &str, fr: &str, en: &str) -> IndicatorResult {
    IndicatorResult::blank(row, clause.to_owned(), label(fr, en), 1)
}

fn item(number: &str, minutes: i64, target: i64, steps: u64, points: Option<u64>) -> Item {
    let start = at("2026-03-12T07:10:00Z");
    Item {
        subject: Subject(format!("case/{number}")),
        points,
        steps,
        reason: label("Rétabli après la GTR", "Restored after its target"),
        priority: Some(Priority::P2),
        clock: Some("restoration".into()),
        start: Some(start),
        stop: Some(start + SignedDuration::from_mins(minutes)),
        due: Some(start + SignedDuration::from_mins(target)),
        elapsed: Some(SignedDuration::from_mins(minutes)),
        target: Some(SignedDuration::from_mins(target)),
    }
}

pub(crate) fn judgement(month: Month) -> Judgement {
    let hour = |n| Some(Quantity::Time(SignedDuration::from_hours(n)));
    let share = |n, d| Some(Quantity::Share(Ratio::new(n, d)));
    let indicators = vec![
        IndicatorResult {
            population: 2,
            measured: Some(Quantity::Days(1)),
            expected: Some(Quantity::Days(3)),
            step: Some(Quantity::Days(1)),
            weight: 2,
            status: Status::Met,
            ..blank(
                2,
                "3.4.6.1",
                "Remise des documents préparatoires avant le comité de pilotage",
                "Steering committee documents handed over before the committee",
            )
        },
        IndicatorResult {
            population: 12,
            measured: Some(Quantity::Count(2)),
            expected: Some(Quantity::Count(0)),
            gap: hour(3),
            step: hour(1),
            steps: 4,
            weight: 2,
            points: 8,
            status: Status::Missed,
            items: vec![item("VG-2026-000123", 375, 240, 3, Some(6)), item("VG-2026-000131", 245, 240, 1, Some(2))],
            ..blank(9, "3.4.6.1", "Résolution d'un incident P1/P2", "Resolution of a P1/P2 incident")
        },
        IndicatorResult {
            population: 73,
            measured: share(64, 73),
            expected: share(9, 10),
            gap: Some(Quantity::Share(Ratio::new(9, 10) - Ratio::new(64, 73))),
            step: share(1, 100),
            steps: 3,
            weight: 3,
            points: 9,
            pending: 1,
            status: Status::Missed,
            items: (0..9).map(|n| item(&format!("VG-2026-0002{n:02}"), 250 + n, 240, 0, None)).collect(),
            ..blank(
                11,
                "3.4.6.1",
                "Résolution des incidents P1/P2 dans le mois",
                "Resolution of the month's P1/P2 incidents",
            )
        },
        IndicatorResult {
            status: Status::Disabled,
            notes: vec![label(
                "Désactivé : double de la ligne 11 (AMB-01).",
                "Disabled: duplicate of row 11 (AMB-01).",
            )],
            ..blank(
                13,
                "3.4.6.1",
                "Résolution des incidents P1/P2 dans le mois",
                "Resolution of the month's P1/P2 incidents",
            )
        },
        IndicatorResult {
            population: 4,
            weight: 4,
            status: Status::NotComputable,
            notes: vec![label(
                "Non calculable : la convention de service ne donne pas le délai d'un problème P1.",
                "Not computable: the convention de service gives no delay for a P1 problem.",
            )],
            ..blank(19, "3.4.6.1", "Respect des délais des problèmes P1", "P1 problems within their delay")
        },
        IndicatorResult {
            population: 1,
            measured: Some(Quantity::Days(2)),
            expected: Some(Quantity::Days(0)),
            gap: Some(Quantity::Days(2)),
            step: Some(Quantity::Days(1)),
            steps: 2,
            weight: 7,
            points: 14,
            status: Status::Missed,
            items: vec![Item {
                subject: Subject("occurrence/dqa-ready/2026-03".into()),
                reason: label("Remis deux jours après l'échéance du 8", "Delivered two days after the 8th"),
                priority: None,
                clock: None,
                elapsed: None,
                target: None,
                ..item("x", 2880, 0, 2, Some(14))
            }],
            ..blank(
                30,
                "3.4.6.1",
                "Disponibilité des éléments nécessaires aux statistiques DQA",
                "Availability of the inputs to DQA statistics",
            )
        },
        blank(33, "3.4.6.1", "Durée de traitement d'un audit de vulnérabilité", "Duration of a vulnerability audit"),
    ];
    Judgement {
        contract: "callipso".into(),
        version: "2024-01-01".into(),
        month,
        as_of: at("2026-04-02T06:30:00Z"),
        unclassified: 0,
        total_points: indicators.iter().map(|i| i.points).sum(),
        indicators,
    }
}

/// Lines of the sample's export: more than a stream holds at once.
pub(crate) const EXPORTED_LINES: usize = 100_000;

/// The sample as pages see it.
pub(crate) struct Sample;

/// What is written is tried on a real store.
fn read_only<E>() -> WriteError<E> {
    WriteError::Store(StoreError::ReadOnly { place: "a sample".to_owned(), reason: "it is in memory".to_owned() })
}

impl Source for Sample {
    fn now(&self) -> Timestamp {
        at("2026-04-02T06:30:00Z")
    }

    fn promise(&self) -> Promise {
        promise()
    }

    fn months(&self) -> Answer<Option<(Month, Month)>> {
        Ok(Some((month("2025-04"), month("2026-04"))))
    }

    fn judgement(&self, month: Month) -> Answer<Arc<Judgement>> {
        let mut judgement = judgement(month);
        judgement.total_points += u64::from(month.first.month().unsigned_abs());
        Ok(Arc::new(judgement))
    }

    fn what_if(&self, month: Month, change: &WhatIf) -> Answer<Judgement> {
        let mut judged = Judgement::clone(self.judgement(month)?.as_ref());
        if let Some(change) = &change.row {
            for indicator in judged.indicators.iter_mut().filter(|i| i.row == change.row) {
                indicator.weight = change.weight.unwrap_or(indicator.weight);
                indicator.points = indicator.steps * u64::from(indicator.weight);
            }
        }
        Ok(judged)
    }

    fn report(&self, _: Month, _: Format, _: Lang) -> Answer<Vec<u8>> {
        Ok(b"a report".to_vec())
    }

    fn cases(&self, _: &CaseQuery) -> Answer<CaseList> {
        Ok(super::sample_case::list())
    }

    fn case_counts(&self, queries: &[CaseQuery]) -> Answer<Vec<u64>> {
        Ok((0..).take(queries.len()).collect())
    }

    fn callers(&self, _: &str) -> Answer<Vec<Caller>> {
        Ok(vec![Caller {
            requester: "Mme Aubert".to_owned(),
            phone: Some("04 65 71 00 00".to_owned()),
            site: Some("HD13".to_owned()),
            vip: None,
            cases: 3,
        }])
    }

    fn changes(&self) -> tokio::sync::broadcast::Receiver<CaseChange> {
        // Its sender is gone: whoever listens hears the end.
        tokio::sync::broadcast::channel(1).1
    }

    fn case(&self, number: &str, _: Party) -> Answer<Option<CaseFile>> {
        Ok((number == "VG-2026-000123").then(super::sample_case::case))
    }

    fn case_page(&self, _: &Filter, _: Option<&str>, _: u32) -> Answer<(u64, Vec<CaseLine>)> {
        Ok((0, Vec::new()))
    }

    fn case_line(&self, _: &str) -> Answer<Option<CaseLine>> {
        Ok(None)
    }

    fn attachment(&self, _: &str, hash: &str, _: Party) -> Answer<Option<Attachment>> {
        let file = |media_type: &str| Attachment {
            name: "baie d'été.png".to_owned(),
            media_type: media_type.to_owned(),
            bytes: b"<svg onload=alert(1)>".to_vec(),
        };
        Ok(match hash {
            "aa" => Some(file("image/png")),
            "bb" => Some(file("text/html")),
            _ => None,
        })
    }

    fn open_case(&self, _: Opening) -> Result<Opened, WriteError<DeskError>> {
        Err(read_only())
    }

    fn open_case_soon(&self, _: Opening) -> Soon<Opened> {
        Box::pin(std::future::ready(Err(read_only())))
    }

    fn act(&self, _: &str, _: Option<u64>, _: Deed) -> Result<Done, WriteError<DeskError>> {
        Err(read_only())
    }

    fn head(&self) -> Answer<Option<Head>> {
        Ok(Some(Head {
            note: "vigie.example/callipso\n7\nlZ3a9YkQ0PzqM1c2mF5mQeV4b0u2nqGqkQhQd3sYb8w=\n\n— vigie.example/callipso 5x1xAKqN9m3zq0V1Qn8bI1mR\n".into(),
            verifier_key: "vigie.example/callipso+e71d7100+AbR2kZ0mFQ==".into(),
            size: 7,
            root: "959ddaf5891 0d0fcea335736985e6641e57".replace(' ', "4"),
            recorded_at: Some(at("2026-04-02T06:00:00Z")),
        }))
    }

    fn histories(&self, _: Class) -> Answer<Vec<History>> {
        Ok(Vec::new())
    }

    fn session(&self, _: By, _: SessionDeed) -> Result<String, WriteError<DeskError>> {
        Err(WriteError::Unit(DeskError::Wordless))
    }

    fn incidents_since(&self, _: Timestamp) -> Answer<Vec<Seen>> {
        Ok(Vec::new())
    }

    fn inclusion(&self, seq: u64) -> Answer<Option<Inclusion>> {
        let hash = |n: u8| format!("{n:02x}").repeat(32);
        Ok((seq < 7).then(|| Inclusion {
            seq,
            size: 7,
            entry: r#"{"actor":"ezv","body":{"direct":false,"source":"ezv"},"kind":"incident.identified","seq":3}"#
                .into(),
            leaf_hash: hash(3),
            steps: vec![
                Step { sibling: hash(2), sibling_is_left: true, parent: hash(23) },
                Step { sibling: hash(1), sibling_is_left: true, parent: hash(123) },
                Step { sibling: hash(6), sibling_is_left: false, parent: hash(200) },
            ],
            computed_root: hash(200),
            signed_root: hash(200),
        }))
    }

    fn continuity(&self, old: u64) -> Answer<Option<Continuity>> {
        Ok((old == 3).then(|| Continuity { old, size: 7, text: "old 3\n".into() }))
    }

    fn export(&self, out: &mut dyn Write) -> Answer<()> {
        for n in 0..EXPORTED_LINES {
            writeln!(out, "{{\"seq\":{n}}}")?;
        }
        Ok(())
    }

    fn write_report(&self, _: &str, _: Option<u64>, _: Writing) -> Result<Done, WriteError<DeskError>> {
        Ok(Done::alone(vigie_rules::desk::Phase::Restored, 13))
    }

    fn paper(&self, _: &Paper) -> Answer<Vec<u8>> {
        Ok(b"a paper".to_vec())
    }

    fn unread(&self, _: &str) -> Answer<u64> {
        Ok(1)
    }

    fn notices(&self, _: &str, all: bool) -> Answer<Vec<CaseNotice>> {
        let notice = |seq, rule: &str, read_at| CaseNotice {
            seq,
            number: "VG-2026-000140".to_owned(),
            title: Some("Plus de tonalité à l'accueil".to_owned()),
            kind: if rule.ends_with("due") { Kind::Escalated } else { Kind::Warned },
            actor: None,
            rule: rule.to_owned(),
            obligation: None,
            at: at("2026-04-02T07:00:00Z"),
            due: at("2026-04-02T07:00:00Z"),
            read_at,
        };
        let unread = notice(12, "restoration-due", None);
        let read = notice(11, "restoration-soon", Some(at("2026-04-02T06:10:00Z")));
        Ok(if all { vec![unread, read] } else { vec![unread] })
    }

    fn read_notices(&self, _: &str, _: Which, _: Timestamp) -> Answer<()> {
        Ok(())
    }

    fn tile(&self, path: &str) -> Answer<Option<Vec<u8>>> {
        Ok((path == "0/000.p/7").then(|| vec![0; 7 * 32]))
    }
}

/// Accounts in memory: `claire` may all, `martin` may read cases and the contract, `nobody` may nothing.
pub(crate) struct People {
    accounts: Mutex<HashMap<String, Account>>,
    sessions: Mutex<HashMap<[u8; 32], Session>>,
    failures: Mutex<Vec<(String, String, Timestamp)>>,
    pub(crate) notices: Mutex<Vec<Notice>>,
}

impl Default for People {
    fn default() -> Self {
        // One hash for all: it costs what it should.
        let password_hash = hash_password("nobody-has-this-name", PASSWORD).unwrap();
        let accounts = [
            ("claire", "contract_manager"),
            ("martin", "go_technician"),
            ("lea", "reader"),
            ("nobody", "nothing"),
            ("gone", "roc"),
        ]
        .into_iter()
        .map(|(name, role)| {
            let account = Account {
                name: name.to_owned(),
                password_hash: password_hash.clone(),
                role: role.into(),
                lang: Lang::Fr,
                theme: Theme::Auto,
                created_at: at("2026-01-01T00:00:00Z"),
                disabled_at: (name == "gone").then(|| at("2026-02-01T00:00:00Z")),
                outside: None,
            };
            (name.to_owned(), account)
        })
        .collect();
        Self {
            accounts: Mutex::new(accounts),
            sessions: Mutex::default(),
            failures: Mutex::default(),
            notices: Mutex::default(),
        }
    }
}

/// Nobody of the sample has a second factor: its tests have a store.
impl Factors for People {
    fn factor(&self, _: &str) -> anyhow::Result<Option<Factor>> {
        Ok(None)
    }

    fn propose_factor(&self, _: &str, _: &[u8], _: Timestamp) -> anyhow::Result<()> {
        Ok(())
    }

    fn confirm_factor(&self, _: &str, _: u64, _: &[[u8; 32]], _: Timestamp) -> anyhow::Result<bool> {
        Ok(false)
    }

    fn use_step(&self, _: &str, _: u64) -> anyhow::Result<bool> {
        Ok(false)
    }

    fn use_recovery_code(&self, _: &str, _: &[u8; 32], _: Timestamp) -> anyhow::Result<Option<u32>> {
        Ok(None)
    }

    fn replace_recovery_codes(&self, _: &str, _: &[[u8; 32]], _: Timestamp) -> anyhow::Result<()> {
        Ok(())
    }

    fn remove_factor(&self, _: &str, _: Timestamp) -> anyhow::Result<()> {
        Ok(())
    }

    fn wait(&self, _: &[u8; 32], _: &Pending, _: Timestamp, _: Timestamp) -> anyhow::Result<()> {
        Ok(())
    }

    fn pending(&self, _: &[u8; 32], _: Timestamp) -> anyhow::Result<Option<Pending>> {
        Ok(None)
    }

    fn end_wait(&self, _: &[u8; 32]) -> anyhow::Result<bool> {
        Ok(false)
    }
}

impl Accounts for People {
    fn token(&self, _: &[u8; 32], _: Timestamp) -> anyhow::Result<Option<(Account, Token)>> {
        Ok(None)
    }

    fn admit(&self, _: &Person, _: &str, _: Timestamp) -> anyhow::Result<Option<Account>> {
        Ok(None)
    }

    fn account_of(&self, _: &str, _: &str) -> anyhow::Result<Option<Account>> {
        Ok(None)
    }

    fn keep_grant(&self, _: &str, _: Option<&str>, _: Timestamp) -> anyhow::Result<()> {
        Ok(())
    }

    fn take_grant(&self, _: &str, _: Timestamp, _: Timestamp) -> anyhow::Result<Grant> {
        Ok(Grant::None)
    }

    fn remove_sessions(&self, name: &str) -> anyhow::Result<()> {
        self.sessions.lock().unwrap().retain(|_, s| s.account != name);
        Ok(())
    }

    fn account(&self, name: &str) -> anyhow::Result<Option<Account>> {
        Ok(self.accounts.lock().unwrap().get(name).cloned())
    }

    fn failures(&self, name: &str, address: &str, since: Timestamp) -> anyhow::Result<(u32, u32)> {
        let failures = self.failures.lock().unwrap();
        let count = |wanted: &dyn Fn(&(String, String, Timestamp)) -> bool| {
            u32::try_from(failures.iter().filter(|f| f.2 >= since && wanted(f)).count()).unwrap()
        };
        Ok((count(&|f| f.0 == name), count(&|f| f.1 == address)))
    }

    fn add_failure(&self, name: &str, address: &str, at: Timestamp) -> anyhow::Result<()> {
        self.failures.lock().unwrap().push((name.to_owned(), address.to_owned(), at));
        Ok(())
    }

    fn add_session(&self, session: &Session) -> anyhow::Result<()> {
        self.sessions.lock().unwrap().insert(session.token_hash, session.clone());
        Ok(())
    }

    fn session(&self, token_hash: &[u8; 32]) -> anyhow::Result<Option<Session>> {
        Ok(self.sessions.lock().unwrap().get(token_hash).cloned())
    }

    fn touch_session(&self, token_hash: &[u8; 32], at: Timestamp) -> anyhow::Result<()> {
        if let Some(session) = self.sessions.lock().unwrap().get_mut(token_hash) {
            session.last_seen_at = at;
        }
        Ok(())
    }

    fn remove_session(&self, token_hash: &[u8; 32]) -> anyhow::Result<()> {
        self.sessions.lock().unwrap().remove(token_hash);
        Ok(())
    }

    fn remove_other_sessions(&self, name: &str, kept: &[u8; 32]) -> anyhow::Result<()> {
        self.sessions.lock().unwrap().retain(|hash, s| s.account != name || hash == kept);
        Ok(())
    }

    fn set_preferences(&self, name: &str, lang: Lang, theme: Theme) -> anyhow::Result<()> {
        if let Some(account) = self.accounts.lock().unwrap().get_mut(name) {
            (account.lang, account.theme) = (lang, theme);
        }
        Ok(())
    }

    fn set_password(&self, name: &str, password_hash: &str) -> anyhow::Result<()> {
        if let Some(account) = self.accounts.lock().unwrap().get_mut(name) {
            password_hash.clone_into(&mut account.password_hash);
        }
        Ok(())
    }

    fn note(&self, notice: &Notice) -> anyhow::Result<()> {
        self.notices.lock().unwrap().push(notice.clone());
        Ok(())
    }
}
