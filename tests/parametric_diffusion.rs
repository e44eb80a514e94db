//! Diffusion models on OSIPI's IVIM signals, on simulated signals with known truth, and at their mono-exponential limits.

#![allow(clippy::print_stdout)]

mod common;

use rand::SeedableRng;
use rand_distr::{Distribution, StandardNormal};
use rand_xoshiro::Xoshiro256PlusPlus;

use vbx::parametric::adc::{self, Adc};
use vbx::parametric::ctrw::Ctrw;
use vbx::parametric::froc::Froc;
use vbx::parametric::ivim::{self, Ivim};
use vbx::parametric::kurtosis::Kurtosis;
use vbx::parametric::stretched::Stretched;
use vbx::parametric::{BValues, Failure, VoxelModel};

const B: [f64; 10] = [0.0, 50.0, 100.0, 200.0, 400.0, 600.0, 800.0, 1000.0, 1500.0, 2000.0];

fn b() -> BValues {
    BValues::new(B.to_vec()).unwrap()
}

/// Fits one signal; the maps' values by name.
fn fit<M: VoxelModel>(model: &M, signal: &[f64]) -> impl Fn(&str) -> f64 + use<M> {
    let names = model.names();
    let mut values = vec![f64::NAN; names.len()];
    model.fit(0, signal, &mut model.scratch(), &mut values).unwrap();
    move |name: &str| values[names.iter().position(|other| *other == name).unwrap()]
}

fn near(found: f64, truth: f64, absolute: f64, relative: f64, what: &str) {
    assert!((found - truth).abs() <= absolute + relative * truth.abs(), "{what}: {found}, truth {truth}");
}

#[test]
fn ivim_on_the_reference_signals() {
    for file in ["generic.json", "generic_one.json"] {
        let Some(path) = common::reference(&format!("osipi/{file}")) else { return };
        let table: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let numbers =
            |value: &serde_json::Value| value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect::<Vec<f64>>();
        let b = BValues::new(numbers(&table["config"]["bvalues"])).unwrap();
        let tissues: Vec<_> = table.as_object().unwrap().iter().filter(|(name, _)| *name != "config").collect();
        assert!(tissues.len() > 10);
        for (name, tissue) in tissues {
            let signal = numbers(&tissue["data"]);
            let truth = |what: &str| tissue[what].as_f64().unwrap();
            // Tolerances of the collection's own test, within its bounds (which are ours), so that pure blood (f = 1) and tissue without flow
            // (f = 0) count too. D is judged while some tissue is left (f < 0.8), D* where there is flow (f > 0.03), as there.
            for (method, label) in [(ivim::Method::Full, "full"), (ivim::Method::Segmented { from: 200.0 }, "segmented")] {
                let model = Ivim::new(b.clone(), method).unwrap();
                let mut values = vec![f64::NAN; model.names().len()];
                let outcome = model.fit(0, &signal, &mut model.scratch(), &mut values);
                let what = format!("{name} {label}");
                // Pure blood has no signal at high b, where the segmented fit takes logarithms: null, with its reason.
                if truth("f") > 0.99 && label == "segmented" && signal.iter().any(|value| *value <= 0.0) {
                    assert_eq!(outcome, Err(Failure::NotPositive), "{what}");
                    continue;
                }
                outcome.unwrap_or_else(|reason| panic!("{what}: {reason}"));
                let [d, pseudo, f] = [values[0], values[1], values[2]];
                near(f, truth("f"), 0.2, 0.1, &format!("{what} f"));
                if truth("f") < 0.8 {
                    near(d, truth("D"), 5e-4, 0.1, &format!("{what} D"));
                }
                if truth("f") > 0.03 {
                    near(pseudo, truth("Dp"), 4e-2, 0.3, &format!("{what} D*"));
                }
            }
        }
    }
}

#[test]
fn every_model_is_mono_exponential_in_its_limit() {
    let signal = B.map(|b| 800.0 * (-b * 1.2e-3).exp());
    let d = 1.2e-3;
    near(fit(&Adc::new(b(), [0.0, 3000.0], adc::Method::Weighted).unwrap(), &signal)("ADC"), d, 0.0, 1e-9, "ADC");
    let kurtosis = fit(&Kurtosis::new(b(), 2000.0).unwrap(), &signal);
    near(kurtosis("MD"), d, 0.0, 1e-9, "MD");
    near(kurtosis("MK"), 0.0, 1e-9, 0.0, "MK");
    let stretched = fit(&Stretched::new(b()).unwrap(), &signal);
    near(stretched("DDC"), d, 0.0, 1e-5, "DDC");
    near(stretched("alpha"), 1.0, 1e-5, 0.0, "alpha");
    let walk = fit(&Ctrw::new(b()).unwrap(), &signal);
    near(walk("D"), d, 0.0, 1e-3, "CTRW D");
    near(walk("alpha"), 1.0, 1e-3, 0.0, "CTRW alpha");
    near(walk("beta"), 1.0, 1e-3, 0.0, "CTRW beta");
    let fractional = fit(&Froc::new(b(), 0.02, 0.04, 1000.0).unwrap(), &signal);
    near(fractional("D"), d, 0.0, 1e-9, "FROC D");
    near(fractional("beta"), 1.0, 1e-3, 0.0, "FROC beta");
    let flow = fit(&Ivim::new(b(), ivim::Method::Segmented { from: 200.0 }).unwrap(), &signal);
    near(flow("D"), d, 0.0, 1e-9, "IVIM D");
    near(flow("f"), 0.0, 1e-9, 0.0, "IVIM f");
}

