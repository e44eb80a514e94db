//! Statistics: slices in, estimates out. Pure: nothing of ours is used here, nothing is read, nothing is printed;
//! randomness is a generator that the caller passes in.

pub mod estimate;
pub mod normal;
pub mod placement;
pub mod quantile;
pub mod r_pretty;
pub mod rank;
