//! The texture families in memory, one thread, on the peers' inputs.
//!
//! `cargo bench --bench texture`. CPU milliseconds, medians; reading, cropping and nothing else is left out. The first figure of
//! an input is discretisation; then each family by itself, and all of them as the extractor computes them.

#![allow(clippy::print_stdout)]

#[path = "../tests/common/mod.rs"]
mod common;
#[path = "../tests/radiomics_texture/volumes.rs"]
mod volumes;

use std::time::Instant;

use vbx::radiomics::texture::{Aggregation, Extent, Settings, families, glcm, gldzm, glrlm, glszm, ngldm, ngtdm};
use vbx::radiomics::{Discretisation, Levels};
use volumes::Region;

/// CPU seconds that this thread has used so far; where the system does not tell, the wall clock.
fn cpu(start: Instant) -> f64 {
    let used = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = used.as_deref().and_then(|text| text.split_whitespace().next()?.parse::<f64>().ok());
    nanoseconds.map_or_else(|| start.elapsed().as_secs_f64(), |ns| ns * 1e-9)
}

/// Median CPU milliseconds of a call, timed in batches that outlast the system's clock.
fn time<T>(mut call: impl FnMut() -> T) -> f64 {
    let clock = Instant::now();
    std::hint::black_box(call());
    let batch = (0.08 / clock.elapsed().as_secs_f64()).clamp(1.0, 1000.0) as usize;
    let mut runs: Vec<f64> = (0..9)
        .map(|_| {
            let start = cpu(clock);
            (0..batch).for_each(|_| {
                std::hint::black_box(call());
            });
            (cpu(clock) - start) / batch as f64 * 1e3
        })
        .collect();
    runs.sort_by(f64::total_cmp);
    runs[runs.len() / 2]
}

fn main() {
    for (name, flat) in [("syn3d", false), ("dcebreast", false), ("us2d", true), ("breast1", false)] {
        let file = |what: &str| common::reference(&format!("bench/{name}_{what}.nii.gz"));
        let (Some(image), Some(mask)) = (file("image"), file("label")) else { continue };
        let region = Region::read(&image, &mask);
        let rule = Discretisation::PyRadiomicsWidth(25.0);
        let discretise = || Levels::new(region.size, region.spacing, &region.intensity, &region.inside, rule).expect("levels");
        let levels = discretise();
        println!("{name}: {} voxels in a box of {:?}, {} levels", levels.voxels, levels.size, levels.count);
        let (merged, extent) = match flat {
            true => (Aggregation::PlaneMerged, Extent::Plane),
            false => (Aggregation::VolumeMerged, Extent::Volume),
        };
        let settings = Settings::default();
        let figures = [
            ("discretisation", time(discretise)),
            ("GLCM merged", time(|| glcm::features(&levels, merged, 1))),
            ("GLRLM merged", time(|| glrlm::features(&levels, merged))),
            ("GLSZM", time(|| glszm::features(&levels, extent))),
            ("GLDZM", time(|| gldzm::features(&levels, &region.inside, extent))),
            ("NGTDM", time(|| ngtdm::features(&levels, extent, 1))),
            ("NGLDM", time(|| ngldm::features(&levels, extent, 1, 0))),
            ("all six families", time(|| families::standard(&levels, &region.inside, merged))),
            ("GLCM averaged, PyRadiomics", time(|| glcm::pyradiomics(&levels, &settings))),
            ("GLRLM averaged, PyRadiomics", time(|| glrlm::pyradiomics(&levels, &settings))),
            ("PyRadiomics' five families", time(|| families::pyradiomics(&levels, &settings))),
        ];
        for (what, milliseconds) in figures {
            println!("  {what:<28} {milliseconds:8.3} ms");
        }
    }
}
