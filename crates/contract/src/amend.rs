//! Amendments: what changes in a contract from a day on.
//!
//! An amendment sets, adds or ends elements of the TOML trees. It never touches the base: the past
//! keeps the version under which it was judged.

use jiff::civil::Date;
use serde::Deserialize;
use toml::{
    Spanned,
    de::{DeArray, DeTable, DeValue},
};

use crate::{
    model::Label,
    phrases,
    problem::Problem,
    tree::{self, Node, Tree},
};

/// What an amendment says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AmendmentInfo {
    /// Its short name, such as `avenant-1`.
    pub id: String,
    /// What a person calls it.
    pub label: Label,
    /// Who decided it: a committee, a signed avenant.
    pub source: Label,
    /// The clause that allows it, or that it changes.
    pub clause: String,
    /// First day on which it holds.
    pub effective: Date,
}

/// One change, as the amendment's file writes it.
pub(crate) struct Change<'i> {
    kind: Kind<'i>,
    target: Target,
    at: usize,
}

enum Kind<'i> {
    Set { select: Option<DeTable<'i>>, key: String, value: Node<'i> },
    Add { element: Node<'i> },
    End { select: Option<DeTable<'i>> },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Target {
    file: String,
    #[serde(default)]
    table: Option<String>,
    #[serde(default)]
    key: Option<String>,
}

/// An amendment ready to be applied.
pub(crate) struct Amendment<'i> {
    pub(crate) info: AmendmentInfo,
    pub(crate) name: &'i str,
    pub(crate) changes: Vec<Change<'i>>,
}

/// A problem and its offset.
pub(crate) type Found = (usize, Problem);

/// Reads an amendment from its tree.
pub(crate) fn read<'i>(
    name: &'i str,
    mut root: Spanned<DeTable<'i>>,
    limit: usize,
) -> Result<Amendment<'i>, Vec<Found>> {
    let mut found = Vec::new();
    let mut changes = Vec::new();
    for verb in ["set", "add", "end"] {
        let Some(node) = root.get_mut().remove(verb) else { continue };
        let at = node.span().start;
        let DeValue::Array(entries) = node.into_inner() else {
            found.push((
                at,
                shape(
                    Label::new(format!("`{verb}` n'est pas une liste"), format!("`{verb}` is not a list")),
                    list_of(verb),
                ),
            ));
            continue;
        };
        for entry in entries {
            match change(verb, entry) {
                Ok(change) => changes.push(change),
                Err(mut problems) => found.append(&mut problems),
            }
        }
    }
    // The order of the file, whatever the verb.
    changes.sort_by_key(|c| c.at);
    match tree::typed::<AmendmentInfo>(&root, limit) {
        Ok(info) if found.is_empty() => Ok(Amendment { info, name, changes }),
        Ok(_) => Err(found),
        Err(blames) => {
            found.extend(blames.into_iter().map(|(at, reason)| (at, crate::load::shape_of(&reason))));
            Err(found)
        }
    }
}

const fn shape(reason: Label, remedy: Label) -> Problem {
    Problem::Amendment { reason, remedy }
}

fn list_of(verb: &str) -> Label {
    Label::new(format!("écrire `[[{verb}]]`"), format!("write `[[{verb}]]`"))
}

fn single(name: &str) -> Label {
    Label::new(format!("`{name}` est une table unique"), format!("`{name}` is a single table"))
}

fn change<'i>(verb: &str, entry: Node<'i>) -> Result<Change<'i>, Vec<Found>> {
    let span = entry.span();
    let at = span.start;
    let DeValue::Table(mut table) = entry.into_inner() else {
        return Err(vec![(
            at,
            shape(
                Label::new(
                    format!("un élément de `{verb}` n'est pas une table"),
                    format!("an entry of `{verb}` is not a table"),
                ),
                list_of(verb),
            ),
        )]);
    };
    let select = match table.remove("select").map(Spanned::into_inner) {
        None => None,
        Some(DeValue::Table(select)) => Some(select),
        Some(_) => {
            return Err(vec![(
                at,
                shape(
                    Label::new("`select` n'est pas une table", "`select` is not a table"),
                    Label::new("écrire `select = { id = \"...\" }`", "write `select = { id = \"...\" }`"),
                ),
            )]);
        }
    };
    let payload = table.remove(if verb == "add" { "element" } else { "value" });
    let target = tree::typed::<Target>(&Spanned::new(span, table), 1).map_err(|blames| {
        blames.into_iter().map(|(o, reason)| (o, crate::load::shape_of(&reason))).collect::<Vec<_>>()
    })?;
    let kind = match (verb, payload, target.key.clone()) {
        ("set", Some(value), Some(key)) => Kind::Set { select, key, value },
        ("add", Some(element), None) if select.is_none() && target.table.is_some() => Kind::Add { element },
        ("end", None, None) if target.table.is_some() => Kind::End { select },
        _ => {
            let remedy = match verb {
                "set" => Label::new(
                    "écrire `file`, `table` et `select` (sauf pour les tables uniques), `key` et `value`",
                    "write `file`, `table` and `select` (but for single tables), `key` and `value`",
                ),
                "add" => Label::new("écrire `file`, `table` et `element`", "write `file`, `table` and `element`"),
                _ => Label::new("écrire `file`, `table` et `select`", "write `file`, `table` and `select`"),
            };
            let reason = Label::new(
                format!("cet élément de `{verb}` est incomplet ou en dit trop"),
                format!("this entry of `{verb}` is incomplete or says too much"),
            );
            return Err(vec![(at, shape(reason, remedy))]);
        }
    };
    Ok(Change { kind, target, at })
}

