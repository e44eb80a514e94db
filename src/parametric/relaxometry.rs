//! What contrast agent changes in maps of T1, T2 and proton density (synthetic MRI).

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::parametric::failure::{Failure, Fit};
use crate::parametric::info::MapInfo;
use crate::parametric::map::VoxelModel;

/// What a relaxometry map shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Quantity {
    /// Longitudinal relaxation time, ms.
    T1,
    /// Transverse relaxation time, ms.
    T2,
    /// Proton density, percent units.
    PD,
}

impl Quantity {
    /// The maps: X before, Xe after contrast agent, their difference dX and dX_percent.
    pub fn maps(self) -> Vec<MapInfo> {
        let (name, label, unit) = match self {
            Quantity::T1 => ("T1", "T1", "ms"),
            Quantity::T2 => ("T2", "T2", "ms"),
            Quantity::PD => ("PD", "proton density", "pu"),
        };
        let map = |name: String, label: String, unit| MapInfo {
            name: Cow::Owned(name),
            label: Cow::Owned(label),
            ..MapInfo::quantity("", "", unit, "")
        };
        vec![
            map(name.to_string(), format!("{label} before contrast agent"), unit),
            map(format!("{name}e"), format!("{label} after contrast agent"), unit),
            map(format!("d{name}"), format!("decrease of {label} by contrast agent"), unit),
            map(format!("d{name}_percent"), format!("relative decrease of {label} by contrast agent"), "%"),
        ]
    }
}

/// A relaxometry map before (image 1 of the series) and after contrast agent (image 2).
///
/// # Definition
/// `X` and `Xe` themselves, `dX` = X − Xe, positive where the agent shortens, and `dX_percent` = 100 (X − Xe)/X, X one of T1, T2, PD. Null
/// where a value is not positive.
///
/// # Reference
/// Sign: as in studies of synthetic MRI of the breast, before minus after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Difference {
    /// What the maps show.
    pub quantity: Quantity,
}

impl VoxelModel for Difference {
    type Scratch = ();

    fn maps(&self) -> Vec<MapInfo> {
        self.quantity.maps()
    }

    fn images(&self) -> usize {
        2
    }

    fn scratch(&self) {}

    fn fit(&self, _: usize, signal: &[f64], _: &mut (), values: &mut [f64]) -> Result<Fit, Failure> {
        let (before, after) = (signal[0], signal[1]);
        if !(before > 0.0 && after > 0.0) {
            return Err(Failure::NotPositive);
        }
        values.copy_from_slice(&[before, after, before - after, 100.0 * (before - after) / before]);
        Ok(Fit::Inside)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_agent_shortens_t1() {
        let (model, mut values) = (Difference { quantity: Quantity::T1 }, [0.0; 4]);
        assert_eq!(model.fit(0, &[1600.0, 400.0], &mut (), &mut values), Ok(Fit::Inside));
        assert_eq!(values, [1600.0, 400.0, 1200.0, 75.0]);
        assert_eq!(model.fit(0, &[0.0, 400.0], &mut (), &mut values), Err(Failure::NotPositive));
        assert_eq!(model.names(), ["T1", "T1e", "dT1", "dT1_percent"]);
    }
}
