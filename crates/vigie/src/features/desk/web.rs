//! The pages of the desk: the list of cases, one case and what is done to it, and the forms that open one.

mod act;
mod bulk;
mod call;
mod case;
mod clock;
mod export;
mod form;
mod head;
mod list;
mod names;
mod opening;
mod past;
mod promotion;
mod question;
mod request;
mod steps;
mod stream;
mod timeline;
mod upload;

pub(crate) use act::act;
pub(crate) use bulk::bulk;
pub(crate) use call::{call, near, take_call};
pub(crate) use case::case;
pub(crate) use export::export;
pub(crate) use list::cases;
pub(crate) use opening::{new_case, open_case, priority};
pub(crate) use past::{clocks, entries};
pub(crate) use promotion::{entry as promotion_entry, promotion};
pub(crate) use request::attendance;
pub(crate) use stream::stream;
pub(crate) use upload::file;
