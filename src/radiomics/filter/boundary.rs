//! What a filter sees beyond the edge of an image.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How an image goes on beyond its edge.
///
/// # Definition
/// For a line `a b c d`: `zero` … 0 0 | a b c d | 0 0 …; `nearest` … a a | a b c d | d d …; `periodic` … c d | a b c d | a b …;
/// `mirror` … b a | a b c d | d c …
///
/// # Reference
/// IBSI 2 reference manual, boundary conditions (zero padding, nearest value, periodisation, mirror).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Boundary {
    /// Nothing: intensity 0.
    Zero,
    /// The intensity at the edge.
    Nearest,
    /// The image again, from its other side.
    Periodic,
    /// The image reflected, its edge voxel twice.
    #[default]
    Mirror,
}

impl Boundary {
    /// The voxel of a line of `n > 0` that stands for position `at`; `None` where that is intensity 0.
    pub(super) fn voxel(self, at: isize, n: usize) -> Option<usize> {
        let last = n as isize - 1;
        let inside = match self {
            Boundary::Zero => (0..=last).contains(&at).then_some(at)?,
            Boundary::Nearest => at.clamp(0, last),
            Boundary::Periodic => at.rem_euclid(n as isize),
            Boundary::Mirror => {
                let folded = at.rem_euclid(2 * n as isize);
                folded.min(2 * n as isize - 1 - folded)
            }
        };
        Some(inside as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_goes_on_as_its_picture_says() {
        let line = |boundary: Boundary| -> String {
            (-5..9).map(|at| boundary.voxel(at, 4).map_or('0', |voxel| ['a', 'b', 'c', 'd'][voxel])).collect()
        };
        assert_eq!(line(Boundary::Zero), "00000abcd00000");
        assert_eq!(line(Boundary::Nearest), "aaaaaabcdddddd");
        assert_eq!(line(Boundary::Periodic), "dabcdabcdabcda");
        assert_eq!(line(Boundary::Mirror), "ddcbaabcddcbaa");
    }
}