#[test]
fn noiseless_signals_give_their_parameters_back() {
    let kurtosis = fit(&Kurtosis::new(b(), 2000.0).unwrap(), &B.map(|b| 500.0 * (-b * 1e-3 + b * b * 1e-6 * 0.8 / 6.0).exp()));
    near(kurtosis("MD"), 1e-3, 0.0, 1e-9, "MD");
    near(kurtosis("MK"), 0.8, 0.0, 1e-9, "MK");
    let stretched = fit(&Stretched::new(b()).unwrap(), &B.map(|b| 500.0 * (-(b * 1.3e-3).powf(0.75)).exp()));
    near(stretched("DDC"), 1.3e-3, 0.0, 1e-6, "DDC");
    near(stretched("alpha"), 0.75, 0.0, 1e-6, "alpha");
    let flow = fit(
        &Ivim::new(b(), ivim::Method::Full).unwrap(),
        &B.map(|b| 500.0 * (0.12 * (-b * 0.03).exp() + 0.88 * (-b * 1e-3).exp())),
    );
    near(flow("D"), 1e-3, 0.0, 1e-5, "D");
    near(flow("f"), 0.12, 0.0, 1e-5, "f");
    near(flow("D_star"), 0.03, 0.0, 1e-4, "D*");
    let mut decay = [0.0; 10];
    Ctrw::decay(1.1e-3, 0.85, 0.9, &B, &mut decay);
    let walk = fit(&Ctrw::new(b()).unwrap(), &decay);
    near(walk("D"), 1.1e-3, 0.0, 1e-4, "CTRW D");
    near(walk("alpha"), 0.85, 0.0, 1e-4, "CTRW alpha");
    near(walk("beta"), 0.9, 0.0, 1e-4, "CTRW beta");
    // FROC: D is what the low b-values say mono-exponentially; where the model is scaled by it, its product with μ^(2(β−1)) comes back.
    let model = Froc::new(b(), 0.02, 0.04, 1000.0).unwrap();
    model.decay(1e-3, 0.8, 8.0, &B, &mut decay);
    let fractional = fit(&model, &decay);
    near(fractional("beta"), 0.8, 0.0, 1e-4, "FROC beta");
    let scale = |d: f64, mu: f64| d * (mu * 1e-3_f64).powf(2.0 * (0.8 - 1.0));
    near(scale(fractional("D"), fractional("mu")), scale(1e-3, 8.0), 0.0, 1e-3, "FROC scale");
}

#[test]
fn weighted_adc_reaches_the_cramer_rao_bound() {
    let (s0, d, sigma) = (1000.0, 1.2e-3, 10.0);
    let used: Vec<f64> = B.iter().copied().filter(|b| *b <= 1000.0).collect();
    // Information of (S0, D) with additive Gaussian noise.
    let e: Vec<f64> = used.iter().map(|b| (-b * d).exp()).collect();
    let sum = |power: i32| used.iter().zip(&e).map(|(b, e)| e * e * b.powi(power)).sum::<f64>();
    let (a, c, g) = (sum(0), -s0 * sum(1), s0 * s0 * sum(2));
    let bound = sigma * (a / (a * g - c * c)).sqrt();
    let model = Adc::new(b(), [0.0, 1000.0], adc::Method::Weighted).unwrap();
    let mut random = Xoshiro256PlusPlus::seed_from_u64(5);
    const VOXELS: usize = 4000;
    let found: Vec<f64> = (0..VOXELS)
        .map(|_| {
            let noisy = B.map(|b| s0 * (-b * d).exp() + sigma * Distribution::<f64>::sample(&StandardNormal, &mut random));
            fit(&model, &noisy)("ADC")
        })
        .collect();
    let mean = found.iter().sum::<f64>() / VOXELS as f64;
    let spread = (found.iter().map(|f| (f - mean).powi(2)).sum::<f64>() / (VOXELS - 1) as f64).sqrt();
    println!("ADC: bias / bound {:.3}, spread / bound {:.3}", (mean - d) / bound, spread / bound);
    assert!((mean - d).abs() < 0.1 * bound && (spread / bound - 1.0).abs() < 0.05);
}

#[test]
fn a_series_that_cannot_answer_is_refused() {
    let without_zero = BValues::new(vec![50.0, 400.0, 800.0, 1000.0]).unwrap();
    assert!(Ivim::new(without_zero.clone(), ivim::Method::Full).is_err());
    assert!(Stretched::new(without_zero.clone()).is_err() && Ctrw::new(without_zero.clone()).is_err());
    assert!(Froc::new(without_zero, 0.02, 0.04, 1000.0).is_err() && Froc::new(b(), 0.04, 0.02, 1000.0).is_err());
    assert!(Kurtosis::new(BValues::new(vec![0.0, 800.0]).unwrap(), 2000.0).is_err());
    assert!(Ivim::new(BValues::new(vec![0.0, 10.0, 20.0, 800.0]).unwrap(), ivim::Method::Full).is_err());
}
