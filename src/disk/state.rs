//! The folder in which the program keeps what belongs to the user and not to a repository.

use std::path::PathBuf;

use etcetera::BaseStrategy as _;

const FOLDER: &str = "scaffold";

/// The user's state directory for this program, such as `~/.local/state/scaffold`; none where the user has no home. It
/// may not exist yet.
pub fn folder() -> Option<PathBuf> {
    let base = etcetera::choose_base_strategy().ok()?;
    Some(base.state_dir().unwrap_or_else(|| base.data_dir()).join(FOLDER))
}
