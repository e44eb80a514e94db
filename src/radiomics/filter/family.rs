//! The orthogonal wavelets, by the names that the field uses.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::convolve::Kernel;
use super::taps::SCALING;

/// An orthogonal wavelet: `haar`, `coif1` … `coif5`, `db1` … `db20`, `sym2` … `sym20`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Family(usize);

/// The decomposition filters of a wavelet, along one axis.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Pair {
    /// Low-pass.
    pub low: Kernel,
    /// High-pass.
    pub high: Kernel,
}

impl Family {
    /// The wavelet of this name, if it is one of them.
    pub fn named(name: &str) -> Option<Self> {
        SCALING.iter().position(|(known, _)| *known == name).map(Family)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        SCALING[self.0].0
    }

    /// Every wavelet there is.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..SCALING.len()).map(Family)
    }

    /// The filters that it decomposes with.
    ///
    /// # Definition
    /// With the scaling filter `h` of `n` taps: low-pass `h[n − 1 − t]`, high-pass `(−1)^(t + 1) h[t]`, both convolved with the image and
    /// centred on tap `n / 2`.
    pub(super) fn pair(self) -> Pair {
        let scaling = SCALING[self.0].1;
        let low: Vec<f64> = scaling.iter().rev().copied().collect();
        let high: Vec<f64> = scaling.iter().enumerate().map(|(t, h)| if t % 2 == 0 { -h } else { *h }).collect();
        Pair { low: Kernel::convolution(&low), high: Kernel::convolution(&high) }
    }
}

impl Default for Family {
    /// PyRadiomics' default, `coif1`.
    fn default() -> Self {
        Family::named("coif1").unwrap_or(Family(0))
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl TryFrom<String> for Family {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        Family::named(&name).ok_or_else(|| format!("there is no wavelet `{name}`; known are haar, coif1–5, db1–20 and sym2–20"))
    }
}

impl From<Family> for String {
    fn from(family: Family) -> String {
        family.name().to_string()
    }
}

impl JsonSchema for Family {
    fn schema_name() -> Cow<'static, str> {
        "WaveletFamily".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let names: Vec<&str> = Family::all().map(Family::name).collect();
        json_schema!({ "description": "An orthogonal wavelet.", "type": "string", "enum": names })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Vanishing moments that a wavelet of this name has, and taps.
    fn promised(name: &str) -> (usize, usize) {
        let order = |prefix: &str| name.strip_prefix(prefix).and_then(|n| n.parse::<usize>().ok());
        match (order("db").or(order("sym")), order("coif")) {
            (Some(n), _) => (n, 2 * n),
            (_, Some(n)) => (2 * n, 6 * n),
            _ => (1, 2),
        }
    }

    #[test]
    fn filters_are_orthonormal_and_have_their_vanishing_moments() {
        for family in Family::all() {
            let h = SCALING[family.0].1;
            let (moments, taps) = promised(family.name());
            assert_eq!(h.len(), taps, "{family}");
            assert!((h.iter().sum::<f64>() - 2.0_f64.sqrt()).abs() < 1e-10, "{family}");
            for shift in 0..taps / 2 {
                let product: f64 = h.iter().zip(&h[2 * shift..]).map(|(a, b)| a * b).sum();
                let truth = if shift == 0 { 1.0 } else { 0.0 };
                assert!((product - truth).abs() < 1e-10, "{family}: shift {shift}: {product}");
            }
            // The high-pass filter does not see a polynomial of degree below the number of moments; it is centred and scaled so that
            // the powers stay of the order of one.
            let high = family.pair().high;
            for degree in 0..moments {
                let middle = (taps as f64 - 1.0) / 2.0;
                let terms =
                    high.taps.iter().enumerate().map(|(t, g)| g * ((t as f64 - middle) / taps as f64).powi(degree as i32));
                assert!(terms.sum::<f64>().abs() < 1e-10, "{family}: moment {degree}");
            }
        }
    }

    #[test]
    fn the_low_order_filters_are_their_closed_forms() {
        let (three, seven) = (3.0_f64.sqrt(), 7.0_f64.sqrt());
        let db2 = [1.0 + three, 3.0 + three, 3.0 - three, 1.0 - three].map(|h| h / (4.0 * 2.0_f64.sqrt()));
        let coif1 = [1.0 - seven, 5.0 + seven, 14.0 + 2.0 * seven, 14.0 - 2.0 * seven, 1.0 - seven, -3.0 + seven]
            .map(|h| h / (16.0 * 2.0_f64.sqrt()));
        for (name, truth) in [("db2", db2.as_slice()), ("sym2", &db2), ("coif1", &coif1)] {
            let h = SCALING[Family::named(name).unwrap().0].1;
            assert!(h.iter().zip(truth).all(|(a, b)| (a - b).abs() < 1e-11), "{name}: {h:?} {truth:?}");
        }
    }

    #[test]
    fn symlets_and_coiflets_are_nearly_symmetric() {
        // Coiflets have a scaling function with vanishing moments about its centre of mass: that fixes which root they are.
        for order in 1..=5 {
            let h = SCALING[Family::named(&format!("coif{order}")).unwrap().0].1;
            let mean: f64 = h.iter().enumerate().map(|(t, h)| t as f64 * h).sum::<f64>() / 2.0_f64.sqrt();
            for degree in 1..2 * order {
                let moment: f64 =
                    h.iter().enumerate().map(|(t, h)| h * ((t as f64 - mean.round()) / h_len(order)).powi(degree)).sum();
                assert!(moment.abs() < 1e-9, "coif{order}: moment {degree} is {moment}");
            }
        }
    }

    fn h_len(order: i32) -> f64 {
        6.0 * f64::from(order)
    }
}
