//! Keys and signed checkpoints: ours verified by others' code, and every way to be refused.
