//! Work that one node at a time does, under a lease that is taken again while the work goes on.
//!
//! Work that has lost its lease is told to stop, and does so before its next step. Between the loss and that step
//! another node may do the same: what a step writes MUST ask [`lease::holds`] in its own unit of work, and what
//! it does outside the database MUST be safe to do twice.

use std::time::Duration;

use anyhow::Result;
use jiff::SignedDuration;
use tokio::{sync::watch, time::sleep};
use uuid::Uuid;
use vigie_store::{Engine, Store, lease, lease::Lease};

use crate::{app::refused, live::new_id, now::now};

/// A lease is taken for so long: a node that died is replaced then.
const LEASE: SignedDuration = SignedDuration::from_secs(60);
/// It is taken again that often, so that two refusals in a row lose nothing.
const AGAIN: Duration = Duration::from_secs(20);
/// How long to wait after trouble, or for a lease that another has.
const PAUSE: Duration = Duration::from_secs(15);

/// Who takes leases. On SQLite there is one node, which need not wait for the lease of its own last run.
pub(crate) fn holder(data: &Store) -> String {
    match data.engine() {
        Engine::Sqlite => "the only node".to_owned(),
        Engine::Postgres => Uuid::simple(new_id(now())).to_string(),
    }
}

/// Does a work while its lease is held, again and again, until it is to stop. The work ends when it is told to.
pub(crate) async fn while_held<W: Future<Output = Result<()>>>(
    data: &Store,
    name: &str,
    holder: &str,
    mut stop: watch::Receiver<bool>,
    work: impl Fn(Lease, watch::Receiver<bool>) -> W,
) {
    while !*stop.borrow() {
        match take(data, name, holder).await {
            Ok(Some(lease)) => {
                let (end, ended) = watch::channel(false);
                let work = work(lease.clone(), ended);
                tokio::pin!(work);
                let done = loop {
                    tokio::select! {
                        done = &mut work => break done,
                        () = asked(&mut stop) => {
                            end.send_replace(true);
                            break work.await;
                        }
                        () = sleep(AGAIN) => {
                            if !matches!(take(data, name, holder).await, Ok(Some(_))) {
                                end.send_replace(true);
                            }
                        }
                    }
                };
                if let Err(error) = done {
                    tracing::warn!(work = name, error = format!("{error:#}"), "it is tried again");
                }
                if *stop.borrow() {
                    give_back(data, lease).await;
                    return;
                }
            }
            Ok(None) => {}
            Err(error) => tracing::warn!(work = name, error = format!("{error:#}"), "no lease can be had"),
        }
        tokio::select! {
            () = sleep(PAUSE) => {}
            () = asked(&mut stop) => {}
        }
    }
}

/// Waits until it is to stop, or nobody is left who could say so.
pub(crate) async fn asked(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

async fn take(data: &Store, name: &str, holder: &str) -> Result<Option<Lease>> {
    let (data, name, holder) = (data.clone(), name.to_owned(), holder.to_owned());
    let taken = move || data.write(move |tx| lease::take(tx, &name, &holder, now(), LEASE));
    tokio::task::spawn_blocking(taken).await?.map_err(refused)
}

async fn give_back(data: &Store, held: Lease) {
    let data = data.clone();
    let given = tokio::task::spawn_blocking(move || data.write(move |tx| lease::give_back(tx, &held)));
    if !matches!(given.await, Ok(Ok(()))) {
        tracing::info!("a lease could not be given back: it ends by itself");
    }
}
