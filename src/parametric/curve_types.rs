//! What the classes of the kinetic maps say of a whole lesion: shares of voxels, and how mixed they are.

use std::borrow::Cow;

use crate::image::Mask;
use crate::parametric::info::MapInfo;
use crate::parametric::map::Maps;

/// Bounds of the classes of the signal enhancement ratio: persistent below, wash-out above.
const SER: [f64; 2] = [0.9, 1.1];

/// The statistics, by name; known without data.
///
/// # Definition
/// Shares of the voxels that have a class: `curve_type_persistent`, `…_plateau`, `…_washout`; `initial_phase_slow`, `…_medium`, `…_fast`;
/// `SER_persistent` (< 0.9), `SER_plateau`, `SER_washout` (> 1.1); `fast_washout`, the share that rises fast and washes out; and
/// `curve_type_heterogeneity` ([`heterogeneity`]).
///
/// # Reference
/// Hylton 2012, Radiology 263:663 (SER volumes).
pub fn statistics() -> Vec<MapInfo> {
    let share = |of: &str, class: &str| MapInfo {
        name: Cow::Owned(format!("{of}_{class}")),
        label: Cow::Owned(format!("share of voxels with {} {class}", of.replace('_', " "))),
        ..MapInfo::quantity("", "", "1", "")
    };
    let shares = |of: &'static str, classes: [&'static str; 3]| classes.map(|class| share(of, class));
    let mut all = Vec::new();
    all.extend(shares("curve_type", ["persistent", "plateau", "washout"]));
    all.extend(shares("initial_phase", ["slow", "medium", "fast"]));
    all.extend(shares("SER", ["persistent", "plateau", "washout"]));
    all.push(MapInfo::quantity(
        "fast_washout",
        "share of voxels with fast rise and wash-out",
        "1",
        "Kuhl 1999, Radiology 211:101",
    ));
    all.push(MapInfo::quantity("curve_type_heterogeneity", "normalised entropy of the curve types", "1", ""));
    all
}

/// The statistics over a region (over all voxels that have values, without one), in the order of [`statistics`]; `None` where no voxel of
/// the region has a class.
pub fn measure(maps: &Maps, region: Option<&Mask>) -> Vec<Option<f64>> {
    let values = |name: &str| -> Vec<f64> {
        let all = maps.get(name).map_or(&[][..], |map| &map.values);
        all.iter().enumerate().filter(|(voxel, _)| region.is_none_or(|r| r.inside[*voxel])).map(|(_, value)| *value).collect()
    };
    let (types, phases) = (values("curve_type"), values("initial_phase"));
    let ser: Vec<f64> = values("SER").into_iter().map(|ratio| class_of(ratio, SER)).collect();
    let mut found: Vec<Option<f64>> = [&types, &phases, &ser].into_iter().flat_map(|classes| shares(classes)).collect();
    let both: Vec<bool> =
        types.iter().zip(&phases).filter(|(t, p)| t.is_finite() && p.is_finite()).map(|(t, p)| *t == 3.0 && *p == 3.0).collect();
    let fast = both.iter().filter(|both| **both).count() as f64;
    found.push((!both.is_empty()).then(|| fast / both.len() as f64));
    found.push(heterogeneity(&types));
    found
}

fn class_of(value: f64, bounds: [f64; 2]) -> f64 {
    match value {
        value if value.is_nan() => f64::NAN,
        value if value < bounds[0] => 1.0,
        value if value <= bounds[1] => 2.0,
        _ => 3.0,
    }
}

/// Shares of classes 1, 2, 3 among those that have one.
fn shares(classes: &[f64]) -> [Option<f64>; 3] {
    let counts = [1.0, 2.0, 3.0].map(|class| classes.iter().filter(|value| **value == class).count() as f64);
    let all: f64 = counts.iter().sum();
    counts.map(|count| (all > 0.0).then(|| count / all))
}

/// How mixed the curve types of a lesion are.
///
/// # Definition
/// −Σ pₖ ln pₖ / ln 3 over the fractions of persistent, plateau and wash-out voxels: 0 when all are alike, 1 when they are even. `None`
/// when no voxel has a type.
pub fn heterogeneity(types: &[f64]) -> Option<f64> {
    let entropy = |share: f64| if share > 0.0 { -share * share.ln() } else { 0.0 };
    let shares: Option<Vec<f64>> = shares(types).into_iter().collect();
    shares.map(|shares| shares.into_iter().map(entropy).sum::<f64>() / 3f64.ln())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::{Grid, Volume};
    use std::collections::BTreeMap;

    #[test]
    fn heterogeneity_of_even_types_is_one() {
        assert!((heterogeneity(&[1.0, 2.0, 3.0]).unwrap() - 1.0).abs() < 1e-12);
        assert_eq!(heterogeneity(&[3.0, 3.0, f64::NAN]), Some(0.0));
        assert_eq!(heterogeneity(&[]), None);
    }

    #[test]
    fn shares_are_those_of_the_region() {
        let grid = Grid::plain([4, 1, 1], [1.0; 3]);
        let map =
            |name: &'static str, values: [f64; 4]| (MapInfo::class(name, "", ""), Volume::new(grid.clone(), values.to_vec()));
        let maps = Maps {
            maps: vec![
                map("curve_type", [3.0, 3.0, 1.0, f64::NAN]),
                map("initial_phase", [3.0, 1.0, 3.0, f64::NAN]),
                map("SER", [1.2, 1.0, f64::NAN, f64::NAN]),
            ],
            voxels: 4,
            at_bound: 0,
            failures: BTreeMap::new(),
        };
        let of = |region: Option<&Mask>| {
            let found = measure(&maps, region);
            move |name: &str| found[statistics().iter().position(|info| info.name == name).unwrap()]
        };
        let all = of(None);
        assert_eq!(
            [all("curve_type_washout"), all("SER_washout"), all("fast_washout")],
            [Some(2.0 / 3.0), Some(0.5), Some(1.0 / 3.0)]
        );
        let part = of(Some(&Mask::new(grid.clone(), vec![false, true, true, false])));
        assert_eq!([part("curve_type_washout"), part("SER_washout"), part("fast_washout")], [Some(0.5), Some(0.0), Some(0.0)]);
        let none = of(Some(&Mask::new(grid.clone(), vec![false, false, false, true])));
        assert_eq!([none("curve_type_washout"), none("curve_type_heterogeneity")], [None, None]);
    }
}
