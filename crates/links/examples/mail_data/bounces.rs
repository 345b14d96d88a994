//! Bounces of two other projects, with the addresses that they find.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};
use serde_json::Value;
use vigie_links::mail::{Bounce, Kind, Ourselves, Outcome};

use crate::{folder::Folder, tally::Tally, whole};

pub(crate) fn check(folder: &Folder) -> Result<Vec<Tally>> {
    let mut all = whole::any(folder)?;
    let mut tally = Tally::new("mail-bounces/expected");
    for row in folder.rows(&["file", "expect"])? {
        let file = row.get("file").and_then(Value::as_str).context("no file")?;
        let Ok(mail) = whole::parse(&folder.read(file)?) else { continue };
        let kind = Kind::of(&mail, &Ourselves::default());
        let nothing = Bounce::default();
        let (is_bounce, bounce) = if let Kind::Bounce(bounce) = &kind { (true, bounce) } else { (false, &nothing) };
        let found: BTreeSet<&str> = bounce.failures.iter().map(|f| f.address.as_str()).collect();
        let run = row.get("bounceparser_run");
        let is_expected = run.and_then(|r| r.get("is_bounce")).and_then(Value::as_bool);
        if let Some(expected) =
            row.get("expect").filter(|e| e.get("permanent").is_some() || e.get("temporary").is_some())
        {
            for (key, outcome) in [("permanent", Outcome::Permanent), ("temporary", Outcome::Temporary)] {
                let expected: BTreeSet<String> = strings(expected.get(key));
                let found: BTreeSet<String> =
                    bounce.failures.iter().filter(|f| f.outcome == outcome).map(|f| f.address.clone()).collect();
                tally.check(key, expected == found, || format!("{file}: {expected:?}, found {found:?}"));
            }
            continue;
        }
        match is_expected {
            Some(true) => tally.check("bounce", is_bounce, || format!("{file}: taken for {kind:?}")),
            Some(false) if is_bounce => {
                // A server that asks for a confirmation, or holds a mail back, did not deliver it and says so.
                let report = mail.attachments.iter().any(|a| a.media_type == "message/delivery-status");
                if report && !bounce.failures.is_empty() {
                    tally.explain("a challenge or a hold by a server is a failure to deliver");
                } else {
                    tally.check("no bounce", false, || format!("{file}: {bounce:?}"));
                }
            }
            Some(false) => tally.check("no bounce", true, String::new),
            None => {}
        }
        if is_expected == Some(false) {
            continue;
        }
        let reports = run.and_then(|r| r.get("reports")).and_then(Value::as_array);
        let expected: BTreeSet<String> = reports
            .into_iter()
            .flatten()
            .filter_map(|r| r.get("email").and_then(Value::as_str))
            .map(|e| e.trim_matches(['<', '>', ' ']).to_lowercase())
            .filter(|e| e.contains('@'))
            .collect();
        let agrees = expected.iter().all(|e| found.contains(e.as_str())) && found.len() <= expected.len().max(1);
        tally.check("addresses", agrees, || format!("{file}: {expected:?}, found {found:?}"));
        let original = run.and_then(|r| r.get("orig_message_id")).and_then(Value::as_str);
        if let Some(original) = original.map(|id| id.trim().trim_matches(['<', '>'])).filter(|id| !id.is_empty()) {
            let good = bounce.originals.iter().any(|id| id.as_str() == original);
            tally.check("original", good, || format!("{file}: {original:?}, found {:?}", bounce.originals));
        }
    }
    all.push(tally);
    Ok(all)
}

fn strings(list: Option<&Value>) -> BTreeSet<String> {
    list.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).map(str::to_lowercase).collect()
}
