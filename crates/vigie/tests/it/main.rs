//! The program as its users meet it: what goes in, what is judged, what can be proved, what is refused.
//!
//! Every test has a database of its own, and runs on SQLite and on PostgreSQL unless its name says which.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test that cannot go on fails")]

mod accounts;
mod amendment;
mod api;
mod calendars;
mod changes;
mod channels;
mod crash;
mod demo;
mod desk;
mod desk_pages;
mod directory;
mod erasure;
mod evidence;
mod examples;
mod ezv;
mod factors;
mod foreign;
mod import;
mod judging;
mod live;
mod mail;
mod mail_out;
mod mail_pages;
mod mail_servers;
mod major;
mod month_pages;
mod notices;
mod post;
mod printed;
mod problems;
mod providers;
mod rebuild;
mod refusals;
mod requests;
mod search;
mod site;
mod support;
mod thirds;
mod views;
mod webhooks;
mod work;
