//! What a reader sees: it renders [`crate::study::results::Results`] and computes nothing.

pub mod figure;
