//! Bounces of two other projects, with the addresses that they find.

use anyhow::Result;

use crate::{folder::Folder, tally::Tally, whole};

pub(crate) fn check(folder: &Folder) -> Result<Vec<Tally>> {
    whole::any(folder)
}
