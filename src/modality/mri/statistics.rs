//! What a map says of a region in a few numbers.

use crate::image::{Mask, Volume};
use crate::statistic::describe::Description;
use crate::statistic::quantile::QuantileType;
use crate::statistic::quantile::quantiles;

/// The numbers, in their order, as feature names have them.
pub(super) const STATISTICS: [&str; 8] = ["mean", "sd", "median", "p10", "p90", "skewness", "kurtosis", "valid_share"];

/// The statistics of a map over a region: voxels without a value are left out, and how many have one is itself a number.
///
/// # Definition
/// Mean, standard deviation (n − 1), median, 10 % and 90 % quantiles (type 7), skewness m₃/m₂^1.5, kurtosis m₄/m₂² − 3, share of the region's
/// voxels that have a value.
pub(super) fn statistics(map: &Volume, region: &Mask) -> Vec<Option<f64>> {
    let inside = map.values.iter().zip(&region.inside).filter(|(_, inside)| **inside).map(|(value, _)| *value);
    let values: Vec<f64> = inside.clone().filter(|value| value.is_finite()).collect();
    let all = inside.count();
    let share = (all > 0).then(|| values.len() as f64 / all as f64);
    let Ok(description) = Description::new(&values) else {
        return (0..STATISTICS.len() - 1).map(|_| None).chain([share]).collect();
    };
    let moment = |power: i32| values.iter().map(|x| (x - description.mean).powi(power)).sum::<f64>() / values.len() as f64;
    let spread = moment(2);
    let of_spread = |value: f64| (spread > 0.0).then_some(value).filter(|value| value.is_finite());
    let tails = quantiles(&values, &[0.1, 0.9], QuantileType::Type7);
    let tail = |at: usize| tails.as_ref().map(|tails| tails[at]);
    vec![
        Some(description.mean),
        description.sd,
        Some(description.median),
        tail(0),
        tail(1),
        of_spread(moment(3) / spread.powf(1.5)),
        of_spread(moment(4) / spread.powi(2) - 3.0),
        share,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::Grid;

    #[test]
    fn voxels_without_a_value_are_left_out_and_counted() {
        let grid = Grid::plain([6, 1, 1], [1.0; 3]);
        let map = Volume::new(grid.clone(), vec![1.0, 2.0, 3.0, 10.0, f64::NAN, 99.0]);
        let region = Mask::new(grid, vec![true, true, true, true, true, false]);
        let found = statistics(&map, &region);
        assert_eq!(found[0], Some(4.0));
        assert_eq!(found[2], Some(2.5));
        assert_eq!(found[7], Some(0.8));
        // Deviations −3, −2, −1, 6: m₂ = 12.5, m₃ = 45, m₄ = 348.5.
        assert!((found[5].unwrap() - 45.0 / 12.5f64.powf(1.5)).abs() < 1e-12);
        assert!((found[6].unwrap() - (348.5 / 156.25 - 3.0)).abs() < 1e-12);
    }

    #[test]
    fn a_region_without_values_has_no_statistics_and_a_constant_no_shape() {
        let grid = Grid::plain([2, 1, 1], [1.0; 3]);
        let region = Mask::new(grid.clone(), vec![true; 2]);
        let empty = statistics(&Volume::new(grid.clone(), vec![f64::NAN; 2]), &region);
        assert!(empty[..7].iter().all(Option::is_none));
        assert_eq!(empty[7], Some(0.0));
        let constant = statistics(&Volume::new(grid, vec![3.0; 2]), &region);
        assert_eq!((constant[0], constant[5], constant[6]), (Some(3.0), None, None));
    }
}
