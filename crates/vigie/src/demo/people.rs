//! Who calls: agents of the Département, some of them VIPs and VVIPs. All are made up.

use super::{rng::Rng, tables};

/// VVIP users, "à ce jour" (3.7.1.5).
pub(super) const VVIPS: i64 = 43;
/// VIP users, elected members among them (3.7.1.5).
pub(super) const VIPS: i64 = 328;

/// Somebody who asks for help.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    name: String,
    /// Of the block kept for fiction.
    phone: String,
    /// `vip` or `vvip`.
    pub vip: Option<&'static str>,
}

impl Caller {
    /// An agent like most.
    pub(super) fn agent(rng: &mut Rng) -> Self {
        let name = rng.text(&tables::CALLERS).to_owned();
        Self { name, phone: phone(rng.below(10_000)), vip: None }
    }

    /// One of the [`VVIPS`].
    pub(super) fn vvip(rng: &mut Rng) -> Self {
        Self { vip: Some("vvip"), ..Self::known(rng.below(VVIPS)) }
    }

    /// One of the [`VIPS`].
    pub(super) fn vip(rng: &mut Rng) -> Self {
        Self { vip: Some("vip"), ..Self::known(VVIPS + rng.below(VIPS)) }
    }

    /// Anybody, as often as they are met among all agents.
    pub(super) fn anybody(rng: &mut Rng) -> Self {
        match rng.below(1000) {
            0..8 => Self::vvip(rng),
            8..48 => Self::vip(rng),
            _ => Self::agent(rng),
        }
    }

    /// The person of a number, always under the same name: a first letter tells apart those of one family name.
    fn known(number: i64) -> Self {
        let number = usize::try_from(number).unwrap_or(0);
        let called = tables::CALLERS.get(number % tables::CALLERS.len()).copied().unwrap_or_default();
        let (title, family) = called.split_once(' ').unwrap_or(("", called));
        let letter = ('A'..='Z').nth(number / tables::CALLERS.len()).unwrap_or('Z');
        Self {
            name: format!("{title} {letter}. {family}"),
            phone: phone(i64::try_from(number).unwrap_or(0)),
            vip: None,
        }
    }

    /// Name and number, as the content of an entry holds them: never its body.
    pub(super) fn said(&self) -> String {
        format!("{}, {}", self.name, self.phone)
    }
}

fn phone(number: i64) -> String {
    format!("04 65 71 {:02} {:02}", number / 100, number % 100)
}
