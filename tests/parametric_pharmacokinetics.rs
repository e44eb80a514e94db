//! Pharmacokinetic fits of simulated voxels whose truth is known.

#![allow(clippy::print_stdout)]

use rand::{Rng, SeedableRng};
use rand_distr::{Distribution, StandardNormal};
use rand_xoshiro::Xoshiro256PlusPlus;

use vbx::image::{Grid, Mask, Volume};
use vbx::parametric::aif::{Aif, HAEMATOCRIT, Population};
use vbx::parametric::concentration::{BaselineT1, Concentration, Spgr};
use vbx::parametric::convolution::Convolution;
use vbx::parametric::kep_table::Bounds;
use vbx::parametric::{Delay, Exchange, Failure, Fit, Pharmacokinetics, Series, Timing, VoxelModel, map_voxels};

const IMAGES: usize = 60;

fn times() -> Vec<f64> {
    (0..IMAGES).map(|image| image as f64 * 6.0).collect()
}

fn parker() -> Aif {
    Aif::population(Population::Parker, 20.0, 400.0, HAEMATOCRIT).unwrap()
}

fn model(exchange: Exchange, delay: Delay) -> Pharmacokinetics {
    Pharmacokinetics::new(exchange, parker(), times(), delay, Bounds::default()).unwrap()
}

/// Concentrations of a voxel, exact for the AIF.
fn curve(ktrans: f64, ve: f64, vp: f64, delay: f64) -> Vec<f64> {
    let (aif, times) = (parker(), times());
    let (mut values, mut slopes) = (vec![0.0; IMAGES], vec![0.0; IMAGES]);
    Convolution::new(&aif, ktrans / ve).at(&times, delay, &mut values, &mut slopes);
    values.iter().zip(&times).map(|(value, time)| ktrans * value + vp * aif.at(time - delay)).collect()
}

fn fit(model: &Pharmacokinetics, curve: &[f64]) -> (Result<Fit, Failure>, Vec<f64>) {
    let mut values = vec![f64::NAN; model.names().len()];
    (model.fit(0, curve, &mut model.scratch(), &mut values), values)
}

#[test]
fn noiseless_voxels_are_recovered_everywhere_within_the_bounds() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(7);
    let (extended, tofts) = (model(Exchange::ExtendedTofts, Delay::Fixed(0.0)), model(Exchange::Tofts, Delay::Fixed(0.0)));
    for _ in 0..500 {
        let (ve, vp) = (random.gen_range(0.05..0.95), random.gen_range(0.001..0.3));
        let ktrans = (ve * random.gen_range(0.02..8.0_f64)).min(4.9);
        let (outcome, found) = fit(&extended, &curve(ktrans, ve, vp, 0.0));
        assert_eq!(outcome, Ok(Fit::Inside));
        let off = [found[0] / ktrans, found[2] / ve, found[3] / vp].map(|ratio| (ratio - 1.0).abs());
        assert!(off.iter().all(|off| *off < 2e-4), "{ktrans} {ve} {vp}: {found:?}");
        assert!(found[4] > 1.0 - 1e-9);
        let (_, found) = fit(&tofts, &curve(ktrans, ve, 0.0, 0.0));
        assert!((found[0] / ktrans - 1.0).abs() < 2e-4 && (found[2] / ve - 1.0).abs() < 2e-4, "{ktrans} {ve}: {found:?}");
    }
}

#[test]
fn a_delayed_bolus_is_found() {
    let (outcome, found) =
        fit(&model(Exchange::ExtendedTofts, Delay::Fitted { from: -5.0, to: 15.0 }), &curve(0.25, 0.4, 0.05, 4.3));
    assert_eq!(outcome, Ok(Fit::Inside));
    assert!((found[4] - 4.3).abs() < 0.02, "{found:?}");
    assert!((found[0] - 0.25).abs() < 1e-3 && (found[2] - 0.4).abs() < 1e-3 && (found[3] - 0.05).abs() < 1e-3, "{found:?}");
}

