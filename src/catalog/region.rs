//! The regions of AWS that have everything the templates use.

use crate::text::error::nearest;

/// Commercial regions with three or more zones, EKS Auto Mode and MongoDB Atlas.
/// `us-west-1` is left out: new accounts get two zones there.
pub const AWS: [&str; 28] = [
    "af-south-1",
    "ap-east-1",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ca-central-1",
    "ca-west-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-2",
];

/// Whether AWS has the region.
///
/// # Errors
/// The nearest region, if one is near.
pub fn check(text: &str) -> Result<(), String> {
    if AWS.contains(&text) {
        return Ok(());
    }
    Err(match nearest(text, AWS) {
        Some(near) => format!("which AWS does not have (did you mean `{near}`?)"),
        None => "which AWS does not have".into(),
    })
}
