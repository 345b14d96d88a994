//! Values that go into statements and come out of rows, the same on both engines.

use std::fmt;

use bytes::BytesMut;
use postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use rusqlite::types::{ToSqlOutput, ValueRef};

use crate::StoreError;

/// A value of a statement. Instants are microseconds since 1970 in UTC ([`Param::I64`]).
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Param<'a> {
    /// No value.
    Null,
    /// A whole number.
    I64(i64),
    /// Yes or no; SQLite keeps 1 or 0.
    Bool(bool),
    /// Text, without NUL.
    Text(&'a str),
    /// Bytes.
    Blob(&'a [u8]),
}

/// Keys that one statement asks for at once.
#[derive(Clone, Copy)]
pub enum Values<'a> {
    /// Texts, without NUL.
    Texts(&'a [&'a str]),
    /// Bytes.
    Blobs(&'a [&'a [u8]]),
}

impl<'a> Values<'a> {
    /// How many.
    pub(crate) const fn len(self) -> usize {
        match self {
            Values::Texts(texts) => texts.len(),
            Values::Blobs(blobs) => blobs.len(),
        }
    }

    /// One of them, as a parameter.
    pub(crate) fn get(self, index: usize) -> Option<Param<'a>> {
        match self {
            Values::Texts(texts) => texts.get(index).map(|text| Param::Text(text)),
            Values::Blobs(blobs) => blobs.get(index).map(|bytes| Param::Blob(bytes)),
        }
    }
}

/// Shows the kind and never the value: parameters hold password hashes and personal texts.
impl fmt::Debug for Param<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Param::Null => "Null",
            Param::I64(_) => "I64",
            Param::Bool(_) => "Bool",
            Param::Text(_) => "Text",
            Param::Blob(_) => "Blob",
        })
    }
}

impl Param<'_> {
    /// Refuses what one of the two engines could not keep.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        match self {
            Param::Text(text) if text.as_bytes().contains(&0) => Err(StoreError::NulInText),
            _ => Ok(()),
        }
    }
}

impl From<i64> for Param<'_> {
    fn from(v: i64) -> Self {
        Param::I64(v)
    }
}
impl From<u32> for Param<'_> {
    fn from(v: u32) -> Self {
        Param::I64(i64::from(v))
    }
}
impl From<bool> for Param<'_> {
    fn from(v: bool) -> Self {
        Param::Bool(v)
    }
}
impl<'a> From<&'a str> for Param<'a> {
    fn from(v: &'a str) -> Self {
        Param::Text(v)
    }
}
impl<'a> From<&'a String> for Param<'a> {
    fn from(v: &'a String) -> Self {
        Param::Text(v)
    }
}
impl<'a> From<&'a [u8]> for Param<'a> {
    fn from(v: &'a [u8]) -> Self {
        Param::Blob(v)
    }
}
impl<'a> From<&'a Vec<u8>> for Param<'a> {
    fn from(v: &'a Vec<u8>) -> Self {
        Param::Blob(v)
    }
}
impl<'a, const N: usize> From<&'a [u8; N]> for Param<'a> {
    fn from(v: &'a [u8; N]) -> Self {
        Param::Blob(v)
    }
}
impl<'a, T: Into<Param<'a>>> From<Option<T>> for Param<'a> {
    fn from(v: Option<T>) -> Self {
        v.map_or(Param::Null, Into::into)
    }
}

impl rusqlite::ToSql for Param<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Param::Null => ValueRef::Null,
            Param::I64(v) => ValueRef::Integer(*v),
            Param::Bool(v) => ValueRef::Integer(i64::from(*v)),
            Param::Text(v) => ValueRef::Text(v.as_bytes()),
            Param::Blob(v) => ValueRef::Blob(v),
        }))
    }
}

/// The server says which type it expects; a whole number goes into any integer type that it fits.
impl ToSql for Param<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match (self, ty) {
            (Param::Null, _) => Ok(IsNull::Yes),
            (Param::I64(v), &Type::INT8) => v.to_sql(ty, out),
            (Param::I64(v), &Type::INT4) => i32::try_from(*v)?.to_sql(ty, out),
            (Param::I64(v), &Type::INT2) => i16::try_from(*v)?.to_sql(ty, out),
            (Param::Bool(v), &Type::BOOL) => v.to_sql(ty, out),
            (Param::Text(v), ty) if <&str as ToSql>::accepts(ty) => v.to_sql(ty, out),
            (Param::Blob(v), &Type::BYTEA) => v.to_sql(ty, out),
            (value, ty) => Err(format!("a {value:?} parameter does not fit the type {ty}").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// One row of an answer. Getters take the position of the column, from 0, and say what is there when
/// it is not what was asked for.
pub struct Row<'r>(pub(crate) Inner<'r>);

pub(crate) enum Inner<'r> {
    Sqlite(&'r rusqlite::Row<'r>),
    Postgres(&'r postgres::Row),
}

impl<'r> Row<'r> {
    /// A whole number, or nothing.
    pub fn opt_i64(&self, index: usize) -> Result<Option<i64>, StoreError> {
        match &self.0 {
            Inner::Sqlite(row) => match sqlite_value(row, index)? {
                ValueRef::Null => Ok(None),
                ValueRef::Integer(v) => Ok(Some(v)),
                other => Err(wrong(index, "a whole number", &other)),
            },
            Inner::Postgres(row) => Ok(pg_value::<Whole>(row, index, "a whole number")?.map(|w| w.0)),
        }
    }

