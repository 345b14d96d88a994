//! One folder for each thing that the program is for.

pub mod calendar;
pub mod contract;
pub mod desk;
pub mod ezv;
pub mod judgement;
pub mod notices;
pub mod people;
pub mod post;
pub mod proof;
pub mod webhooks;
