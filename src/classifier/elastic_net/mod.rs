//! Penalised logistic regression.
#![allow(unused)]
mod covariance; mod naive; mod design; mod direct; mod fit; mod grouped; mod kernel; mod lambda; mod options; mod path; mod penalty; mod likelihood; mod separate; mod symmetry; mod screen; mod working_set;
pub use fit::*; pub use options::*;
use ndarray::ArrayView2;
use crate::error::Result;
/// x
pub fn fit_path(x: ArrayView2<f64>, outcome: &[usize], options: &Options) -> Result<PathFit> {
    options.check(x.nrows(), x.ncols())?;
    let n = outcome.len();
    let given = options.weights.clone().unwrap_or(vec![1.0; n]);
    let rows: Vec<usize> = (0..n).filter(|&i| given[i] > 0.0).collect();
    let total: f64 = rows.iter().map(|&i| given[i]).sum();
    let weights: Vec<f64> = rows.iter().map(|&i| given[i] / total).collect();
    let design = design::Design::new(&design::Source::new(x), &rows, &weights, options.standardise)?;
    let class: Vec<usize> = rows.iter().map(|&i| outcome[i]).collect();
    fit_design(&design, &class, &weights, total, options)
}
fn fit_design(design: &design::Design, class: &[usize], weights: &[f64], total: f64, options: &Options) -> Result<PathFit> {
    use likelihood::*;
    let k = class.iter().max().unwrap() + 1;
    let mut share = vec![0.0; k];
    for (c, w) in class.iter().zip(weights) { share[*c] += w; }
    if k == 2 {
        let event: Vec<f64> = class.iter().map(|&c| c as f64).collect();
        let intercept = (share[1] / share[0]).ln();
        let l = Binary::new(&event, weights, intercept);
        let null = l.deviance();
        path::walk(separate::Separate::new(design, options, l, &[intercept], null), design, options, 2, null, total)
    } else {
        let intercepts: Vec<f64> = share.iter().map(|p| p.ln()).collect();
        let l = Multinomial::new(class, weights, &intercepts);
        let null = l.deviance();
        if options.grouping == Grouping::Grouped && options.alpha > 0.0 { return path::walk(grouped::Grouped::new(design, options, l, &intercepts, null), design, options, k, null, total); }
        path::walk(separate::Separate::new(design, options, l, &intercepts, null), design, options, k, null, total)
    }
}
