//! The version of this program.

use std::sync::LazyLock;

use semver::Version;

/// The version of this program.
pub fn own() -> &'static Version {
    // Cargo builds no package whose version does not parse.
    static OWN: LazyLock<Version> =
        LazyLock::new(|| Version::parse(env!("CARGO_PKG_VERSION")).unwrap_or_else(|_| Version::new(0, 0, 0)));
    &OWN
}
