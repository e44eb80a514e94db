//! Shape descriptors that readers of breast ultrasound use: which way the lesion lies, and how irregular its margin is.
//!
//! All are computed from the lesion's outline alone, in millimetres where the pixel size is known. The skin is the upper edge of
//! the image, so rows are depth and columns run along the skin.

use super::outline::Contour;

/// Names and units, in the order of [`descriptors`].
pub const DESCRIPTORS: [(&str, &str); 9] = [
    ("Orientation", "degree"),
    ("Parallel", ""),
    ("DepthWidthRatio", ""),
    ("Solidity", ""),
    ("RadialLengthMean", ""),
    ("RadialLengthSD", ""),
    ("RadialLengthEntropy", "bit"),
    ("RadialLengthZeroCrossings", ""),
    ("RadialLengthRoughness", ""),
];

/// Bins of the radial length's histogram, as in Kilday et al.
const BINS: usize = 100;

/// The descriptors of an outlined lesion.
///
/// # Definition
/// With the outline's `n` pixel centres in order, `r_i` their distances from the region's centre of mass divided by the largest
/// of them, and `m`, `s` their mean and population SD:
/// - `Orientation`: angle between the region's first principal axis and the skin, 0° (along the skin) to 90° (upright);
/// - `Parallel` (BI-RADS orientation): 1 where the region is wider along the skin than deep, else 0;
/// - `DepthWidthRatio`: extent in depth over extent along the skin ("taller than wide" above 1), pixel edges included;
/// - `Solidity`: area over the area of the convex hull of the pixels' corners, 1 for a convex lesion;
/// - `RadialLengthMean` `m`, `RadialLengthSD` `s`, `RadialLengthEntropy` −Σ p log₂ p over 100 bins of (0, 1];
/// - `RadialLengthZeroCrossings`: how often `r_i − m` changes sign around the outline;
/// - `RadialLengthRoughness`: mean of |`r_i − r_(i+1)`| around the outline.
///
/// A region of one row, of one column or of fewer than eight outline pixels has no radial lengths.
///
/// # Reference
/// J. Kilday, F. Palmieri, M. D. Fox, Classifying mammographic lesions using computerized image analysis, IEEE Trans Med Imaging 12
/// (1993) 664–669; A. T. Stavros et al., Solid breast nodules, Radiology 196 (1995) 123–134; ACR BI-RADS Atlas, 5th ed. (2013).
pub fn descriptors(contour: &Contour) -> [Option<f64>; DESCRIPTORS.len()] {
    let [width, depth] = contour.extent;
    let radial = radial(contour);
    let of = |pick: fn(&Radial) -> f64| radial.as_ref().map(pick);
    [
        orientation(contour),
        Some(f64::from(width > depth)),
        Some(depth / width),
        contour.hull_area().map(|hull| contour.area / hull),
        of(|r| r.mean),
        of(|r| r.sd),
        of(|r| r.entropy),
        of(|r| r.crossings),
        of(|r| r.roughness),
    ]
}

/// Angle of the first principal axis to the skin; `None` where no axis is longer.
fn orientation(contour: &Contour) -> Option<f64> {
    let [xx, yy, xy] = contour.moments;
    let longer = ((xx - yy).powi(2) + 4.0 * xy * xy).sqrt();
    let angle = 0.5 * (2.0 * xy).atan2(xx - yy).to_degrees().abs();
    (longer > 1e-9 * (xx + yy)).then_some(angle)
}

struct Radial {
    mean: f64,
    sd: f64,
    entropy: f64,
    crossings: f64,
    roughness: f64,
}