#[test]
fn bias_and_spread_are_those_of_the_cramer_rao_bound() {
    // Information of (Ktrans, kep, vp) from the model's derivatives; its inverse bounds the variance of any unbiased estimate.
    let (ktrans, ve, vp, sigma) = (0.25, 0.4, 0.05, 0.02);
    let kep = ktrans / ve;
    let (aif, times) = (parker(), times());
    let (mut g, mut slope) = (vec![0.0; IMAGES], vec![0.0; IMAGES]);
    Convolution::new(&aif, kep).at(&times, 0.0, &mut g, &mut slope);
    let columns: [Vec<f64>; 3] =
        [g, slope.iter().map(|s| ktrans * s).collect(), times.iter().map(|time| aif.at(*time)).collect()];
    let information: [[f64; 3]; 3] = std::array::from_fn(|a| {
        std::array::from_fn(|b| columns[a].iter().zip(&columns[b]).map(|(x, y)| x * y).sum::<f64>() / (sigma * sigma))
    });
    let minor = |r: [usize; 2], c: [usize; 2]| {
        information[r[0]][c[0]] * information[r[1]][c[1]] - information[r[0]][c[1]] * information[r[1]][c[0]]
    };
    let determinant = information[0][0] * minor([1, 2], [1, 2]) - information[0][1] * minor([1, 2], [0, 2])
        + information[0][2] * minor([1, 2], [0, 1]);
    let bound = [minor([1, 2], [1, 2]), minor([0, 2], [0, 2]), minor([0, 1], [0, 1])].map(|m| (m / determinant).sqrt());
    let (model, clean) = (model(Exchange::ExtendedTofts, Delay::Fixed(0.0)), curve(ktrans, ve, vp, 0.0));
    let mut random = Xoshiro256PlusPlus::seed_from_u64(11);
    const VOXELS: usize = 4000;
    let found: Vec<[f64; 3]> = (0..VOXELS)
        .map(|_| {
            let noisy: Vec<f64> =
                clean.iter().map(|c| c + sigma * Distribution::<f64>::sample(&StandardNormal, &mut random)).collect();
            let (_, found) = fit(&model, &noisy);
            [found[0], found[1], found[3]]
        })
        .collect();
    for (at, truth) in [ktrans, kep, vp].into_iter().enumerate() {
        let mean = found.iter().map(|f| f[at]).sum::<f64>() / VOXELS as f64;
        let spread = (found.iter().map(|f| (f[at] - mean).powi(2)).sum::<f64>() / (VOXELS - 1) as f64).sqrt();
        println!("parameter {at}: bias {:.2e}, spread / bound {:.3}", mean - truth, spread / bound[at]);
        assert!((mean - truth).abs() < 0.1 * bound[at], "bias of parameter {at}");
        // The spread of 4000 voxels is known to 1.1 %.
        assert!((spread / bound[at] - 1.0).abs() < 0.05, "spread of parameter {at}");
    }
}

#[test]
fn signals_go_through_concentration_to_the_same_answer() {
    let (spgr, t1, relaxivity) = (Spgr::new(15.0, 0.005).unwrap(), 1.6, 4.5);
    let signal: Vec<f64> = curve(0.2, 0.3, 0.02, 0.0).iter().map(|c| spgr.signal(1000.0, 1.0 / t1 + relaxivity * c)).collect();
    let conversion = Concentration { spgr, t1: BaselineT1::Fixed(t1), relaxivity };
    let model =
        model(Exchange::ExtendedTofts, Delay::Fixed(0.0)).of_signals(conversion, Timing::new(times(), 3).unwrap()).unwrap();
    let (_, found) = fit(&model, &signal);
    assert!((found[0] - 0.2).abs() < 1e-4 && (found[2] - 0.3).abs() < 1e-4 && (found[3] - 0.02).abs() < 1e-4, "{found:?}");
}