/// Applies the changes of an amendment to the trees.
pub(crate) fn apply<'i>(amendment: &Amendment<'i>, tree: &mut Tree<'i>) -> Vec<Found> {
    amendment.changes.iter().filter_map(|change| apply_one(change, tree).err().map(|p| (change.at, p))).collect()
}

fn apply_one<'i>(change: &Change<'i>, tree: &mut Tree<'i>) -> Result<(), Problem> {
    let Target { file, table, .. } = &change.target;
    let root =
        tree.files.iter_mut().find(|(name, _)| *name == file).map(|(_, root)| root.get_mut()).ok_or_else(|| {
            Problem::UnknownReference {
                what: phrases::FILE,
                id: file.clone(),
                known: crate::load::FILES.map(str::to_owned).to_vec(),
            }
        })?;
    match (&change.kind, table) {
        (Kind::Set { key, value, .. }, None) => set(root, key, value),
        (Kind::Set { select, key, value }, Some(name)) => {
            let node = root.get_mut(name.as_str()).ok_or_else(|| absent(name))?;
            match (node.get_mut(), select) {
                (DeValue::Table(single), None) => set(single, key, value),
                (DeValue::Array(list), _) => {
                    let index = only(list, select.as_ref(), name)?;
                    match list.get_mut(index).map(Spanned::get_mut) {
                        Some(DeValue::Table(element)) => set(element, key, value),
                        _ => Err(absent(name)),
                    }
                }
                _ => Err(shape(single(name), Label::new("retirer `select`", "remove `select`"))),
            }
        }
        (Kind::Add { element }, Some(name)) => {
            let list = root
                .entry(tree::key(name, element.span().start))
                .or_insert_with(|| Spanned::new(element.span(), DeValue::Array(DeArray::new())));
            let DeValue::Array(list) = list.get_mut() else {
                return Err(shape(
                    single(name),
                    Label::new("écrire `[[set]]` pour changer ses clés", "write `[[set]]` to change its keys"),
                ));
            };
            list.push(element.clone());
            Ok(())
        }
        (Kind::End { select }, Some(name)) => {
            let Some(DeValue::Array(list)) = root.get_mut(name.as_str()).map(Spanned::get_mut) else {
                return Err(absent(name));
            };
            let ended = only(list, select.as_ref(), name)?;
            let all = std::mem::replace(list, DeArray::new());
            *list = all.into_iter().enumerate().filter(|(i, _)| *i != ended).map(|(_, item)| item).collect();
            Ok(())
        }
        (Kind::Add { .. } | Kind::End { .. }, None) => Err(absent("")),
    }
}

fn absent(name: &str) -> Problem {
    Problem::UnknownReference { what: phrases::TABLE, id: name.to_owned(), known: Vec::new() }
}

/// The one element that has these values.
fn only(list: &DeArray<'_>, select: Option<&DeTable<'_>>, name: &str) -> Result<usize, Problem> {
    let fits = |item: &Node<'_>| {
        let table = item.get_ref().as_table();
        select.is_none_or(|wanted| {
            wanted.iter().all(|(key, value)| {
                let has = table.and_then(|t| t.get(key.get_ref().as_ref())).and_then(|n| tree::scalar(n.get_ref()));
                has.is_some() && has == tree::scalar(value.get_ref())
            })
        })
    };
    let hits: Vec<usize> = list.iter().enumerate().filter(|(_, item)| fits(item)).map(|(i, _)| i).collect();
    match hits.as_slice() {
        [one] => Ok(*one),
        _ => Err(Problem::Selection { table: name.to_owned(), count: hits.len() }),
    }
}

/// Sets `a.b.c` in a table, making the tables on the way.
fn set<'i>(table: &mut DeTable<'i>, path: &str, value: &Node<'i>) -> Result<(), Problem> {
    match path.split_once('.') {
        None => {
            table.insert(tree::key(path, value.span().start), value.clone());
            Ok(())
        }
        Some((first, rest)) => {
            let inner = table
                .entry(tree::key(first, value.span().start))
                .or_insert_with(|| Spanned::new(value.span(), DeValue::Table(DeTable::new())));
            match inner.get_mut() {
                DeValue::Table(inner) => set(inner, rest, value),
                _ => Err(shape(
                    Label::new(format!("`{first}` n'est pas une table"), format!("`{first}` is not a table")),
                    Label::new("nommer la clé elle-même", "name the key itself"),
                )),
            }
        }
    }
}
