//! Modalities: one adapter per source of features.
//!
//! Rule: an adapter turns what one source holds into named columns, one row per case, and says what it noticed. It never sees an
//! outcome, and it learns nothing from other cases. To add one, add a file here.

pub mod clinical;
