//! What tokens say of somebody, whatever the provider calls it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::AskError;

/// Claims by their name.
pub(super) type Said = Map<String, Value>;

/// Groups of one person that are read; whoever has more is no person.
const MAX_GROUPS: usize = 1_000;

/// Every claim beyond those of the standard.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(super) struct All(Said);

impl openidconnect::AdditionalClaims for All {}

/// All claims, those of the standard too, under the names that they came with.
pub(super) fn as_map(claims: &impl Serialize) -> Result<Said, AskError> {
    match serde_json::to_value(claims) {
        Ok(Value::Object(said)) => Ok(said),
        _ => Err(AskError::Unusable { reason: "its claims are no object".to_owned() }),
    }
}

/// The claim of that name, or the one to which its points lead.
fn find<'a>(said: &'a Said, claim: &str) -> Option<&'a Value> {
    if let Some(value) = said.get(claim) {
        return Some(value);
    }
    let (first, rest) = claim.split_once('.')?;
    find(said.get(first)?.as_object()?, rest)
}

/// A claim that is a text.
pub(super) fn text(said: &Said, claim: &str) -> Option<String> {
    find(said, claim)?.as_str().map(str::to_owned)
}

/// A claim that is a text or a list of them.
pub(super) fn groups(said: &Said, claim: &str) -> Vec<String> {
    match find(said, claim) {
        Some(Value::String(one)) => vec![one.clone()],
        Some(Value::Array(many)) => many.iter().take(MAX_GROUPS).filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn groups_are_a_text_or_a_list_and_points_lead_into_objects() {
        let said = json!({
            "groups": ["a", 1, "b"], "role": "chief", "realm_access": {"roles": ["c"]}, "https://x.test/g": ["d"], "n": 1
        });
        let said = said.as_object().unwrap();
        for (claim, expected) in [
            ("groups", vec!["a", "b"]),
            ("role", vec!["chief"]),
            ("realm_access.roles", vec!["c"]),
            ("https://x.test/g", vec!["d"]),
            ("n", vec![]),
            ("absent.roles", vec![]),
            ("role.more", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(groups(said, claim), expected, "{claim}");
        }
    }
}
