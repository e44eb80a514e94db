//! What a feature is: its name, its IBSI code, its unit. Each family file lists its own, in the order in which it returns values.

/// The description of one feature of a family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Definition {
    /// Name in PyRadiomics' spelling (`JointEntropy`), which is also how columns are named.
    pub name: &'static str,
    /// Four-letter IBSI code, or `""` where the standard has no such feature.
    pub code: &'static str,
    /// Unit of the value, or `""` for a pure number: `mm`, `mm2`, `mm3`, `intensity`, `intensity2`, `level`.
    pub unit: &'static str,
}

/// Values of a family in the order of its definitions; `None` where a feature is undefined for the region.
pub type Values = Vec<Option<f64>>;
