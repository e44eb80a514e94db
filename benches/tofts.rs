//! Tofts models in a million voxels of 60 images, and diffusion models in 20,000 of 8, on all cores of the machine.
//!
//! `cargo bench --bench tofts`. Simulated values with noise; reading and writing files are left out.

#![allow(clippy::print_stdout)]

use std::time::Instant;

use rand::{Rng, SeedableRng};
use rand_distr::{Distribution, StandardNormal};
use rand_xoshiro::Xoshiro256PlusPlus;

use vbx::image::Grid;
use vbx::parametric::adc::{self, Adc};
use vbx::parametric::aif::{Aif, HAEMATOCRIT, Population};
use vbx::parametric::convolution::Convolution;
use vbx::parametric::ctrw::Ctrw;
use vbx::parametric::ivim::{self, Ivim};
use vbx::parametric::kep_table::Bounds;
use vbx::parametric::stretched::Stretched;
use vbx::parametric::{BValues, Delay, Exchange, Pharmacokinetics, Series, VoxelModel, map_voxels};

fn main() {
    const IMAGES: usize = 60;
    let grid = Grid::plain([100, 100, 100], [1.0; 3]);
    let times: Vec<f64> = (0..IMAGES).map(|image| image as f64 * 6.0).collect();
    let aif = Aif::population(Population::Parker, 20.0, 400.0, HAEMATOCRIT).expect("AIF");
    let mut random = Xoshiro256PlusPlus::seed_from_u64(1);
    let mut frames = vec![vec![0.0_f32; grid.voxels()]; IMAGES];
    let (mut curve, mut slope) = (vec![0.0; IMAGES], vec![0.0; IMAGES]);
    let plasma: Vec<f64> = times.iter().map(|time| aif.at(*time)).collect();
    for voxel in 0..grid.voxels() {
        let (ktrans, ve, vp) = (random.gen_range(0.01..0.6), random.gen_range(0.1..0.6), random.gen_range(0.0..0.1));
        Convolution::new(&aif, ktrans / ve).at(&times, 0.0, &mut curve, &mut slope);
        for (frame, (tissue, plasma)) in frames.iter_mut().zip(curve.iter().zip(&plasma)) {
            let noise: f64 = StandardNormal.sample(&mut random);
            frame[voxel] = (ktrans * tissue + vp * plasma + 0.02 * noise) as f32;
        }
    }
    let series = Series::from_frames(grid, frames).expect("series");
    for exchange in [Exchange::Tofts, Exchange::ExtendedTofts, Exchange::Patlak] {
        let start = Instant::now();
        let model =
            Pharmacokinetics::new(exchange, aif.clone(), times.clone(), Delay::Fixed(0.0), Bounds::default()).expect("model");
        let maps = map_voxels(&series, None, &model, |_| {}).expect("maps");
        let seconds = start.elapsed().as_secs_f64();
        let (rate, failed, at_bound) = (maps.voxels as f64 / seconds, maps.failed(), maps.at_bound);
        println!("{exchange:?}: {seconds:.2} s, {rate:.0} voxels/s, {failed} null, {at_bound} at a bound");
    }
    let diffusion = BValues::new(vec![0.0, 50.0, 100.0, 200.0, 400.0, 600.0, 800.0, 1000.0]).expect("b-values");
    let decays = decays(diffusion.values(), &mut random);
    let high = [0.0, 1000.0];
    time("ADC, weighted", &decays, &Adc::new(diffusion.clone(), high, adc::Method::Weighted).expect("ADC"));
    time("IVIM, segmented", &decays, &Ivim::new(diffusion.clone(), ivim::Method::Segmented { from: 200.0 }).expect("IVIM"));
    time("IVIM, full", &decays, &Ivim::new(diffusion.clone(), ivim::Method::Full).expect("IVIM"));
    time("stretched", &decays, &Stretched::new(diffusion.clone()).expect("stretched"));
    time("CTRW", &decays, &Ctrw::new(diffusion).expect("CTRW"));
}

/// Noisy signals of 20,000 voxels with flow and diffusion.
fn decays(b: &[f64], random: &mut Xoshiro256PlusPlus) -> Series {
    let grid = Grid::plain([100, 100, 2], [1.0; 3]);
    let mut frames = vec![vec![0.0_f32; grid.voxels()]; b.len()];
    for voxel in 0..grid.voxels() {
        let (d, f) = (random.gen_range(0.8e-3..2e-3), random.gen_range(0.0..0.2));
        for (frame, b) in frames.iter_mut().zip(b) {
            let noise: f64 = StandardNormal.sample(random);
            frame[voxel] = (1000.0 * (f * (-b * 0.03).exp() + (1.0 - f) * f64::exp(-b * d)) + 10.0 * noise) as f32;
        }
    }
    Series::from_frames(grid, frames).expect("series")
}

fn time<M: VoxelModel>(name: &str, series: &Series, model: &M) {
    let start = Instant::now();
    let maps = map_voxels(series, None, model, |_| {}).expect("maps");
    let (rate, failed) = (maps.voxels as f64 / start.elapsed().as_secs_f64(), maps.failed());
    println!("{name}: {rate:.0} voxels/s, {failed} null, {} at a bound", maps.at_bound);
}
