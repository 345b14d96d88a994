//! Makes sure, before any file is read, that the rules can read every body a mapping can make.
//!
//! The rules read each field of a body on its own, so it is enough to try: the body with only what
//! is required, then each meaning of each field in turn.

use serde_json::{Map, Value};
use vigie_contract::Class;
use vigie_rules::fact::Fact;

use super::{EventRule, FieldRule, From, INTEGER_MAX, Read, put};

/// Whether the rules read this verb.
pub(super) fn is_verb(verb: &str) -> bool {
    // An empty body is refused for verbs that need one, and given back as nothing for unknown ones.
    !matches!(Fact::from_entry(&kind(verb), "{}"), Ok(None))
}

/// Tries the bodies that an event can have; gives the field at fault (none when one is lacking) and
/// what the rules say.
pub(super) fn body(rule: &EventRule) -> Result<(), (Option<String>, String)> {
    let mut least = Map::new();
    for field in rule.fields.iter().filter(|f| f.required) {
        if let Some(first) = samples(field).first() {
            put(&mut least, &field.path, first);
        }
    }
    let with = |field: &FieldRule, sample: &Value| {
        let mut body = least.clone();
        put(&mut body, &field.path, sample);
        fits(rule, &body)
    };
    let Err(why) = fits(rule, &least) else {
        let wrong = |field: &FieldRule| {
            samples(field).iter().find_map(|s| with(field, s).err()).map(|why| (Some(field.path.join(".")), why))
        };
        return rule.fields.iter().find_map(wrong).map_or(Ok(()), Err);
    };
    // The field at fault is the one that another of its meanings would mend.
    let at_fault = rule.fields.iter().find(|f| samples(f).iter().any(|s| with(f, s).is_ok()));
    Err((at_fault.map(|f| f.path.join(".")), why))
}

fn fits(rule: &EventRule, body: &Map<String, Value>) -> Result<(), String> {
    let text = serde_json::to_string(body).unwrap_or_default();
    Fact::from_entry(&kind(&rule.verb), &text).map(|_| ()).map_err(|e| e.to_string())
}

fn kind(verb: &str) -> String {
    format!("{}.{verb}", Class::Incident.name())
}

fn samples(field: &FieldRule) -> Vec<Value> {
    match &field.from {
        From::Constant(value) => vec![value.clone()],
        From::Column { read, .. } => match read {
            Read::Text | Read::Number => vec![Value::from("1")],
            Read::Integer => vec![Value::from(1), Value::from(INTEGER_MAX), Value::from(-INTEGER_MAX)],
            Read::Instant => vec![Value::from("2026-01-01T00:00:00Z")],
            Read::Table(table) => {
                let mut rows: Vec<_> = table.exact.iter().collect();
                rows.sort_by_key(|(left, _)| *left);
                rows.into_iter().map(|(_, meaning)| meaning).chain(&table.other).cloned().collect()
            }
        },
    }
}
