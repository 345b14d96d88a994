//! Reads a file through a mapping and prints what would come of it: `dry FILE MAPPING [CLASS]`.

use std::{collections::HashSet, error::Error, fs::File, path::Path, process::ExitCode};

use jiff::Timestamp;
use vigie_contract::Class;
use vigie_links::{CaseEvent, Mapping, Reject, Sink, SinkError, read_events};

/// Counts what a store would keep.
#[derive(Default)]
struct Dry {
    keys: HashSet<[u8; 32]>,
    cases: HashSet<String>,
    shown: Vec<Reject>,
}

impl Sink for Dry {
    fn event(&mut self, event: CaseEvent) -> Result<(), SinkError> {
        self.keys.insert(event.key());
        self.cases.insert(event.subject);
        Ok(())
    }

    fn reject(&mut self, reject: Reject) -> Result<(), SinkError> {
        if self.shown.len() < 10 {
            self.shown.push(reject);
        }
        Ok(())
    }
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

fn run(args: &[String]) -> Result<(), Box<dyn Error>> {
    let (file, mapping, class) = match args {
        [file, mapping] => (file, mapping, None),
        [file, mapping, class] => (file, mapping, Some(class)),
        _ => return Err("usage: dry FILE MAPPING [incident|request|problem|change]".into()),
    };
    let mut mapping = Mapping::load(Path::new(mapping))?;
    if let Some(class) = class {
        let class = Class::from_name(class).filter(|c| c.is_case()).ok_or("unknown class")?;
        mapping = mapping.with_class(class);
    }
    let mut dry = Dry::default();
    // Far ahead: an example has no clock, and old logs have no future.
    let summary = read_events(File::open(file)?, &mapping, Timestamp::MAX, &mut dry)?;
    println!("{file}");
    println!(
        "  {} bytes, {}, separator {:?}, sha256 {}",
        summary.bytes,
        summary.encoding,
        summary.separator,
        summary.sha256.map(|b| format!("{b:02x}")).concat()
    );
    println!(
        "  rows {} = accepted {} + partial {} + rejected {}",
        summary.rows, summary.accepted, summary.partial, summary.rejected
    );
    println!(
        "  events {} ({} distinct, {} repeats left out), cases {}",
        summary.events,
        dry.keys.len(),
        summary.repeated,
        dry.cases.len()
    );
    if let (Some(first), Some(last)) = (summary.first, summary.last) {
        println!("  from {first} to {last}");
    }
    println!("  personal values left out {}", summary.personal_left_out);
    println!("  rejects {:?}", summary.rejects);
    for reject in &dry.shown {
        println!(
            "    line {}, {:?} {:?}: {} ({:?} lost)",
            reject.line,
            reject.field,
            reject.value,
            reject.reason.en(),
            reject.lost
        );
    }
    println!("  columns missing {:?}, headers unknown {:?}", summary.missing_columns, summary.unknown_headers);
    for ((impact, urgency), priorities) in summary.pairs.matrix() {
        println!("  {impact} x {urgency} -> {priorities:?}");
    }
    Ok(())
}
