//! All sequences of one visit.

use rand::Rng;
use serde_json::{Value, json};

use super::artefact::{receive_field, rician};
use super::dynamic::{Acquisition, DynamicSeries, FAT_T1, Timing, stored};
use super::perfusion::Perfusion;
use super::signal::{R1, R2, diffusion, spin_echo, spoiled_gradient_echo};
use crate::image::{Grid, Mask};
use crate::simulate::images::design::SiteProtocol;
use crate::simulate::images::geometry::Rigid;
use crate::simulate::images::phantom::{PSEUDO_DIFFUSION, Phantom, Tissue};
use crate::simulate::images::preset::{Dynamic, MriSpec};

/// Grey levels of gland before contrast agent, at a gain of 1.
const GLAND_LEVEL: f64 = 260.0;
/// T2 of fat, ms.
const FAT_T2: f64 = 68.0;

/// One sequence: its name in file names, its images on a grid, and what its sidecar says.
#[derive(Debug, Clone)]
pub struct Sequence {
    /// Suffix of the file's name.
    pub name: &'static str,
    /// Where its voxels lie.
    pub grid: Grid,
    /// One or several images.
    pub images: Vec<Vec<i16>>,
    /// Seconds between images, where that is a time.
    pub step_s: f64,
    /// The sidecar.
    pub sidecar: Value,
    /// b-values, of diffusion-weighted images.
    pub b_values: Option<Vec<f64>>,
}

/// One visit's MRI.
#[derive(Debug, Clone)]
pub struct Examination {
    /// Grid of all sequences but diffusion.
    pub grid: Grid,
    /// Tissue at its voxels: the truth.
    pub tissues: Vec<Tissue>,
    /// The sequences.
    pub sequences: Vec<Sequence>,
    /// The first reader's outline: the true one.
    pub mask: Mask,
    /// The second reader's outline.
    pub second_reader: Mask,
    /// The lesion on the grid of diffusion.
    pub diffusion_mask: Mask,
    /// The breast in front of the muscle.
    pub breast: Mask,
    /// Receive field.
    pub field: Vec<f32>,
    /// Mean signal of the lesion over the conventional phases, without noise and at uniform reception; and their times, s.
    pub curve: Vec<(f64, f64)>,
    /// What only the truth knows: noise, motion, bolus arrival.
    pub truth: Value,
}

