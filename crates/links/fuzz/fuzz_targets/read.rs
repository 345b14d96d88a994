//! Any bytes, read as a ServiceNow log: no crash, and every row is counted once.
#![no_main]

use std::sync::LazyLock;

use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use vigie_links::{CaseEvent, Mapping, Reject, Sink, SinkError, read_events};

static MAPPING: LazyLock<Mapping> =
    LazyLock::new(|| Mapping::parse(include_str!("../../../../mappings/servicenow.toml"), "servicenow.toml").unwrap());

struct Nothing;

impl Sink for Nothing {
    fn event(&mut self, event: CaseEvent) -> Result<(), SinkError> {
        let _ = event.key();
        Ok(())
    }

    fn reject(&mut self, _: Reject) -> Result<(), SinkError> {
        Ok(())
    }
}

fuzz_target!(|rows: &[u8]| {
    let file = [&b"number,incident_state,opened_at,sys_updated_at,impact\n"[..], rows].concat();
    for file in [rows, &file] {
        if let Ok(s) = read_events(file, &MAPPING, Timestamp::MAX, &mut Nothing) {
            assert_eq!(s.rows, s.accepted + s.partial + s.rejected);
        }
    }
});
