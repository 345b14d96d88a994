//! Clock tests.