/// Examines a phantom. `reader` is the second reader's inaccuracy.
pub fn examine(phantom: &Phantom, spec: &MriSpec, protocol: &SiteProtocol, reader: f64, rng: &mut impl Rng) -> Examination {
    let grid = phantom.grid(spec.field_mm, spec.voxel_mm);
    let tissues = phantom.tissues(&grid);
    let field = receive_field(&grid, spec.bias, rng);
    let gland = spoiled_gradient_echo(0.80, 1000.0 / 1450.0, protocol.dce_tr, protocol.dce_flip);
    let scale = protocol.gain * GLAND_LEVEL / gland;
    let noise_sd = spec.noise * GLAND_LEVEL * protocol.gain * protocol.noise;
    let acquisition = Acquisition { grid: &grid, protocol, field: &field, scale, noise_sd };
    let arrival = 8.0 + 8.0 * rng.r#gen::<f64>();

    let mut sequences = Vec::new();
    let mut truth = serde_json::Map::new();
    truth.insert("bolus_arrival_s".into(), json!(arrival));
    let conventional = Timing::conventional(spec.phases, protocol.phase_s);
    let wanted = [
        ("ultrafast", spec.dynamic != Dynamic::Conventional, Timing::ultrafast(spec.ultrafast_frames, spec.ultrafast_s)),
        ("dce", spec.dynamic != Dynamic::Ultrafast, conventional.clone()),
    ];
    for (name, wanted, timing) in wanted {
        if wanted {
            let centre = phantom.patient_point([0.0, 0.0, 0.0]);
            let motion = (0..timing.times.len()).map(|image| match image {
                0 => Rigid::none(centre),
                _ => Rigid::draw(centre, spec.motion_mm, spec.motion_degrees, rng),
            });
            let motion = motion.collect();
            let series = acquisition.series(&tissues, timing, motion, arrival, rng);
            truth.insert(name.into(), dynamic_truth(&series));
            sequences.push(dynamic_sequence(name, &grid, series, protocol));
        }
    }

    let mut static_sequence = |name: &'static str, sidecar: Value, signal: &dyn Fn(&Tissue) -> f64| {
        let level = GLAND_LEVEL * 1.5 * protocol.gain;
        let sd = 0.8 * noise_sd;
        let image = tissues.iter().zip(&field).map(|(tissue, field)| {
            let clean = if tissue.body > 0.0 { level * f64::from(*field) * signal(tissue) } else { 0.0 };
            stored(rician(clean, sd, rng))
        });
        let images = vec![image.collect()];
        Sequence { name, grid: grid.clone(), images, step_s: 0.0, sidecar, b_values: None }
    };
    let (tr, te) = (600.0, 10.0);
    let t1w = |t: &Tissue| 2.2 * (spin_echo(t.water, t.t1, t.t2, tr, te) + spin_echo(t.fat, FAT_T1, FAT_T2, tr, te));
    let sidecar = json!({"Modality": "MR", "SeriesDescription": "T1w", "RepetitionTime": 0.6, "EchoTime": 0.01,
        "FatSuppression": false});
    sequences.push(static_sequence("T1w", sidecar, &t1w));
    let (tr, te) = (4000.0, protocol.t2_te);
    let t2w = |t: &Tissue| 4.0 * (spin_echo(t.water, t.t1, t.t2, tr, te) + 0.12 * spin_echo(t.fat, FAT_T1, FAT_T2, tr, te));
    let sidecar = json!({"Modality": "MR",
        "SeriesDescription": "T2w, fat suppressed", "RepetitionTime": 4.0, "EchoTime": te / 1000.0,
        "FatSuppression": true});
    sequences.push(static_sequence("T2w", sidecar, &t2w));
    sequences.extend(synthetic_maps(&grid, &tissues, conventional.times[conventional.times.len() - 1] + 60.0, arrival, rng));

    let diffusion_grid = phantom.grid(spec.field_mm, spec.diffusion_voxel_mm);
    let diffusion_tissues = phantom.tissues(&diffusion_grid);
    let (weighted, adc, diffusion_sd) = diffusion_sequences(&diffusion_tissues, &diffusion_grid, spec, protocol, rng);
    truth.insert("diffusion_noise_sd".into(), json!(diffusion_sd));
    truth.insert("diffusion_weighting_factor".into(), json!(protocol.diffusion));
    sequences.extend([weighted, adc]);

    let curve = lesion_curve(phantom, &acquisition, &conventional, arrival);
    let (mask, second_reader) = outlines(phantom, &grid, &tissues, reader);
    let diffusion_mask = outlines(phantom, &diffusion_grid, &diffusion_tissues, 0.0).0;
    let breast = breast_mask(phantom, &grid);
    Examination {
        truth: Value::Object(truth),
        grid,
        tissues,
        sequences,
        mask,
        second_reader,
        diffusion_mask,
        breast,
        field,
        curve,
    }
}

fn dynamic_sequence(name: &'static str, grid: &Grid, series: DynamicSeries, protocol: &SiteProtocol) -> Sequence {
    let start = series.timing.times.first().copied().unwrap_or(0.0);
    let sidecar = json!({
        "Modality": "MR",
        "SeriesDescription": if name == "dce" { "dynamic T1w" } else { "ultrafast dynamic T1w" },
        "MagneticFieldStrength": 3.0,
        "RepetitionTime": protocol.dce_tr / 1000.0,
        "EchoTime": protocol.dce_te / 1000.0,
        "FlipAngle": protocol.dce_flip,
        "FatSuppression": true,
        "VolumeTiming": series.timing.times.iter().map(|time| time - start).collect::<Vec<f64>>(),
        "InjectionStart": -start,
        "FrameDuration": series.timing.duration,
        "ContrastBolusDose": 0.1,
        "ContrastBolusDoseUnits": "mmol/kg",
    });
    Sequence { name, grid: grid.clone(), step_s: series.timing.duration, images: series.images, sidecar, b_values: None }
}

