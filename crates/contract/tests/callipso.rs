//! The contract that Vigie ships with.
use std::path::Path;

#[test]
fn callipso_loads_without_a_problem() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../contracts/callipso");
    let history = vigie_contract::load(&dir).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(history.base().contract.indicators.len(), 34);
    assert_eq!(history.versions().count(), 2);
}
