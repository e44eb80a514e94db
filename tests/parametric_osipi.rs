//! Pharmacokinetics against the reference data of the Open Science Initiative for Perfusion Imaging, at its published tolerances.

mod common;

use vbx::parametric::aif::Population;
use vbx::parametric::concentration::{BaselineT1, Concentration, Spgr, VariableFlipAngle};
use vbx::parametric::{Timing, VoxelModel};

/// The rows of a table of the collection, by column.
fn rows(file: &str) -> Option<Vec<impl Fn(&str) -> String>> {
    let path = common::reference(&format!("osipi/{file}"))?;
    let mut table = csv::Reader::from_path(path).unwrap();
    let header: Vec<String> = table.headers().unwrap().iter().map(|name| name.trim_start_matches('\u{feff}').to_string()).collect();
    let rows: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
    let row = move |row: csv::StringRecord| {
        let header = header.clone();
        move |name: &str| row[header.iter().position(|other| other == name).unwrap()].to_string()
    };
    Some(rows.into_iter().map(row).collect())
}

fn number(text: &str) -> f64 {
    text.trim().parse().unwrap()
}

fn list(text: &str) -> Vec<f64> {
    text.split_whitespace().map(number).collect()
}

/// Tolerance as the collection states it.
fn near(found: f64, truth: f64, absolute: f64, relative: f64, what: &str) {
    assert!((found - truth).abs() <= absolute + relative * truth.abs(), "{what}: {found}, reference {truth}");
}

#[test]
fn parker_aif() {
    let Some(rows) = rows("ParkerAIF_ref.csv") else { return };
    assert!(rows.len() > 1000);
    for row in rows {
        let minutes = number(&row("time")) - number(&row("delay"));
        near(Population::Parker.concentration(minutes), number(&row("Cb")), 0.0001, 0.01, &row("label"));
    }
}

#[test]
fn signal_to_concentration() {
    let Some(rows) = rows("SI2Conc_data.csv") else { return };
    for row in rows {
        let (signal, truth, baseline) = (list(&row("s")), list(&row("conc")), number(&row("numbaselinepts")) as usize);
        let model = Concentration {
            spgr: Spgr::new(number(&row("FA")), number(&row("TR"))).unwrap(),
            t1: BaselineT1::Fixed(number(&row("T1base"))),
            relaxivity: number(&row("r1")),
        };
        // The first image of these series is left out of their baseline, which the collection's own converters do as well.
        let timing = Timing::new((0..signal.len()).map(|at| at as f64).collect(), baseline).unwrap();
        let mut found = vec![0.0; signal.len()];
        model.convert(&timing, 0, &signal, &mut found).unwrap();
        for (found, truth) in found.iter().zip(&truth) {
            near(*found, *truth, 1e-5, 1e-5, &row("label"));
        }
    }
}

#[test]
fn t1_from_variable_flip_angles() {
    let Some(rows) = rows("t1_quiba_data.csv") else { return };
    let (mut worst, mut count) = (0.0_f64, 0);
    for row in rows {
        let (angles, times, signal) = (list(&row("FA")), list(&row("TR")), list(&row("s")));
        let model = VariableFlipAngle::new(&angles, times[0]).unwrap();
        let mut values = [0.0; 2];
        model.fit(0, &signal, &mut model.scratch(), &mut values).unwrap();
        let truth = number(&row("R1")) * 1e3;
        worst = worst.max((1.0 / values[0] / truth - 1.0).abs());
        println!("{}: R1 {:.4} {truth:.4}", row("label"), 1.0 / values[0]);
        count += 1;
    }
    println!("worst {worst}, {count} voxels");
    assert!(worst < 0.05 && count > 40);
}
