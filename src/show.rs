//! What people are shown: differences, patches, listings, comparisons, explanations.

pub mod compare;
pub mod diff;
pub mod explain;
pub mod listing;
pub mod patch;
