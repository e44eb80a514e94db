//! A series: several images of one place, told apart by time (contrast agent), by diffusion weighting or by name.
//!
//! | what | file |
//! |---|---|
//! | when the images were taken, and how that is known | `times` |
//! | b-values and gradient directions | `diffusion` |
//! | which images are before and after contrast agent, and how they are named | `phases` |
//! | named maps and their pairs before and after contrast agent | `maps` |
//!
//! The rule that holds here: nothing is guessed in silence. A time says where it comes from, an injection says whether it was
//! stated or assumed, and what a header leaves open is `None`. Voxels are not here; `read::series` hands them out image by image.

pub mod diffusion;
pub mod maps;
pub mod phases;
pub mod times;

pub use diffusion::{Diffusion, Shell};
pub use maps::{MapPair, NamedMaps};
pub use phases::{Injection, Moments, Phase, PhaseName, PhaseTable, Role};
pub use times::{Clock, FrameTime, TimeSource, Times, times_of};