fn dynamic_truth(series: &DynamicSeries) -> Value {
    let matrices: Vec<_> = series.motion.iter().map(Rigid::matrix).collect();
    json!({"noise_sd": series.noise_sd, "motion": series.motion, "motion_matrix_lps": matrices})
}

/// The scanner's quantitative maps before and after contrast agent: T1 and T2 in ms, proton density in thousandths.
fn synthetic_maps(grid: &Grid, tissues: &[Tissue], seconds: f64, arrival: f64, rng: &mut impl Rng) -> Vec<Sequence> {
    let perfusion = Perfusion::new(&[seconds], arrival);
    let mut maps: [Vec<i16>; 6] = std::array::from_fn(|_| Vec::with_capacity(tissues.len()));
    for tissue in tissues {
        let density = tissue.water + tissue.fat;
        if tissue.body < 0.5 || density <= 0.02 {
            maps.iter_mut().for_each(|map| map.push(0));
            continue;
        }
        // A voxel's map value is that of its mixture of water and fat, by signal.
        let share = tissue.water / density;
        let mixed = |water: f64, fat: f64| share * water + (1.0 - share) * fat;
        let concentration = perfusion.concentration(tissue.ktrans, tissue.ve, tissue.vp)[0];
        let t1_after = 1000.0 / (1000.0 / tissue.t1 + R1 * concentration);
        let t2_after = 1000.0 / (1000.0 / tissue.t2 + R2 * concentration);
        let values = [
            mixed(tissue.t1, FAT_T1),
            mixed(tissue.t2, FAT_T2),
            1000.0 * density,
            mixed(t1_after, FAT_T1),
            mixed(t2_after, FAT_T2),
            1000.0 * density * mixed(tissue.pd_enhanced, 1.0),
        ];
        for (map, value) in maps.iter_mut().zip(values) {
            let error: f64 = 0.02 * rng.sample::<f64, _>(rand_distr::StandardNormal);
            map.push(stored(value * (1.0 + error)));
        }
    }
    let names = ["T1map", "T2map", "PDmap", "ce-T1map", "ce-T2map", "ce-PDmap"];
    let units = ["ms", "ms", "1e-3 of water"];
    let sequence = |(at, (name, image)): (usize, (&'static str, Vec<i16>))| Sequence {
        name,
        grid: grid.clone(),
        images: vec![image],
        step_s: 0.0,
        sidecar: json!({"Modality": "MR", "Units": units[at % 3], "ContrastAgent": at >= 3}),
        b_values: None,
    };
    names.into_iter().zip(maps).enumerate().map(sequence).collect()
}

/// Diffusion-weighted images, the ADC map that the scanner makes of them, and the standard deviation of the noise.
fn diffusion_sequences(
    tissues: &[Tissue],
    grid: &Grid,
    spec: &MriSpec,
    protocol: &SiteProtocol,
    rng: &mut impl Rng,
) -> (Sequence, Sequence, f64) {
    let field = receive_field(grid, spec.bias, rng);
    let te = 62.0;
    let gland = spin_echo(0.80, 1450.0, 62.0, 6000.0, te);
    let scale = 2.0 * protocol.gain * GLAND_LEVEL / gland;
    let sd = spec.noise * GLAND_LEVEL * protocol.gain * protocol.noise;
    let images: Vec<Vec<i16>> = spec
        .b_values
        .iter()
        .map(|b| {
            let acting = b * protocol.diffusion;
            let one = |(tissue, field): (&Tissue, &f32)| {
                let weighting = diffusion(acting, tissue.adc, tissue.kurtosis, tissue.ivim_f, PSEUDO_DIFFUSION);
                let water = spin_echo(tissue.water, tissue.t1, tissue.t2, 6000.0, te) * weighting;
                // Fat hardly diffuses; suppression leaves a little of it.
                let fat = 0.03 * spin_echo(tissue.fat, FAT_T1, FAT_T2, 6000.0, te);
                stored(rician(scale * f64::from(*field) * (water + fat), sd, rng))
            };
            tissues.iter().zip(&field).map(one).collect()
        })
        .collect();
    let weighted = spec.b_values.iter().enumerate().skip(1);
    let high = weighted.min_by(|a, b| (a.1 - 800.0).abs().total_cmp(&(b.1 - 800.0).abs())).map_or(0, |(at, _)| at);
    let adc = images[0].iter().zip(&images[high]).map(|(without, with)| {
        if f64::from(*without) < 4.0 * sd || *with <= 0 {
            return 0;
        }
        let rate = (f64::from(*without) / f64::from(*with)).ln() / spec.b_values[high];
        stored((rate * 1e6).clamp(0.0, 4000.0))
    });
    let adc = vec![adc.collect()];
    let sidecar = json!({"Modality": "MR", "SeriesDescription": "diffusion-weighted, trace", "RepetitionTime": 6.0,
        "EchoTime": te / 1000.0,
        "FatSuppression": true, "BValues": spec.b_values});
    let weighted =
        Sequence { name: "dwi", grid: grid.clone(), images, step_s: 0.0, sidecar, b_values: Some(spec.b_values.clone()) };
    let sidecar = json!({"Modality": "MR", "Units": "1e-6 mm2/s", "BValues": [0.0, spec.b_values[high]]});
    (weighted, Sequence { name: "ADC", grid: grid.clone(), images: adc, step_s: 0.0, sidecar, b_values: None }, sd)
}

/// Mean signal of the lesion over the phases, from the lesion's mean parameters.
fn lesion_curve(phantom: &Phantom, acquisition: &Acquisition, timing: &Timing, arrival: f64) -> Vec<(f64, f64)> {
    let perfusion = Perfusion::new(&timing.times, arrival);
    let parts = crate::simulate::images::phantom::habitats(&phantom.parameters, phantom.lesion.fraction);
    let mut curve: Vec<(f64, f64)> = timing.times.iter().map(|time| (*time, 0.0)).collect();
    for (tissue, share) in parts.iter().zip(phantom.lesion.fraction) {
        let tissue = Tissue { body: 1.0, ..*tissue };
        let concentrations = perfusion.concentration(tissue.ktrans, tissue.ve, tissue.vp);
        for (point, c) in curve.iter_mut().zip(concentrations) {
            point.1 += share * acquisition.signal(&tissue, c);
        }
    }
    curve
}

/// The true outline, and the second reader's. A lesion between the voxel centres still has the voxel nearest to its own.
fn outlines(phantom: &Phantom, grid: &Grid, tissues: &[Tissue], reader: f64) -> (Mask, Mask) {
    let mut first: Vec<bool> = tissues.iter().map(|tissue| tissue.lesion >= 0.5).collect();
    let mut second = vec![false; first.len()];
    let (lesion, margin) = (&phantom.lesion, 0.6 * phantom.lesion.diameter);
    for k in 0..grid.size[2] {
        for j in 0..grid.size[1] {
            for i in 0..grid.size[0] {
                let p = phantom.breast_point(grid.point([i as f64, j as f64, k as f64]));
                if let Some(place) = lesion.at(p, margin) {
                    second[grid.at([i, j, k])] =
                        place.distance < lesion.reader_error(p, reader) && tissues[grid.at([i, j, k])].body > 0.5;
                }
            }
        }
    }
    let centre = phantom.patient_point(lesion.centre);
    let nearest: [usize; 3] = std::array::from_fn(|axis| {
        let index = ((centre[axis] - grid.origin[axis]) / grid.spacing[axis]).round();
        index.clamp(0.0, grid.size[axis] as f64 - 1.0) as usize
    });
    for mask in [&mut first, &mut second] {
        if !mask.contains(&true) {
            mask[grid.at(nearest)] = true;
        }
    }
    (Mask::new(grid.clone(), first), Mask::new(grid.clone(), second))
}

fn breast_mask(phantom: &Phantom, grid: &Grid) -> Mask {
    let mut inside = Vec::with_capacity(grid.voxels());
    for k in 0..grid.size[2] {
        for j in 0..grid.size[1] {
            for i in 0..grid.size[0] {
                let p = phantom.breast_point(grid.point([i as f64, j as f64, k as f64]));
                inside.push(phantom.breast.outline(p) < 0.0 && phantom.breast.behind_muscle(p) < 0.0);
            }
        }
    }
    Mask::new(grid.clone(), inside)
}
