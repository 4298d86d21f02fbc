//! The template engine: syntax, expressions, the names that templates use.

pub mod engine;
pub mod expression;
pub(crate) mod flow;
pub mod names;
pub mod provided;
pub(crate) mod reads;
pub mod usage;
pub(crate) mod variables;
