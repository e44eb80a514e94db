//! Mammography: cranio-caudal and medio-lateral oblique projections of the breast and its lesion.
//!
//! | file | what it knows |
//! |---|---|
//! | [`projection`] | how far X-rays go through fat, gland and lesion, pixel by pixel |
//! | [`view`] | calcifications, muscle, noise and display: the picture, the lesion's mask |

pub mod projection;
pub mod view;

pub use view::{Mammogram, View, mammogram};
