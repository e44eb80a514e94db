//! What no type can rule out: sizes that cannot be simulated, parameters that are missing or impossible. All are reported at
//! once.

use std::collections::BTreeMap;

use super::{Dynamic, ImagePreset, MammographyParameters, MriParameters, Parameter, UltrasoundParameters};

/// The largest MRI volume, in voxels: with its parameters it takes about 1.5 GiB.
pub const MOST_MRI_VOXELS: f64 = 8e6;
/// The largest picture of ultrasound or mammography, in pixels.
pub const MOST_PIXELS: f64 = 4e7;
/// The largest number of images of one series.
const MOST_IMAGES: usize = 200;

struct Problems(Vec<String>);

impl Problems {
    fn unless(&mut self, holds: bool, problem: impl FnOnce() -> String) {
        if !holds {
            self.0.push(problem());
        }
    }

    fn within(&mut self, what: &str, value: f64, low: f64, high: f64) {
        self.unless(value >= low && value <= high, || format!("{what} is {value}; it must be {low} to {high}"));
    }

    fn parameters(&mut self, modality: &str, names: &[&str], given: &BTreeMap<String, Parameter>) {
        for name in names {
            self.unless(given.contains_key(*name), || format!("`parameter.{modality}.{name}` is missing"));
        }
        for (name, parameter) in given {
            let at = format!("`parameter.{modality}.{name}`");
            self.unless(names.contains(&name.as_str()), || format!("{at} is unknown; there are {}", names.join(", ")));
            self.unless(parameter.sd > 0.0 && parameter.sd.is_finite(), || format!("{at} needs a positive `sd`"));
            self.unless(parameter.centre.is_finite() && (!parameter.log || parameter.centre > 0.0), || {
                format!("{at}: the `centre` of a logarithmic parameter must be positive, that of any a number")
            });
            self.unless(parameter.min.unwrap_or(f64::MIN) < parameter.max.unwrap_or(f64::MAX), || {
                format!("{at}: `min` must lie below `max`")
            });
            let effects = [parameter.effect.positive_vs_negative, parameter.effect.low_vs_zero];
            self.unless(effects.iter().all(|effect| effect.abs() <= 5.0), || format!("{at}: an effect lies within -5 and 5"));
        }
    }
}

impl ImagePreset {
    /// Whether images can be made from the preset; if not, everything that stands against it.
    pub fn check(&self) -> Result<(), String> {
        let mut problems = Problems(Vec::new());
        self.check_mri(&mut problems);
        self.check_planar(&mut problems);
        problems.within("`reader.contour`", self.reader.contour, 0.0, 0.5);
        let site = &self.site;
        for (name, value) in
            [("gain", site.gain), ("noise", site.noise), ("diffusion", site.diffusion), ("contrast", site.contrast)]
        {
            problems.within(&format!("`site.{name}`"), value, 0.0, 1.0);
        }
        problems.within("`site.echo_db`", site.echo_db, 0.0, 20.0);
        let treatment = &self.treatment;
        for factor in treatment.diameter.iter().chain(&treatment.ktrans) {
            problems.within("a factor of `treatment`", *factor, 0.05, 2.0);
        }
        for rise in treatment.adc_rise {
            problems.within("`treatment.adc_rise`", rise, -0.5, 1.5);
        }
        problems.within("`treatment.spread`", treatment.spread, 0.0, 1.0);
        problems.within("`treatment.days`", f64::from(treatment.days), 1.0, 3650.0);
        problems.parameters("mri", MriParameters::NAMES, &self.parameter.mri);
        problems.parameters("ultrasound", UltrasoundParameters::NAMES, &self.parameter.ultrasound);
        problems.parameters("mammography", MammographyParameters::NAMES, &self.parameter.mammography);
        let include = self.include;
        problems.unless(include.mri || include.ultrasound || include.mammography, || "`include` asks for no modality".into());
        if problems.0.is_empty() { Ok(()) } else { Err(problems.0.join("; ")) }
    }

    fn check_mri(&self, problems: &mut Problems) {
        let mri = &self.mri;
        for (axis, field) in ["left–right", "front–back", "foot–head"].iter().zip(mri.field_mm) {
            problems.within(&format!("`mri.field_mm` {axis}"), field, 80.0, 400.0);
        }
        for (name, voxel) in [("voxel_mm", mri.voxel_mm), ("diffusion_voxel_mm", mri.diffusion_voxel_mm)] {
            let possible = voxel.iter().all(|mm| *mm >= 0.2 && *mm <= 8.0);
            problems.unless(possible, || format!("`mri.{name}` is {voxel:?}; each side must be 0.2 to 8 mm"));
            let voxels: f64 = mri.field_mm.iter().zip(voxel).map(|(field, mm)| field / mm).product();
            problems.unless(!possible || voxels <= MOST_MRI_VOXELS, || {
                format!("`mri.{name}` makes {voxels:.2e} voxels; the most that can be simulated are {MOST_MRI_VOXELS:.2e}")
            });
        }
        problems.unless((1..=MOST_IMAGES).contains(&mri.phases), || {
            format!("`mri.phases` is {}; give 1 to {MOST_IMAGES}", mri.phases)
        });
        problems.within("`mri.phase_s`", mri.phase_s, 2.0, 600.0);
        let frames = mri.dynamic == Dynamic::Conventional || (4..=MOST_IMAGES).contains(&mri.ultrafast_frames);
        problems.unless(frames, || format!("`mri.ultrafast_frames` is {}; give 4 to {MOST_IMAGES}", mri.ultrafast_frames));
        problems.within("`mri.ultrafast_s`", mri.ultrafast_s, 0.5, 30.0);
        let b = &mri.b_values;
        let rising = b.first() == Some(&0.0) && b.windows(2).all(|pair| pair[0] < pair[1]);
        let readable = rising && (2..=MOST_IMAGES).contains(&b.len()) && b.iter().all(|b| *b <= 3000.0);
        problems.unless(readable, || format!("`mri.b_values` is {b:?}; it must rise from 0 to at most 3000 s/mm²"));
        problems.within("`mri.noise`", mri.noise, 0.0, 1.0);
        problems.within("`mri.motion_mm`", mri.motion_mm, 0.0, 10.0);
        problems.within("`mri.motion_degrees`", mri.motion_degrees, 0.0, 10.0);
        problems.within("`mri.bias`", mri.bias, 0.0, 1.0);
    }

    fn check_planar(&self, problems: &mut Problems) {
        let us = &self.ultrasound;
        problems.within("`ultrasound.width_mm`", us.width_mm, 20.0, 80.0);
        problems.within("`ultrasound.depth_mm`", us.depth_mm, 25.0, 80.0);
        problems.within("`ultrasound.pixel_mm`", us.pixel_mm, 0.02, 0.5);
        problems.within("`ultrasound.frequency_mhz`", us.frequency_mhz, 2.0, 20.0);
        problems.within("`ultrasound.dynamic_range_db`", us.dynamic_range_db, 20.0, 120.0);
        problems.within("`mammography.pixel_mm`", self.mammography.pixel_mm, 0.05, 2.0);
        problems.within("`mammography.noise`", self.mammography.noise, 0.0, 0.2);
        let pixels = us.width_mm * us.depth_mm / us.pixel_mm.powi(2);
        problems.unless(!(pixels > MOST_PIXELS), || {
            format!("ultrasound pictures would have {pixels:.2e} pixels; the most that can be simulated are {MOST_PIXELS:.0e}")
        });
    }
}
