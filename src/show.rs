//! What people are shown: differences, patches, listings, comparisons, explanations.

pub mod compare;
pub mod explanation;
pub mod file_diff;
pub mod listing;
pub mod patch;
