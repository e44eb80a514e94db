//! The protocol of an examination: what was done, what the study expected, and where they differ.
//!
//! | what | file |
//! |---|---|
//! | what a header says of one image | `scan` |
//! | what was done, of a whole series | `descriptor` |
//! | what a study expects | `expected` |
//! | where they differ | `check` |
//!
//! The rule that holds here: a descriptor names nobody. It has no identifiers, serial numbers or dates, and may be published.

pub mod check;
pub mod descriptor;
pub mod expected;
pub mod scan;

pub use check::{Deviation, DeviationKind, check};
pub use descriptor::{Protocol, ShellCount};
pub use expected::Expected;
pub use scan::{Scan, SequenceKind};
