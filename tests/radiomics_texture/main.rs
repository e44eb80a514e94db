//! Textures, held to the standard's consensus, to PyRadiomics' own baselines and to definitions computed the slow way.

#[path = "../common/mod.rs"]
mod common;
mod definition;
mod ibsi;
mod pyradiomics;
mod volumes;