    /// Yes, no, or nothing.
    pub fn opt_bool(&self, index: usize) -> Result<Option<bool>, StoreError> {
        match &self.0 {
            Inner::Sqlite(row) => match sqlite_value(row, index)? {
                ValueRef::Null => Ok(None),
                ValueRef::Integer(0) => Ok(Some(false)),
                ValueRef::Integer(1) => Ok(Some(true)),
                other => Err(wrong(index, "yes or no", &other)),
            },
            Inner::Postgres(row) => pg_value(row, index, "yes or no"),
        }
    }

    /// Text, or nothing.
    pub fn opt_text(&self, index: usize) -> Result<Option<&'r str>, StoreError> {
        match &self.0 {
            Inner::Sqlite(row) => match sqlite_value(row, index)? {
                ValueRef::Null => Ok(None),
                ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
                    Ok(text) => Ok(Some(text)),
                    Err(e) => Err(StoreError::unreadable(format!("the text of column {index}"), e)),
                },
                other => Err(wrong(index, "text", &other)),
            },
            Inner::Postgres(row) => pg_value(row, index, "text"),
        }
    }

    /// Bytes, or nothing.
    pub fn opt_blob(&self, index: usize) -> Result<Option<&'r [u8]>, StoreError> {
        match &self.0 {
            Inner::Sqlite(row) => match sqlite_value(row, index)? {
                ValueRef::Null => Ok(None),
                ValueRef::Blob(bytes) => Ok(Some(bytes)),
                other => Err(wrong(index, "bytes", &other)),
            },
            Inner::Postgres(row) => pg_value(row, index, "bytes"),
        }
    }

    /// A whole number.
    pub fn i64(&self, index: usize) -> Result<i64, StoreError> {
        self.opt_i64(index)?.ok_or_else(|| null(index, "a whole number"))
    }

    /// A whole number that is never negative (a sequence, a count).
    pub fn u64(&self, index: usize) -> Result<u64, StoreError> {
        let v = self.i64(index)?;
        u64::try_from(v).map_err(|_| StoreError::Column { index, wanted: "a number from 0", found: v.to_string() })
    }

    /// Yes or no.
    pub fn bool(&self, index: usize) -> Result<bool, StoreError> {
        self.opt_bool(index)?.ok_or_else(|| null(index, "yes or no"))
    }

    /// Text.
    pub fn text(&self, index: usize) -> Result<&'r str, StoreError> {
        self.opt_text(index)?.ok_or_else(|| null(index, "text"))
    }

    /// Bytes.
    pub fn blob(&self, index: usize) -> Result<&'r [u8], StoreError> {
        self.opt_blob(index)?.ok_or_else(|| null(index, "bytes"))
    }
}

/// Any of PostgreSQL's integer types.
struct Whole(i64);

impl FromSql<'_> for Whole {
    fn from_sql(ty: &Type, raw: &[u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Whole(match *ty {
            Type::INT4 => i64::from(i32::from_sql(ty, raw)?),
            Type::INT2 => i64::from(i16::from_sql(ty, raw)?),
            _ => i64::from_sql(ty, raw)?,
        }))
    }

    fn accepts(ty: &Type) -> bool {
        matches!(*ty, Type::INT8 | Type::INT4 | Type::INT2)
    }
}

fn sqlite_value<'r>(row: &'r rusqlite::Row<'r>, index: usize) -> Result<ValueRef<'r>, StoreError> {
    row.get_ref(index).map_err(|_| absent(index))
}

fn pg_value<'r, T: FromSql<'r>>(
    row: &'r postgres::Row,
    index: usize,
    wanted: &'static str,
) -> Result<Option<T>, StoreError> {
    row.try_get::<_, Option<T>>(index).map_err(|_| match row.columns().get(index) {
        Some(column) => StoreError::Column { index, wanted, found: column.type_().name().to_owned() },
        None => absent(index),
    })
}

fn wrong(index: usize, wanted: &'static str, found: &ValueRef<'_>) -> StoreError {
    StoreError::Column { index, wanted, found: found.data_type().to_string() }
}

fn null(index: usize, wanted: &'static str) -> StoreError {
    StoreError::Column { index, wanted, found: "NULL".to_owned() }
}

fn absent(index: usize) -> StoreError {
    StoreError::Column { index, wanted: "a column", found: "nothing: the row is shorter".to_owned() }
}
