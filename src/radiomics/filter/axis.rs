//! The axes of an image, by name.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An index axis of the image: i runs fastest (columns), then j (rows), then k (slices).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Axis {
    /// Columns.
    I,
    /// Rows.
    J,
    /// Slices.
    K,
}

impl Axis {
    /// 0, 1 or 2.
    pub fn index(self) -> usize {
        self as usize
    }
}
