//! `vigie serve`.
use anyhow::Result;
use clap::{Args, Subcommand};
use std::process::ExitCode;
use vigie_reports::format::Lang;
#[derive(Args, Debug)]
pub(super) struct ServeArgs {}
#[derive(Debug, Subcommand)]
pub(super) enum AccountWhat {
    /// x
    Add,
}
pub(super) fn run(_: ServeArgs, _: Lang) -> Result<ExitCode> {
    Ok(ExitCode::SUCCESS)
}
pub(super) fn account(_: AccountWhat, _: Lang) -> Result<ExitCode> {
    Ok(ExitCode::SUCCESS)
}
