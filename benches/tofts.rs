//! Extended Tofts in a million voxels of 60 images, beside Python implementations of the OSIPI collection on the same curves in the same run;
//! then the other models.
//!
//! `cargo bench --bench tofts`. CPU seconds on one thread; simulated values with noise, reading and writing files left out on all sides.
//! `VBX_PEER_PYTHON` names a Python that has sepal (M. Thrippleton's contribution to the collection, non-linear fits) or QbiPy (M. Berks'
//! contribution, linear least squares); a peer that is not there is said to be missing. The errors against the simulated truth say how good
//! each fit is; peers fit the first voxels only.

#![allow(clippy::print_stdout)]

use std::process::Command;
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
use vbx::parametric::{BValues, Delay, Exchange, Maps, Pharmacokinetics, Series, VoxelModel, map_voxels};

const IMAGES: usize = 60;
/// Different voxels; the million repeats them with other noise, since simulating is slower than fitting.
const DIFFERENT: usize = 20_000;
/// Voxels that a peer fits.
const PEER: usize = 2000;

/// The peers' side: reads curves, prints name, CPU seconds per voxel and Ktrans of each.
const PYTHON: &str = r#"
import sys, time
import numpy as np
peer, path, images = sys.argv[1], sys.argv[2], int(sys.argv[3])
rows = np.fromfile(path, dtype=np.float64).reshape(-1, images)
seconds, plasma, curves = rows[0], rows[1], rows[2:]
if peer == "sepal":
    import importlib.metadata
    from sepal import aifs, dce_fit, pk_models
    model = pk_models.ExtendedTofts(seconds, aifs.PatientSpecific(seconds, plasma), upsample_factor=1)
    fit = dce_fit.ConcToPKP(model)
    curves = curves[:200]
    def run(curve):
        vp, ps, ve = fit.proc(curve)[:3]
        return ps
    name = "sepal-" + importlib.metadata.version("sepal") + " (non-linear)"
else:
    import importlib.metadata
    from QbiPy.dce_models import dce_aif, tofts_model
    aif = dce_aif.Aif(times=seconds / 60, base_aif=plasma, aif_type=dce_aif.AifType.ARRAY, hct=0.0)
    run = lambda curve: tofts_model.solve_LLS(curve, aif, 0.0)[0]
    name = "QbiPy-" + importlib.metadata.version("QbiPy") + " (linear)"
run(curves[0])
start = time.process_time()
found = [run(curve) for curve in curves]
took = (time.process_time() - start) / len(curves)
print(name.replace(" ", "_"), took, *(repr(float(value)) for value in found))
"#;

/// CPU seconds that this thread has used so far; where the system does not tell, the wall clock.
fn cpu(start: Instant) -> f64 {
    let used = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = used.as_deref().and_then(|text| text.split_whitespace().next()?.parse::<f64>().ok());
    nanoseconds.map_or_else(|| start.elapsed().as_secs_f64(), |ns| ns * 1e-9)
}

/// Fits a series on this thread; the maps and microseconds per voxel.
fn fit<M: VoxelModel>(series: &Series, model: &M) -> (Maps, f64) {
    let start = Instant::now();
    let before = cpu(start);
    let maps = map_voxels(series, None, model, |_| {}).expect("maps");
    let took = 1e6 * (cpu(start) - before) / maps.voxels as f64;
    (maps, took)
}

/// Median and 90th percentile of the relative errors.
fn errors(found: impl Iterator<Item = f64>, truth: &[f64]) -> [f64; 2] {
    let mut off: Vec<f64> = found.zip(truth).map(|(found, truth)| (found / truth - 1.0).abs()).collect();
    off.sort_unstable_by(f64::total_cmp);
    [off[off.len() / 2], off[off.len() * 9 / 10]]
}

fn main() {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("pool");
    pool.install(pharmacokinetics);
    pool.install(diffusion);
}

