//! What a map is: its name, its unit, and where it is defined. Known before any image is read.

use std::borrow::Cow;

/// What kind of numbers a map holds, and so how a region of it may be summarised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MapKind {
    /// A quantity of the tissue: means, percentiles and texture have a meaning.
    Quantity,
    /// Classes 1, 2, 3 …: only shares of classes have a meaning.
    Class,
    /// How good the fit is; not a quantity of the tissue.
    Quality,
}

/// A map as a table or a figure names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MapInfo {
    /// Short name, as in feature and file names: `Ktrans`.
    pub name: Cow<'static, str>,
    /// Name in print: "volume transfer constant".
    pub label: Cow<'static, str>,
    /// Unit; `1` for pure numbers, `a.u.` for the signal's own unit.
    pub unit: &'static str,
    /// Where it is defined; empty for quantities every textbook has.
    pub citation: &'static str,
    /// What kind of numbers it holds.
    pub kind: MapKind,
}

impl MapInfo {
    /// A quantity.
    pub const fn quantity(name: &'static str, label: &'static str, unit: &'static str, citation: &'static str) -> Self {
        MapInfo { name: Cow::Borrowed(name), label: Cow::Borrowed(label), unit, citation, kind: MapKind::Quantity }
    }

    /// Classes.
    pub const fn class(name: &'static str, label: &'static str, citation: &'static str) -> Self {
        MapInfo { name: Cow::Borrowed(name), label: Cow::Borrowed(label), unit: "1", citation, kind: MapKind::Class }
    }

    /// A measure of the fit's quality.
    pub const fn quality(name: &'static str, label: &'static str, unit: &'static str) -> Self {
        MapInfo { name: Cow::Borrowed(name), label: Cow::Borrowed(label), unit, citation: "", kind: MapKind::Quality }
    }
}

/// Share of the variance of a voxel's signals that the fit explains.
pub const R2: MapInfo = MapInfo::quality("R2", "coefficient of determination of the fit", "1");
/// Root of the mean squared residual of a fit of signals.
pub const RMSE: MapInfo = MapInfo::quality("RMSE", "root mean squared residual of the fit", "a.u.");
/// 1 where a parameter stopped at its bound, 0 where none did.
pub const AT_BOUND: MapInfo = MapInfo::quality("at_bound", "fit stopped at the bound of a parameter", "1");
/// Signal without diffusion weighting, as fitted.
pub const S0: MapInfo = MapInfo::quality("S0", "fitted signal at b = 0", "a.u.");