fn radial(contour: &Contour) -> Option<Radial> {
    let lengths: Vec<f64> = contour.points.iter().map(|[x, y]| (x - contour.centre[0]).hypot(y - contour.centre[1])).collect();
    let longest = lengths.iter().copied().fold(0.0, f64::max);
    if lengths.len() < 8 || longest <= 0.0 || contour.extent.iter().zip(contour.spacing).any(|(e, s)| *e < 1.5 * s) {
        return None;
    }
    let n = lengths.len() as f64;
    let r: Vec<f64> = lengths.iter().map(|length| length / longest).collect();
    let mean = r.iter().sum::<f64>() / n;
    let sd = (r.iter().map(|r| (r - mean).powi(2)).sum::<f64>() / n).sqrt();
    let mut counts = [0usize; BINS];
    r.iter().for_each(|r| counts[((r * BINS as f64).ceil() as usize).clamp(1, BINS) - 1] += 1);
    let entropy = counts.iter().filter(|count| **count > 0).map(|count| *count as f64 / n).map(|p| -p * p.log2()).sum();
    let next = |i: usize| r[(i + 1) % r.len()];
    let crossings = (0..r.len()).filter(|&i| (r[i] >= mean) != (next(i) >= mean)).count() as f64;
    let roughness = (0..r.len()).map(|i| (r[i] - next(i)).abs()).sum::<f64>() / n;
    Some(Radial { mean, sd, entropy, crossings, roughness })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::{Grid, Mask};

    fn drawn(size: [usize; 2], spacing: [f64; 2], inside: impl Fn(f64, f64) -> bool) -> [Option<f64>; DESCRIPTORS.len()] {
        let grid = Grid::plain([size[0], size[1], 1], [spacing[0], spacing[1], 1.0]);
        let cells =
            (0..size[0] * size[1]).map(|at| inside((at % size[0]) as f64 * spacing[0], (at / size[0]) as f64 * spacing[1]));
        descriptors(&Contour::of(&Mask::new(grid, cells.collect())).unwrap())
    }

    #[test]
    fn a_rectangle_along_the_skin_is_parallel_convex_and_half_as_deep_as_wide() {
        let made = drawn([40, 30], [0.5, 0.5], |x, y| (3.0..=12.5).contains(&x) && (4.0..=8.5).contains(&y));
        assert!(made[0].unwrap().abs() < 1e-9, "{made:?}");
        assert_eq!(made[1], Some(1.0));
        assert!((made[2].unwrap() - 0.5).abs() < 1e-12);
        assert!((made[3].unwrap() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_tilted_ellipse_has_its_angle_and_an_upright_one_is_not_parallel() {
        let ellipse = |angle: f64| {
            move |x: f64, y: f64| {
                let (sin, cos) = angle.to_radians().sin_cos();
                let (x, y) = (x - 50.0, y - 50.0);
                ((x * cos + y * sin) / 40.0).powi(2) + ((y * cos - x * sin) / 15.0).powi(2) <= 1.0
            }
        };
        let made = drawn([101, 101], [1.0, 1.0], ellipse(30.0));
        assert!((made[0].unwrap() - 30.0).abs() < 0.3, "{made:?}");
        let upright = drawn([101, 101], [1.0, 1.0], ellipse(90.0));
        assert!((upright[0].unwrap() - 90.0).abs() < 0.3 && upright[1] == Some(0.0));
        assert!((upright[2].unwrap() - 81.0 / 31.0).abs() < 1e-12);
    }

    #[test]
    fn a_circle_is_smooth_and_a_star_is_not() {
        let circle = drawn([121, 121], [0.2, 0.2], |x, y| (x - 12.0).hypot(y - 12.0) <= 10.0);
        let star = drawn([121, 121], [0.2, 0.2], |x, y| {
            let angle = (y - 12.0).atan2(x - 12.0);
            (x - 12.0).hypot(y - 12.0) <= 8.0 + 2.0 * (7.0 * angle).cos()
        });
        // On the grid a circle's radius varies by at most a pixel of 0.2 in 10 mm.
        assert!(circle[5].unwrap() < 0.01 && circle[3].unwrap() > 0.97);
        // r = 8 + 2 cos 7θ: seven lobes cross the mean fourteen times; the SD over the outline is near that over the angle, 0.1414.
        assert_eq!(star[7], Some(14.0));
        assert!((star[5].unwrap() - 0.1414).abs() < 0.02, "{star:?}");
        assert!(star[3].unwrap() < 0.9 && star[6].unwrap() > circle[6].unwrap());
    }

    #[test]
    fn pixels_that_are_not_square_count_in_millimetres() {
        let made = drawn([60, 60], [0.1, 0.3], |x, y| (1.0..=4.0).contains(&x) && (3.0..=9.0).contains(&y));
        assert!((made[2].unwrap() - 21.0 * 0.3 / (31.0 * 0.1)).abs() < 1e-9);
        assert_eq!(made[1], Some(0.0));
    }

    #[test]
    fn a_region_of_one_pixel_has_no_radial_lengths() {
        let made = drawn([9, 9], [1.0, 1.0], |x, y| x == 4.0 && y == 4.0);
        assert_eq!((made[0], made[4], made[8]), (None, None, None));
        assert_eq!(made[2], Some(1.0));
    }
}
