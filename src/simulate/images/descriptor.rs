//! BI-RADS descriptors: what a radiologist would read off this lesion.
//!
//! They follow from the phantom, not from the class: shape and margin from the drawn surface, enhancement from the curve that the
//! parameters make. Names and levels are those of the data dictionary (ACR BI-RADS, 5th edition).

use serde_json::{Map, Value, json};

use super::biology::{Biology, LesionType};
use super::mammography::view::calcifications;
use super::phantom::Phantom;

/// The columns, in order.
pub const COLUMNS: [&str; 27] = [
    "mri_type",
    "mri_mass_shape",
    "mri_mass_margin",
    "mri_mass_internal",
    "mri_nme_dist",
    "mri_nme_pattern",
    "mri_fgt",
    "mri_bpe",
    "necrosis",
    "peri_oedema",
    "tic_init",
    "tic_delay",
    "us_shape",
    "us_orient",
    "us_margin",
    "us_echo",
    "us_posterior",
    "us_calc",
    "us_halo",
    "mg_density",
    "mg_mass_shape",
    "mg_mass_margin",
    "mg_mass_density",
    "mg_calc_morph",
    "mg_calc_dist",
    "mg_distortion",
    "birads",
];

/// Initial and delayed phase of a curve of (s after injection, signal), the first point before contrast agent.
pub fn curve_type(curve: &[(f64, f64)]) -> Option<(&'static str, &'static str)> {
    let (before, after) = curve.split_first()?;
    let early: Vec<f64> = after.iter().filter(|(time, _)| *time <= 120.0).map(|(_, signal)| *signal).collect();
    let peak = early.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let (_, last) = after.last()?;
    if !(before.1 > 0.0) || early.is_empty() {
        return None;
    }
    let initial = match 100.0 * (peak - before.1) / before.1 {
        rise if rise < 50.0 => "slow",
        rise if rise <= 100.0 => "medium",
        _ => "fast",
    };
    let delayed = match 100.0 * (last - peak) / peak {
        change if change > 10.0 => "persistent",
        change if change >= -10.0 => "plateau",
        _ => "washout",
    };
    Some((initial, delayed))
}

/// The descriptors of a patient, by column; absent where they do not apply.
pub fn descriptors(biology: &Biology, phantom: &Phantom, curve: &[(f64, f64)]) -> Map<String, Value> {
    let lesion = &phantom.lesion;
    let mass = biology.lesion_type != LesionType::NonMass;
    let spiculated = lesion.spicules > 0;
    let shape = if lesion.lobulation > 0.10 {
        "irregular"
    } else if lesion.lobulation < 0.05 {
        "round"
    } else {
        "oval"
    };
    let margin = if spiculated {
        "spiculated"
    } else if lesion.lobulation > 0.08 {
        "irregular"
    } else {
        "circumscribed"
    };
    let heterogeneous = biology.mri.heterogeneity > 0.6;
    let internal = match (biology.rim, heterogeneous) {
        (true, _) => "rim",
        (false, true) => "heterogeneous",
        (false, false) => "homogeneous",
    };
    let us = &biology.ultrasound;
    let calcified = calcifications(&biology.mammography);
    let bpe = ["minimal", "mild", "moderate", "marked"];
    let density = ["a", "b", "c", "d"][biology.density.min(3)];
    let mut values = Map::new();
    let mut put = |name: &str, value: Value| {
        values.insert(name.to_string(), value);
    };
    put("mri_type", json!(biology.lesion_type));
    if mass {
        put("mri_mass_shape", json!(shape));
        put("mri_mass_margin", json!(margin));
        put("mri_mass_internal", json!(internal));
        put("us_shape", json!(shape));
        put("mg_mass_shape", json!(shape));
        let mg_margin = match (spiculated, biology.mammography.margin > 1.2) {
            (true, _) => "spiculated",
            (false, true) => "indistinct",
            (false, false) => {
                if margin == "circumscribed" {
                    "circumscribed"
                } else {
                    "microlobulated"
                }
            }
        };
        put("mg_mass_margin", json!(mg_margin));
        put("mg_mass_density", json!(if biology.mammography.density > 1.1 { "high" } else { "equal" }));
    } else {
        put("mri_nme_dist", json!("segmental"));
        put("mri_nme_pattern", json!(if heterogeneous { "clumped" } else { "heterogeneous" }));
        put("us_shape", json!("irregular"));
    }
    put("mri_fgt", json!(density));
    put("mri_bpe", json!(bpe[[0.02, 0.035, 0.06].iter().filter(|cut| phantom.background > **cut).count()]));
    put("necrosis", json!(i32::from(lesion.is_necrotic())));
    put("peri_oedema", json!(i32::from(biology.oedema)));
    if let Some((initial, delayed)) = curve_type(curve) {
        put("tic_init", json!(initial));
        put("tic_delay", json!(delayed));
    }
    put("us_orient", json!(if us.axial_ratio > 1.0 { "not_parallel" } else { "parallel" }));
    let us_margin = match (spiculated, us.boundary > 0.7) {
        (true, _) => "spiculated",
        (false, true) => "indistinct",
        (false, false) => {
            if margin == "circumscribed" {
                "circumscribed"
            } else {
                "microlobulated"
            }
        }
    };
    put("us_margin", json!(us_margin));
    put(
        "us_echo",
        json!(match () {
            () if lesion.is_necrotic() => "complex",
            () if us.heterogeneity > 3.5 => "heterogeneous",
            () if us.echo > -5.0 => "isoechoic",
            () => "hypoechoic",
        }),
    );
    put(
        "us_posterior",
        json!(match us.posterior {
            loss if loss > 2.0 => "shadowing",
            loss if loss < -1.5 => "enhancement",
            _ => "none",
        }),
    );
    put("us_calc", json!(if calcified > 5 { "in_mass" } else { "none" }));
    put("us_halo", json!(i32::from(spiculated)));
    put("mg_density", json!(density));
    put(
        "mg_calc_morph",
        json!(match calcified {
            0 => "none",
            1..=12 => "amorphous",
            _ => "fine_pleomorphic",
        }),
    );
    put("mg_calc_dist", json!(if calcified == 0 { "none" } else { "grouped" }));
    put("mg_distortion", json!(i32::from(biology.mammography.distortion > 0.6)));
    put(
        "birads",
        json!(match (spiculated || biology.rim, margin) {
            (true, _) => "5",
            (false, "circumscribed") => "4a",
            _ => "4c",
        }),
    );
    values
}
