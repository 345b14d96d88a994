//! House commands.
fn main() {}
