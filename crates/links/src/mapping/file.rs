//! The shape of a mapping file, and its reading into a checked [`Mapping`].

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use encoding_rs::Encoding;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::{Map, Value};
use toml::Spanned;
use vigie_contract::Class;

use super::{
    Column, Dialect, EventRule, FieldRule, From, Mapping, Once, Problem, Read, Table, Wanted, When, check,
    words::{self, Accepted},
};
use crate::{
    dates::{Choice, DateFormat, Dates},
    decode::Charset,
    fold::fold,
};

/// A byte offset of the file and what is wrong there.
pub(super) type Refusal = (usize, Problem);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    personal: Vec<Spanned<String>>,
    case: CaseFile,
    dialect: DialectFile,
    columns: BTreeMap<String, Spanned<Vec<String>>>,
    #[serde(default)]
    tables: BTreeMap<String, Spanned<BTreeMap<String, Spanned<toml::Value>>>>,
    pairs: Option<PairsFile>,
    #[serde(default, rename = "event")]
    events: Vec<Spanned<EventFile>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseFile {
    class: Spanned<Class>,
    number: Spanned<String>,
    #[serde(default)]
    prefix: String,
    #[serde(default)]
    required: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DialectFile {
    separator: Option<Spanned<String>>,
    quote: Option<Spanned<String>>,
    encoding: Option<Spanned<String>>,
    fallback_encoding: Option<Spanned<String>>,
    header_line: Option<Spanned<u32>>,
    decimal: Option<Spanned<String>>,
    #[serde(default)]
    missing: Vec<String>,
    zone: Spanned<String>,
    gap: Option<Spanned<String>>,
    fold: Option<Spanned<String>>,
    dates: Spanned<Vec<Spanned<String>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PairsFile {
    impact: Spanned<String>,
    urgency: Spanned<String>,
    priority: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EventFile {
    kind: Spanned<String>,
    at: Spanned<String>,
    once: Option<Spanned<toml::Value>>,
    #[serde(default)]
    when: Vec<WhenFile>,
    #[serde(default)]
    body: BTreeMap<String, Spanned<FieldFile>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WhenFile {
    column: Spanned<String>,
    equals: Option<Vec<String>>,
    absent: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldFile {
    column: Option<Spanned<String>>,
    table: Option<Spanned<String>>,
    #[serde(rename = "as")]
    form: Option<Spanned<String>>,
    value: Option<Spanned<toml::Value>>,
    #[serde(default)]
    required: bool,
}

pub(super) fn read(text: &str) -> Result<Mapping, Refusal> {
    let file: File =
        toml::from_str(text).map_err(|e| (e.span().map_or(0, |s| s.start), Problem::Toml(e.message().to_owned())))?;
    let columns = columns(file.columns)?;
    let tables = tables(file.tables)?;
    let personal = file.personal.iter().map(|c| column(&columns, c)).collect::<Result<Vec<_>, _>>()?;
    let mut events = Vec::with_capacity(file.events.len());
    for event in &file.events {
        events.push(event_rule(event, &columns, &tables, &personal)?);
    }
    if events.is_empty() {
        return Err((text.len(), Problem::NoEvent));
    }
    let class = *file.case.class.get_ref();
    if !class.is_case() {
        return Err(value(&file.case.class, class.name(), &words::CLASS));
    }
    Ok(Mapping {
        class,
        prefix: file.case.prefix,
        missing: file.dialect.missing.iter().map(|m| m.trim().to_owned()).collect(),
        number: column(&columns, &file.case.number)?,
        required: file.case.required.iter().map(|c| column(&columns, c)).collect::<Result<_, _>>()?,
        pairs: match &file.pairs {
            Some(p) => {
                Some([column(&columns, &p.impact)?, column(&columns, &p.urgency)?, column(&columns, &p.priority)?])
            }
            None => None,
        },
        dialect: dialect(&file.dialect)?,
        columns,
        personal,
        events,
    })
}

fn value<T>(at: &Spanned<T>, value: impl Into<String>, accepted: &'static Accepted) -> Refusal {
    refused(at.span().start, value.into(), accepted)
}

const fn refused(at: usize, value: String, accepted: &'static Accepted) -> Refusal {
    (at, Problem::Value { what: &accepted.what, value, remedy: &accepted.remedy })
}

fn dialect(file: &DialectFile) -> Result<Dialect, Refusal> {
    let separators = match &file.separator {
        None => vec![b';', b',', b'\t', b'|'],
        Some(s) => match s.get_ref().as_str() {
            "auto" => vec![b';', b',', b'\t', b'|'],
            "tab" => vec![b'\t'],
            one => vec![single(one).ok_or_else(|| value(s, one, &words::SEPARATOR))?],
        },
    };
    let quote = match &file.quote {
        None => Some(b'"'),
        Some(q) if q.get_ref().is_empty() => None,
        Some(q) => Some(single(q.get_ref()).ok_or_else(|| value(q, q.get_ref(), &words::QUOTE))?),
    };
    let fallback = file.fallback_encoding.as_ref().map_or(Ok(encoding_rs::WINDOWS_1252), encoding)?;
    let charset = match &file.encoding {
        Some(name) if name.get_ref() != "auto" => Charset::Known(encoding(name)?),
        _ => Charset::Auto { fallback },
    };
    let header_line = match &file.header_line {
        Some(n) if !(1..=1_000).contains(n.get_ref()) => {
            return Err(value(n, n.get_ref().to_string(), &words::HEADER_LINE));
        }
        Some(n) => *n.get_ref(),
        None => 1,
    };
    let decimal = match &file.decimal {
        None => '.',
        Some(d) => match d.get_ref().as_str() {
            "." => '.',
            "," => ',',
            other => return Err(value(d, other, &words::DECIMAL)),
        },
    };
    let zone = TimeZone::get(file.zone.get_ref()).map_err(|_| value(&file.zone, file.zone.get_ref(), &words::ZONE))?;
    if file.dates.get_ref().is_empty() {
        return Err(value(&file.dates, "[]", &words::DATE_FORMATS));
    }
    let formats = file
        .dates
        .get_ref()
        .iter()
        .map(|d| DateFormat::parse(d.get_ref()).ok_or_else(|| value(d, d.get_ref(), &words::DATE_FORMAT)))
        .collect::<Result<_, _>>()?;
    let dates = Dates {
        formats,
        zone,
        gap: choice(file.gap.as_ref(), Choice::Later)?,
        fold: choice(file.fold.as_ref(), Choice::Earlier)?,
    };
    Ok(Dialect { separators, quote, charset, lines_before_header: header_line - 1, decimal, dates })
}

/// A separator or a quote is one ASCII character that no number, word or line end holds.
fn single(text: &str) -> Option<u8> {
    match text.as_bytes() {
        [one] if (one.is_ascii_punctuation() || *one == b'\t' || *one == b' ') => Some(*one),
        _ => None,
    }
}

fn encoding(name: &Spanned<String>) -> Result<&'static Encoding, Refusal> {
    Encoding::for_label_no_replacement(name.get_ref().as_bytes())
        .ok_or_else(|| value(name, name.get_ref(), &words::ENCODING))
}

fn choice(text: Option<&Spanned<String>>, default: Choice) -> Result<Choice, Refusal> {
    let Some(text) = text else { return Ok(default) };
    match text.get_ref().as_str() {
        "earlier" => Ok(Choice::Earlier),
        "later" => Ok(Choice::Later),
        "refuse" => Ok(Choice::Refuse),
        other => Err(value(text, other, &words::CHOICE)),
    }
}

fn columns(file: BTreeMap<String, Spanned<Vec<String>>>) -> Result<Vec<Column>, Refusal> {
    let mut columns = Vec::with_capacity(file.len());
    let mut all = HashMap::new();
    for (name, headers) in file {
        let at = headers.span().start;
        let headers = headers.into_inner();
        if headers.is_empty() {
            return Err(refused(at, "[]".to_owned(), &words::HEADERS));
        }
        for header in &headers {
            if all.insert(fold(header), name.clone()).is_some_and(|other| other != name) {
                return Err((at, Problem::Twice { what: &words::HEADER, name: header.clone() }));
            }
        }
        columns.push(Column { name, headers });
    }
    Ok(columns)
}

fn column(columns: &[Column], name: &Spanned<String>) -> Result<usize, Refusal> {
    columns.iter().position(|c| c.name == *name.get_ref()).ok_or_else(|| {
        let declared = columns.iter().map(|c| c.name.clone()).collect();
        (name.span().start, Problem::UnknownColumn { name: name.get_ref().clone(), declared })
    })
}

type Tables = BTreeMap<String, Arc<Table>>;

fn tables(file: BTreeMap<String, Spanned<BTreeMap<String, Spanned<toml::Value>>>>) -> Result<Tables, Refusal> {
    let mut tables = Tables::new();
    for (name, rows) in file {
        let mut table = Table { name: name.clone(), exact: HashMap::new(), folded: HashMap::new(), other: None };
        for (left, right) in rows.into_inner() {
            let at = right.span().start;
            let meaning =
                json(right.get_ref()).ok_or_else(|| value(&right, right.get_ref().to_string(), &words::MEANING))?;
            if left == "*" {
                table.other = Some(meaning);
                continue;
            }
            let twice = table.folded.insert(fold(&left), meaning.clone()).is_some_and(|earlier| earlier != meaning);
            if twice {
                return Err((at, Problem::Twice { what: &words::TABLE_VALUE, name: left }));
            }
            table.exact.insert(left, meaning);
        }
        tables.insert(name, Arc::new(table));
    }
    Ok(tables)
}

fn json(value: &toml::Value) -> Option<Value> {
    match value {
        toml::Value::String(text) => Some(Value::from(text.as_str())),
        toml::Value::Integer(n) => Some(Value::from(*n)),
        toml::Value::Boolean(b) => Some(Value::from(*b)),
        toml::Value::Table(members) => {
            members.iter().map(|(k, v)| Some((k.clone(), json(v)?))).collect::<Option<Map<_, _>>>().map(Value::Object)
        }
        toml::Value::Float(_) | toml::Value::Datetime(_) | toml::Value::Array(_) => None,
    }
}

fn event_rule(
    file: &Spanned<EventFile>,
    columns: &[Column],
    tables: &Tables,
    personal: &[usize],
) -> Result<EventRule, Refusal> {
    let event = file.get_ref();
    let once = match &event.once {
        None => Once::No,
        Some(o) => match o.get_ref() {
            toml::Value::Boolean(true) => Once::Value,
            toml::Value::Boolean(false) => Once::No,
            toml::Value::String(s) if s == "case" => Once::Case,
            other => return Err(value(o, other.to_string(), &words::ONCE)),
        },
    };
    let mut when = Vec::new();
    for condition in &event.when {
        let wanted = match (&condition.equals, condition.absent) {
            (None, Some(true)) => Wanted::Absent,
            (None, _) => Wanted::Present,
            (Some(values), None) => Wanted::OneOf(values.iter().map(|v| fold(v)).collect()),
            (Some(_), Some(_)) => {
                return Err(value(&condition.column, "equals, absent", &words::CONDITION));
            }
        };
        when.push(When { column: column(columns, &condition.column)?, wanted });
    }
    let mut fields = Vec::new();
    for (path, field) in &event.body {
        fields.push(field_rule(path, field, columns, tables, personal)?);
    }
    fields.sort_by(|a, b| a.path.cmp(&b.path));
    let rule = EventRule { verb: event.kind.get_ref().clone(), at: column(columns, &event.at)?, once, when, fields };
    if !check::is_verb(&rule.verb) {
        return Err(value(&event.kind, &rule.verb, &words::KIND));
    }
    check::body(&rule).map_err(|(field, why)| {
        let at = field.and_then(|path| event.body.get(&path)).map_or(event.kind.span().start, |f| f.span().start);
        (at, Problem::Body { why })
    })?;
    Ok(rule)
}

fn field_rule(
    path: &str,
    file: &Spanned<FieldFile>,
    columns: &[Column],
    tables: &Tables,
    personal: &[usize],
) -> Result<FieldRule, Refusal> {
    let field = file.get_ref();
    let names: Vec<String> = path.split('.').map(str::to_owned).collect();
    if names.iter().any(String::is_empty) || names.len() > 4 {
        return Err(value(file, path, &words::PATH));
    }
    let from = match (&field.column, &field.value, &field.table, &field.form) {
        (None, Some(v), None, None) => {
            From::Constant(json(v.get_ref()).ok_or_else(|| value(v, v.get_ref().to_string(), &words::VALUE))?)
        }
        (Some(name), None, table, form) => {
            let column = column(columns, name)?;
            if personal.contains(&column) {
                return Err((name.span().start, Problem::Personal { name: name.get_ref().clone() }));
            }
            let read = match (table, form) {
                (None, None) => Read::Text,
                (Some(table), None) => Read::Table(Arc::clone(tables.get(table.get_ref()).ok_or_else(|| {
                    (
                        table.span().start,
                        Problem::UnknownTable {
                            name: table.get_ref().clone(),
                            declared: tables.keys().cloned().collect(),
                        },
                    )
                })?)),
                (None, Some(form)) => match form.get_ref().as_str() {
                    "text" => Read::Text,
                    "integer" => Read::Integer,
                    "number" => Read::Number,
                    "date" => Read::Instant,
                    other => return Err(value(form, other, &words::FORM)),
                },
                (Some(_), Some(_)) => return Err((file.span().start, Problem::FieldSource)),
            };
            From::Column { column, read }
        }
        _ => return Err((file.span().start, Problem::FieldSource)),
    };
    let required = field.required || matches!(from, From::Constant(_));
    Ok(FieldRule { path: names, from, required })
}
