//! One patient's latent biology: what her tumour is, before any scanner sees it.

use serde::{Deserialize, Serialize};

use super::design::ImageDesign;
use super::preset::{MammographyParameters, MriParameters, UltrasoundParameters};
use crate::simulate::class::{Her2Class, PerContrast};
use crate::simulate::design::Patient;
use crate::simulate::stream::stream;
use crate::simulate::variable::{Cell, Column};

/// Enhancement on MRI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum LesionType {
    /// A mass.
    #[serde(rename = "mass")]
    Mass,
    /// Non-mass enhancement.
    #[serde(rename = "NME")]
    NonMass,
    /// A mass with non-mass enhancement around it.
    #[serde(rename = "both")]
    Both,
}

/// Intrinsic subtype by immunohistochemistry (St Gallen 2013).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subtype {
    /// ER positive, HER2 negative, Ki-67 below 20 %, PR at least 20 %.
    LuminalALike,
    /// Other ER positive, HER2 negative.
    LuminalBLikeHer2Negative,
    /// ER positive, HER2 positive.
    LuminalBLikeHer2Positive,
    /// ER and PR negative, HER2 positive.
    Her2Positive,
    /// All three negative.
    TripleNegative,
    /// PR positive without ER: in none of the five.
    Other,
}

impl Subtype {
    /// The subtype of a tumour.
    pub fn of(er_pct: f64, pr_pct: f64, ki67_pct: f64, class: Her2Class) -> Self {
        let positive = class == Her2Class::Positive;
        match (er_pct >= 1.0, positive) {
            (true, true) => Subtype::LuminalBLikeHer2Positive,
            (true, false) if ki67_pct < 20.0 && pr_pct >= 20.0 => Subtype::LuminalALike,
            (true, false) => Subtype::LuminalBLikeHer2Negative,
            (false, _) if pr_pct >= 1.0 => Subtype::Other,
            (false, true) => Subtype::Her2Positive,
            (false, false) => Subtype::TripleNegative,
        }
    }
}

/// The latent biology of one patient.
#[derive(Debug, Clone)]
pub struct Biology {
    /// Position in the cohort.
    pub index: u64,
    /// The patient of the tabular cohort, no value lost.
    pub patient: Patient,
    /// Oestrogen receptor, per cent of cells.
    pub er_pct: f64,
    /// Progesterone receptor, per cent of cells.
    pub pr_pct: f64,
    /// Ki-67, per cent of cells.
    pub ki67_pct: f64,
    /// Grade, 1 to 3.
    pub grade: u8,
    /// Nodal stage, 0 to 3.
    pub n_stage: u8,
    /// Intrinsic subtype.
    pub subtype: Subtype,
    /// Largest diameter, mm.
    pub size_mm: f64,
    /// Mass or non-mass.
    pub lesion_type: LesionType,
    /// Whether the rim enhances.
    pub rim: bool,
    /// Whether the tissue around is oedematous.
    pub oedema: bool,
    /// Whether the core is necrotic.
    pub necrosis: bool,
    /// Breast density: 0 (a) to 3 (d).
    pub density: usize,
    /// Whether treatment leaves no tumour (pathological complete response).
    pub pcr: bool,
    /// Whether the left breast is affected.
    pub left: bool,
    /// Parameters in standard deviations within a class: of MRI, ultrasound, mammography.
    pub standard: [Vec<f64>; 3],
    /// Parameters of MRI.
    pub mri: MriParameters,
    /// Parameters of ultrasound.
    pub ultrasound: UltrasoundParameters,
    /// Parameters of mammography.
    pub mammography: MammographyParameters,
}

/// A patient's clinical cells by name of column.
struct Cells<'a> {
    columns: &'a [Column],
    cells: &'a [Cell],
}

impl Cells<'_> {
    fn find(&self, name: &str) -> Option<(&Column, Cell)> {
        let at = self.columns.iter().position(|column| column.name == name)?;
        Some((&self.columns[at], self.cells[at]))
    }

    /// A number; `usual` where the cohort has no such variable.
    fn number(&self, name: &str, usual: f64) -> f64 {
        match self.find(name) {
            Some((_, Cell::Number(value))) => value,
            _ => usual,
        }
    }

    /// A level by name; `None` where the cohort has no such variable.
    fn level(&self, name: &str) -> Option<&str> {
        match self.find(name) {
            Some((Column { levels: Some(levels), .. }, Cell::Level(level))) => levels.get(level).map(String::as_str),
            _ => None,
        }
    }

    fn yes(&self, name: &str) -> bool {
        self.number(name, 0.0) > 0.5
    }
}

impl ImageDesign {
    /// Draws the biology of patient `index`: nothing but the preset and the index decides on it.
    pub fn biology(&self, index: u64) -> Biology {
        let patient = self.complete().patient(index);
        let columns = self.columns();
        let cells = Cells { columns, cells: &patient.clinical };
        let standard = [0, 1, 2].map(|modality| {
            let effect = &self.effects()[modality];
            let scores = self
                .block(modality)
                .map_or(PerContrast { positive_vs_negative: 0.0, low_vs_zero: 0.0 }, |block| patient.scores[block]);
            effect.draw(scores, &mut stream(self.seed(), &["image", "parameters", effect.name], index))
        });
        let values = [0, 1, 2].map(|modality| self.effects()[modality].values(&standard[modality]));
        let (er_pct, pr_pct) = (cells.number("er_pct", 80.0), cells.number("pr_pct", 50.0));
        let ki67_pct = cells.number("ki67_pct", 25.0);
        Biology {
            index,
            er_pct,
            pr_pct,
            ki67_pct,
            grade: cells.level("grade").and_then(|grade| grade.parse().ok()).unwrap_or(2),
            n_stage: cells.level("n_stage").and_then(|n| n.trim_start_matches('N').parse().ok()).unwrap_or(0),
            subtype: Subtype::of(er_pct, pr_pct, ki67_pct, patient.class),
            size_mm: cells.number("size_mm", 23.0),
            lesion_type: match cells.level("mri_type") {
                Some("NME") => LesionType::NonMass,
                Some("both") => LesionType::Both,
                _ => LesionType::Mass,
            },
            rim: cells.yes("mri_rim"),
            oedema: cells.yes("mri_peri_oedema"),
            necrosis: cells.yes("necrosis"),
            density: cells.level("mg_density").and_then(|d| "abcd".find(d)).unwrap_or(2),
            pcr: cells.yes("pcr"),
            left: rand::Rng::r#gen::<f64>(&mut stream(self.seed(), &["image", "side"], index)) < 0.52,
            mri: MriParameters::from_values(&values[0]),
            ultrasound: UltrasoundParameters::from_values(&values[1]),
            mammography: MammographyParameters::from_values(&values[2]),
            standard,
            patient,
        }
    }
}
