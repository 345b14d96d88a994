//! Counting tests from what test programs print.

/// Tests that passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// How many passed.
    pub(crate) passed: u64,
    /// How many failed.
    pub(crate) failed: u64,
}

impl Tally {
    /// Adds another count to this one.
    pub(crate) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }

    /// Reads a line such as `test result: FAILED. 4 passed; 1 failed; 0 ignored; ...` or
    /// `4 passed, 1 failed`, or Node's `ℹ pass 4` and `ℹ fail 1`; any other line counts nothing.
    pub(crate) fn read(&mut self, line: &str) {
        if let Some((word, count)) = line.strip_prefix("ℹ ").and_then(|rest| rest.split_once(' ')) {
            let count = count.parse().unwrap_or(0);
            match word {
                "pass" => self.passed += count,
                "fail" | "cancelled" => self.failed += count,
                _ => {}
            }
            return;
        }
        let line = line.strip_prefix("test result:").map_or(line, |rest| rest.split_once('.').map_or(rest, |(_, r)| r));
        let (mut passed, mut failed) = (None, None);
        for part in line.split([';', ',']) {
            match part.trim().split_once(' ') {
                Some((n, "passed")) => passed = n.parse().ok(),
                Some((n, "failed")) => failed = n.parse().ok(),
                _ => {}
            }
        }
        if let (Some(passed), Some(failed)) = (passed, failed) {
            self.add(Self { passed, failed });
        }
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, passed: u64, failed: u64) {
        let mut tally = Tally::default();
        tally.read(line);
        assert_eq!(tally, Tally { passed, failed }, "{line}");
    }

    #[test]
    fn each_way_of_printing_a_result_is_read() {
        check("test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.21s", 12, 0);
        check("test result: FAILED. 4 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out", 4, 1);
        check("7 passed, 2 failed", 7, 2);
        check("ℹ pass 8", 8, 0);
        check("ℹ fail 2", 0, 2);
    }

    #[test]
    fn any_other_line_counts_nothing() {
        check("running 12 tests", 0, 0);
        check("test a_case_passed ... ok", 0, 0);
        check("5 passed", 0, 0);
        check("ℹ tests 8", 0, 0);
        check("", 0, 0);
    }

    #[test]
    fn what_is_printed_is_read_back() {
        check(&Tally { passed: 3, failed: 1 }.to_string(), 3, 1);
    }
}
