//! Tumour habitats: parts of a lesion that behave alike in several maps at once, and what their make-up says.
//!
//! The rule here: whatever is learned (scaling, centroids, number of habitats) is learned from the vectors that are passed in and
//! from nothing else, so that a fold's training rows decide alone. Results depend neither on the number of threads nor on the
//! processor.

pub mod agreement;
mod atlas;
pub mod bag;
pub mod case;
pub mod choice;
pub mod codebook;
pub mod features;
pub mod kmeans;
pub mod mixture;
mod nearest;
pub mod picture;
pub mod recipe;
mod region;
mod screen;
mod seeding;
pub mod slic;
pub mod supervoxel;
pub mod vectors;

pub use agreement::adjusted_rand;
pub use atlas::LARGEST_ATLAS;
pub use bag::{BAG, bag_size, decode_bag, encode_bag};
pub use case::{CaseHabitats, HabitatMap};
pub use choice::{Candidate, Choice, ChoiceOptions, Criterion, compare};
pub use codebook::{Codebook, Groups};
pub use features::{FeatureOptions, Makeup, feature_names, features};
pub use kmeans::{KMeans, KMeansOptions, kmeans, kmeans_from};
pub use mixture::{Mixture, MixtureFit, MixtureOptions, mixture};
pub use picture::picture;
pub use recipe::{Clustering, Number, Recipe};
pub use slic::{SlicOptions, SupervoxelSize, slic};
pub use supervoxel::{Collected, Neighbourhood, Supervoxels, collect, pooled};
pub use vectors::{Scaling, Vectors};
