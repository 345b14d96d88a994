//! Any text, read as a mapping: no crash.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vigie_links::Mapping;

fuzz_target!(|text: &str| {
    let _ = Mapping::parse(text, "fuzz.toml");
});
