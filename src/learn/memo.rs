//! The memory of one fold: arms that share a modality model fit it once. Since a fit is a pure function of the rows, the
//! learner and the seed, remembering changes no result.

use super::{InnerScores, Predictor};
use crate::error::Result;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};

type Slot<T> = Arc<OnceLock<Result<Arc<T>>>>;

#[derive(Default)]
pub(super) struct Memo {
    fits: Mutex<HashMap<String, Slot<Box<dyn Predictor>>>>,
    scores: Mutex<HashMap<String, Slot<InnerScores>>>,
}

impl Memo {
    pub(super) fn fit(&self, key: String, make: impl FnOnce() -> Result<Box<dyn Predictor>>) -> Result<Arc<Box<dyn Predictor>>> {
        recall(&self.fits, key, make)
    }

    pub(super) fn scores(&self, key: String, make: impl FnOnce() -> Result<InnerScores>) -> Result<Arc<InnerScores>> {
        recall(&self.scores, key, make)
    }
}

fn recall<T>(slots: &Mutex<HashMap<String, Slot<T>>>, key: String, make: impl FnOnce() -> Result<T>) -> Result<Arc<T>> {
    // The lock is held only to find the slot: a fit inside a fit (stacking) must not wait for itself.
    let slot = slots.lock().expect("no thread panics while it holds the map").entry(key).or_default().clone();
    slot.get_or_init(|| make().map(Arc::new)).clone()
}

impl std::fmt::Debug for Memo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Memo")
    }
}
