//! The contract as people read it: every rule with its clause, its days and the doubts that it settles.

pub mod web;