fn pharmacokinetics() {
    let grid = Grid::plain([100, 100, 100], [1.0; 3]);
    let times: Vec<f64> = (0..IMAGES).map(|image| image as f64 * 6.0).collect();
    // As the peers take it: straight lines between the images.
    let fine = Aif::population(Population::Parker, 20.0, 400.0, HAEMATOCRIT).expect("AIF");
    let plasma: Vec<f64> = times.iter().map(|time| fine.at(*time)).collect();
    let aif = Aif::measured(times.clone(), &plasma, 0.0).expect("AIF");
    let mut random = Xoshiro256PlusPlus::seed_from_u64(1);
    let (mut clean, mut truth) = (Vec::with_capacity(DIFFERENT), Vec::with_capacity(DIFFERENT));
    let (mut curve, mut slope) = (vec![0.0; IMAGES], vec![0.0; IMAGES]);
    for _ in 0..DIFFERENT {
        let (ktrans, ve, vp) = (random.gen_range(0.05..0.6), random.gen_range(0.1..0.6), random.gen_range(0.0..0.1));
        Convolution::new(&aif, ktrans / ve).at(&times, 0.0, &mut curve, &mut slope);
        clean.push(curve.iter().zip(&plasma).map(|(tissue, plasma)| ktrans * tissue + vp * plasma).collect::<Vec<f64>>());
        truth.push(ktrans);
    }
    let noise: Vec<f64> = (0..1 << 20).map(|_| StandardNormal.sample(&mut random)).collect();
    let frames = (0..IMAGES)
        .map(|image| {
            let offset: usize = random.gen_range(0..noise.len());
            let noise = |voxel: usize| 0.02 * noise[(voxel + offset) % noise.len()];
            (0..grid.voxels()).map(|voxel| (clean[voxel % DIFFERENT][image] + noise(voxel)) as f32).collect()
        })
        .collect();
    let series = Series::from_frames(grid, frames).expect("series");
    let mut ours = f64::NAN;
    for exchange in [Exchange::Tofts, Exchange::ExtendedTofts, Exchange::Patlak] {
        let model =
            Pharmacokinetics::new(exchange, aif.clone(), times.clone(), Delay::Fixed(0.0), Bounds::default()).expect("model");
        let (maps, took) = fit(&series, &model);
        let [median, high] = errors(maps.get("Ktrans").expect("Ktrans").values.iter().take(PEER).copied(), &truth);
        println!(
            "{exchange:?}: {took:.3} µs per voxel, {} null, {} at a bound; error of Ktrans: median {median:.4}, 90 % below {high:.4}",
            maps.failed(),
            maps.at_bound
        );
        ours = if exchange == Exchange::ExtendedTofts { took } else { ours };
    }
    let series = &series;
    let voxel = |voxel: usize| (0..IMAGES).map(move |image| f64::from(series.frame(image)[voxel]));
    let rows: Vec<f64> = times.iter().chain(&plasma).copied().chain((0..PEER).flat_map(voxel)).collect();
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("curves.f64");
    std::fs::write(&path, rows.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>()).expect("curves");
    for peer in ["qbipy", "sepal"] {
        let python = std::env::var("VBX_PEER_PYTHON").unwrap_or_else(|_| "python3".into());
        let mut run = Command::new(python);
        run.args(["-c", PYTHON, peer]).arg(&path).arg(IMAGES.to_string()).env("OPENBLAS_NUM_THREADS", "1");
        let text = run.output().ok().and_then(|run| String::from_utf8(run.stdout).ok());
        let last = text.as_deref().and_then(|text| text.lines().last()).unwrap_or_default();
        let mut words = last.split_whitespace();
        let (Some(name), Some(took)) = (words.next(), words.next().and_then(|word| word.parse::<f64>().ok())) else {
            println!("  {peer} is not here; set VBX_PEER_PYTHON");
            continue;
        };
        let [median, high] = errors(words.filter_map(|word| word.parse().ok()), &truth);
        println!(
            "  {name}: {:.1} µs per voxel, {:.0} times that of extended Tofts; error of Ktrans: median {median:.4}, 90 % below {high:.4}",
            1e6 * took,
            1e6 * took / ours
        );
    }
}

fn diffusion() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(2);
    let b = BValues::new(vec![0.0, 50.0, 100.0, 200.0, 400.0, 600.0, 800.0, 1000.0]).expect("b-values");
    let decays = decays(b.values(), &mut random);
    time("ADC, weighted", &decays, &Adc::new(b.clone(), [0.0, 1000.0], adc::Method::Weighted).expect("ADC"));
    time("IVIM, segmented", &decays, &Ivim::new(b.clone(), ivim::Method::Segmented { from: 200.0 }).expect("IVIM"));
    time("IVIM, full", &decays, &Ivim::new(b.clone(), ivim::Method::Full).expect("IVIM"));
    time("stretched", &decays, &Stretched::new(b.clone()).expect("stretched"));
    time("CTRW", &decays, &Ctrw::new(b).expect("CTRW"));
}

/// Noisy signals of 10,000 voxels with flow and diffusion.
fn decays(b: &[f64], random: &mut Xoshiro256PlusPlus) -> Series {
    let grid = Grid::plain([100, 100, 1], [1.0; 3]);
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
    let (maps, took) = fit(series, model);
    println!("{name}: {took:.2} µs per voxel, {} null, {} at a bound", maps.failed(), maps.at_bound);
}
