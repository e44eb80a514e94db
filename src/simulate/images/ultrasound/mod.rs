//! B-mode ultrasound of the lesion: anatomy as echo levels, speckle, and the picture that a machine shows.
//!
//! | file | what it knows |
//! |---|---|
//! | [`anatomy`] | layers of the breast under the probe, the lesion's section, echo level and attenuation |
//! | [`speckle`] | scatterers through a point-spread function, log compression |
//! | [`frame`] | the picture with its depth scale and burned-in text, the calibrated region, the mask |

pub mod anatomy;
pub mod frame;
pub mod speckle;

pub use frame::{Picture, scan};
