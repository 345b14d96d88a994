//! One folder for each thing that the program is for.

pub mod desk;
pub mod judgement;
pub mod proof;