#[test]
fn bad_voxels_are_null_counted_and_the_same_on_any_number_of_threads() {
    let grid = Grid::plain([10, 10, 10], [1.0; 3]);
    let mut random = Xoshiro256PlusPlus::seed_from_u64(3);
    let mut frames = vec![vec![0.0_f32; 1000]; IMAGES];
    for voxel in 0..1000 {
        let clean = curve(random.gen_range(0.05..0.5), 0.4, 0.02, 0.0);
        for (frame, value) in frames.iter_mut().zip(clean) {
            frame[voxel] = match voxel {
                0 => f32::NAN,
                1 => -value as f32,
                2 => 0.0,
                _ => value as f32,
            };
        }
    }
    let series = Series::from_frames(grid.clone(), frames).unwrap().saturated_at(1e6);
    let region = Mask::new(grid, (0..1000).map(|voxel| voxel < 900).collect());
    let model = model(Exchange::ExtendedTofts, Delay::Fixed(0.0));
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| map_voxels(&series, Some(&region), &model, |_| {}).unwrap())
    };
    let (one, three) = (on(1), on(3));
    assert_eq!(one.failures, three.failures);
    for ((_, a), (_, b)) in one.maps.iter().zip(&three.maps) {
        assert!(a.values.iter().zip(&b.values).all(|(a, b)| a.to_bits() == b.to_bits()));
    }
    assert_eq!(one.voxels, 900);
    assert_eq!(one.failures.get(&Failure::NotFinite), Some(&1));
    assert_eq!(one.failures.get(&Failure::NoUptake), Some(&2));
    let ktrans = one.get("Ktrans").unwrap();
    assert!(ktrans.values[..3].iter().chain(&ktrans.values[900..]).all(|value| value.is_nan()));
    assert!(ktrans.values[3..900].iter().all(|value| value.is_finite()));
}

#[test]
fn maps_of_another_grid_are_refused() {
    let series = Series::from_frames(Grid::plain([2, 1, 1], [1.0; 3]), vec![vec![1.0; 2]; IMAGES]).unwrap();
    let spgr = Spgr::new(15.0, 0.005).unwrap();
    let other = Grid::plain([3, 1, 1], [1.0; 3]);
    let t1 = BaselineT1::Map(Volume::new(other.clone(), vec![1.6; 3]));
    let conversion = Concentration { spgr, t1, relaxivity: 4.5 };
    let timing = Timing::new(times(), 3).unwrap();
    let signals = model(Exchange::Tofts, Delay::Fixed(0.0)).of_signals(conversion, timing).unwrap();
    let plain = model(Exchange::Tofts, Delay::Fixed(0.0));
    let says = |outcome: vbx::error::Result<_>| outcome.map(|_: vbx::parametric::Maps| ()).unwrap_err().to_string();
    assert!(says(map_voxels(&series, None, &signals, |_| {})).contains("different grids"));
    let region = Mask::new(other, vec![true; 3]);
    assert!(says(map_voxels(&series, Some(&region), &plain, |_| {})).contains("different grids"));
    let empty = Mask::new(series.grid().clone(), vec![false; 2]);
    assert!(says(map_voxels(&series, Some(&empty), &plain, |_| {})).contains("no voxels"));
    let short = Series::from_frames(series.grid().clone(), vec![vec![1.0; 2]; 5]).unwrap();
    assert!(says(map_voxels(&short, None, &plain, |_| {})).contains("5 images"));
}

#[test]
fn bad_settings_are_refused() {
    let new = |times: Vec<f64>, delay, bounds| Pharmacokinetics::new(Exchange::Tofts, parker(), times, delay, bounds);
    assert!(new(vec![0.0, 1.0, 1.0, 2.0], Delay::Fixed(0.0), Bounds::default()).is_err());
    assert!(new(vec![0.0, 1.0], Delay::Fixed(0.0), Bounds::default()).is_err());
    assert!(new(times(), Delay::Fitted { from: 1.0, to: 1.0 }, Bounds::default()).is_err());
    assert!(new(times(), Delay::Fixed(0.0), Bounds { kep: 0.0, ..Bounds::default() }).is_err());
    let other = Timing::new(vec![0.0, 1.0], 1).unwrap();
    let conversion = Concentration { spgr: Spgr::new(15.0, 0.005).unwrap(), t1: BaselineT1::Fixed(1.6), relaxivity: 4.5 };
    assert!(new(times(), Delay::Fixed(0.0), Bounds::default()).unwrap().of_signals(conversion, other).is_err());
}
