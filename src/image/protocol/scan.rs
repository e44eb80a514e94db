//! What a header says about how one image was acquired.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The kind of pulse sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SequenceKind {
    /// Gradient echo whose transverse magnetisation is spoiled (FLASH, VIBE, SPGR, FSPGR, THRIVE): T1 weighting, DCE.
    SpoiledGradientEcho,
    /// Another gradient echo.
    GradientEcho,
    /// Spin echo, one echo per excitation.
    SpinEcho,
    /// Turbo or fast spin echo.
    TurboSpinEcho,
    /// Echo-planar imaging: diffusion.
    EchoPlanar,
    /// Inversion recovery (STIR, TIRM, FLAIR), with whatever readout.
    InversionRecovery,
}

/// How one image was acquired; `None` is what its header leaves open.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Scan {
    /// Kind of pulse sequence.
    pub sequence: Option<SequenceKind>,
    /// Repetition time (TR), ms.
    pub repetition_time_ms: Option<f64>,
    /// Echo time (TE), ms.
    pub echo_time_ms: Option<f64>,
    /// Flip angle, degrees.
    pub flip_angle_deg: Option<f64>,
    /// Field strength, tesla.
    pub field_t: Option<f64>,
    /// Maker of the scanner.
    pub manufacturer: Option<String>,
    /// Its model.
    pub model: Option<String>,
    /// Slice thickness, mm: not the distance of slices.
    pub slice_thickness_mm: Option<f64>,
}

/// A field strength in tesla: some scanners state it in gauss.
pub fn tesla(stated: f64) -> f64 {
    if stated > 100.0 { stated * 1e-4 } else { stated }
}

/// The words with which headers describe a sequence.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SequenceWords {
    /// Scanning Sequence: SE, IR, GR, EP, RM.
    pub scanning: Vec<String>,
    /// Sequence Variant: SK, SP, MP, …
    pub variant: Vec<String>,
    /// Echo Train Length.
    pub echo_train: Option<f64>,
    /// Enhanced MR, Echo Pulse Sequence: SPIN, GRADIENT, BOTH.
    pub echo: Option<String>,
    /// Enhanced MR, Echo Planar Pulse Sequence: YES, NO.
    pub planar: Option<String>,
    /// Enhanced MR, Spoiling: RF, GRADIENT, RF_AND_GRADIENT, NONE.
    pub spoiling: Option<String>,
    /// Enhanced MR, Inversion Recovery: YES, NO.
    pub inversion: Option<String>,
}

impl SequenceWords {
    /// The kind of sequence; `None` when the words do not say.
    ///
    /// # Definition
    /// Echo-planar before all (its contrast is that of diffusion); then spoiled gradient echo, even where the magnetisation is
    /// prepared by an inversion, since a fat-suppressing inversion pulse is common in DCE; then inversion recovery, spin echo
    /// (turbo with an echo train longer than one), gradient echo.
    pub fn kind(&self) -> Option<SequenceKind> {
        let has = |words: &[String], word: &str| words.iter().any(|other| other.eq_ignore_ascii_case(word));
        let says = |stated: &Option<String>, word: &str| stated.as_ref().is_some_and(|other| other.eq_ignore_ascii_case(word));
        let gradient = has(&self.scanning, "GR") || says(&self.echo, "GRADIENT");
        let spoiled = has(&self.variant, "SP") || self.spoiling.as_ref().is_some_and(|word| word.contains("RF"));
        let spin = has(&self.scanning, "SE") || says(&self.echo, "SPIN");
        let inverted = has(&self.scanning, "IR") || says(&self.inversion, "YES");
        Some(match () {
            () if has(&self.scanning, "EP") || says(&self.planar, "YES") => SequenceKind::EchoPlanar,
            () if gradient && spoiled => SequenceKind::SpoiledGradientEcho,
            () if inverted => SequenceKind::InversionRecovery,
            () if spin && self.echo_train.is_some_and(|length| length > 1.0) => SequenceKind::TurboSpinEcho,
            () if spin => SequenceKind::SpinEcho,
            () if gradient => SequenceKind::GradientEcho,
            () => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_are_recognised_by_their_words() {
        let kind = |scanning: &[&str], variant: &[&str], echo_train| {
            let list = |words: &[&str]| words.iter().map(|word| word.to_string()).collect();
            SequenceWords { scanning: list(scanning), variant: list(variant), echo_train, ..Default::default() }.kind()
        };
        assert_eq!(kind(&["GR"], &["SK", "SP"], None), Some(SequenceKind::SpoiledGradientEcho));
        assert_eq!(kind(&["GR"], &["SS"], None), Some(SequenceKind::GradientEcho));
        assert_eq!(kind(&["SE"], &["SK"], Some(15.0)), Some(SequenceKind::TurboSpinEcho));
        assert_eq!(kind(&["SE"], &["NONE"], Some(1.0)), Some(SequenceKind::SpinEcho));
        assert_eq!(kind(&["SE", "IR"], &["SK"], Some(9.0)), Some(SequenceKind::InversionRecovery));
        assert_eq!(kind(&["EP", "SE"], &[], Some(60.0)), Some(SequenceKind::EchoPlanar));
        assert_eq!(kind(&["RM"], &["OSP"], None), None);
        assert_eq!((tesla(15_000.0), tesla(3.0)), (1.5, 3.0));
    }
}
