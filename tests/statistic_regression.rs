//! Logistic, multinomial and ordinal regression against R (glm, rms, MASS, logistf, VGAM) and statsmodels.

mod common;
#[path = "common/oracle.rs"]
mod oracle;

#[path = "common/spline.rs"]
mod spline;

use oracle::{Oracle, codes, numbers, texts};
use vbx::statistic::backward::{Basis, Rule, backward_by_aic, fast_backward};
use vbx::statistic::firth::{firth, firth_profile};
use vbx::statistic::logistic::{LogisticData, LogisticFit, logistic};
use vbx::statistic::logistic_inference::{drop_term_tests, profile_deviance, profile_interval, variance_inflation};
use vbx::statistic::model_indices::{Concordance, ModelIndices};
use vbx::statistic::multinomial::{MultinomialData, multinomial};
use vbx::statistic::normal;
use vbx::statistic::ordinal::{OrdinalData, ordinal, proportional_odds_test};

#[test]
fn logistic_regression_agrees_with_r() {
    for name in ["logistic__birthwt", "logistic__duke"] {
        if let Some(oracle) = Oracle::load(name) {
            check_logistic(&oracle);
        }
    }
}

/// R's `glm` stops at a relative change of the deviance of 1e-8 and takes the covariance from the weights of the iteration before its last, so
/// that its standard errors are off in the eighth digit. (Started from its own solution it agrees with ours to 1e-14; statsmodels,
/// which goes on to the end, is held to 1e-8 below; and `is_inverse_of_the_information` shows which of the two is exact.)
const GLM_SE: f64 = 1e-7;

/// Covariance times information, summed case by case here, is the identity.
#[allow(clippy::needless_range_loop)] // Row and column of a matrix product.
fn is_inverse_of_the_information(fit: &LogisticFit, columns: &[&[f64]]) {
    let p = fit.coefficients.len();
    let mut information = vec![vec![0.0; p]; p];
    for (i, lp) in fit.linear_predictor(columns).into_iter().enumerate() {
        let probability = 1.0 / (1.0 + (-lp).exp());
        let row: Vec<f64> = std::iter::once(1.0).chain(columns.iter().map(|c| c[i])).collect();
        for j in 0..p {
            for k in 0..p {
                information[j][k] += probability * (1.0 - probability) * row[j] * row[k];
            }
        }
    }
    for j in 0..p {
        for k in 0..p {
            let product: f64 = (0..p).map(|l| information[j][l] * fit.covariance[l][k]).sum();
            let scaled = product * fit.se(j) / fit.se(k);
            assert!((scaled - f64::from(u8::from(j == k))).abs() < 1e-9, "{j} {k}: {scaled}");
        }
    }
}

fn check_logistic(oracle: &Oracle) {
    let out = oracle.out();
    let variables = texts(&oracle.data()["x"]);
    let outcome = oracle.data()["y"].as_str().unwrap();
    let all: Vec<&str> = variables.iter().map(String::as_str).chain([outcome]).collect();
    let table = oracle.table().complete(&all);
    assert_eq!(table.rows as u64, oracle.data()["n"].as_u64().unwrap());
    let event = table.events(outcome);
    let design = table.design(&variables, "");
    let names: Vec<String> = design.iter().flat_map(|(_, names, _)| names.clone()).collect();
    assert_eq!(names[..], texts(&out["terms"])[1..]);
    let columns: Vec<&[f64]> = design.iter().flat_map(|(_, _, columns)| columns.iter().map(Vec::as_slice)).collect();
    let mut terms = Vec::new();
    let mut next = 0;
    for (_, names, _) in &design {
        terms.push((next..next + names.len()).collect::<Vec<usize>>());
        next += names.len();
    }
    let data = LogisticData::new(&event, &columns);
    let fit = logistic(&data).unwrap();
    is_inverse_of_the_information(&fit, &columns);

    for j in 0..fit.coefficients.len() {
        let c = fit.coefficient(j, 0.95);
        oracle.check("coef", c.log_odds.value, &out["coef"][j]);
        oracle.check("or", c.odds_ratio.value, &out["or"][j]);
        oracle.check_to("se", c.log_odds.se.unwrap(), &out["se"][j], GLM_SE);
        oracle.check_to("z", c.test.statistic, &out["wald_z"][j], GLM_SE);
        oracle.check_to("p", c.test.p, &out["p"][j], 10.0 * GLM_SE);
        oracle.check_to("or lower", c.odds_ratio.lower.unwrap(), &out["or_ci95_wald_lo"][j], 2.0 * GLM_SE);
        oracle.check_to("or upper", c.odds_ratio.upper.unwrap(), &out["or_ci95_wald_hi"][j], 2.0 * GLM_SE);
        // Our bounds solve the profile equation (a test of the module holds it to 1e-8). MASS interpolates a grid of it and is up to
        // 2e-4 standard errors off; the same interpolation of our profile gives its numbers.
        let bounds = interpolated_as_mass(&data, &fit, j);
        oracle.check("profile lower", bounds[0].exp(), &out["or_ci95_profile_lo"][j]);
        oracle.check("profile upper", bounds[1].exp(), &out["or_ci95_profile_hi"][j]);
        let exact = profile_interval(&data, j, 0.95).unwrap();
        for (exact, interpolated) in [(exact.lower, bounds[0]), (exact.upper, bounds[1])] {
            assert!((exact.unwrap() - interpolated).abs() < 2e-4 * fit.se(j));
        }
        for k in 0..fit.coefficients.len() {
            let off = (fit.covariance[j][k] - out["vcov"][j][k].as_f64().unwrap()) / (fit.se(j) * fit.se(k));
            assert!(off.abs() <= 2.0 * GLM_SE, "covariance of {j} and {k}: off by {off:e} standard errors squared");
        }
    }
    oracle.check("deviance", fit.deviance, &out["deviance"]);
    oracle.check("null deviance", fit.null_deviance, &out["null_deviance"]);
    oracle.check("loglik", fit.log_likelihood(), &out["loglik"]);
    oracle.check("aic", fit.aic(), &out["aic"]);
    oracle.check("bic", fit.bic(), &out["bic"]);
    let model = fit.model_test().unwrap();
    oracle.check("lr", model.statistic, &out["lr_chi2"]);
    oracle.check("lr df", model.df.unwrap(), &out["lr_df"]);
    oracle.check("lr p", model.p, &out["lr_p"]);

    let lp = fit.linear_predictor(&columns);
    let class: Vec<usize> = event.iter().map(|&e| usize::from(e)).collect();
    let indices = ModelIndices::new(&lp, &class, 2, fit.null_deviance, fit.deviance, columns.len()).unwrap();
    check_lrm_stats(oracle, &out["lrm_stats"], &indices, event.len(), columns.len());
    // The exact concordance differs from the binned one by the ties that binning makes.
    let exact = Concordance::exact(&lp, &class, 2).unwrap();
    assert!((exact.c - indices.concordance.c).abs() < 2e-3 && exact != indices.concordance);

    let inflation = variance_inflation(&fit).unwrap();
    for (found, (term, expected)) in inflation.iter().zip(out["vif"].as_object().unwrap()) {
        oracle.check(&format!("vif {term}"), *found, expected);
    }

    for (i, (variable, _, own)) in design.iter().enumerate() {
        let expected = &out["univariable"][variable];
        let own: Vec<&[f64]> = own.iter().map(Vec::as_slice).collect();
        let alone = logistic(&LogisticData::new(&event, &own)).unwrap();
        for k in 0..terms[i].len() {
            let c = alone.coefficient(k + 1, 0.95);
            oracle.check("univariable coef", c.log_odds.value, &expected["coef"][k]);
            oracle.check_to("univariable se", c.log_odds.se.unwrap(), &expected["se"][k], GLM_SE);
            oracle.check_to("univariable p", c.test.p, &expected["p"][k], 10.0 * GLM_SE);
        }
        oracle.check("univariable lr p", alone.model_test().unwrap().p, &expected["lr_p"]);
    }

    let positions = |list: &serde_json::Value| -> Vec<usize> {
        texts(list).iter().map(|n| variables.iter().position(|v| v == n).unwrap()).collect()
    };
    let (kept, chosen) = backward_by_aic(&data, &terms).unwrap();
    assert_eq!(kept, positions(&out["step_backward_aic"]["kept"]));
    oracle.check("aic after backward elimination", chosen.aic(), &out["step_backward_aic"]["aic"]);
    assert_eq!(fast_backward(&fit, &terms, Rule::P(0.05), Basis::Individual).unwrap(), positions(&out["fastbw_p05_kept"]));

    let small: Vec<&[f64]> =
        positions(&out["nested_lrt"]["small"]).iter().flat_map(|&t| terms[t].clone()).map(|j| columns[j]).collect();
    let nested = logistic(&LogisticData::new(&event, &small)).unwrap();
    let test = fit.likelihood_ratio_test(&nested).unwrap();
    oracle.check("nested lr", test.statistic, &out["nested_lrt"]["chisq"]);
    oracle.check("nested df", test.df.unwrap(), &out["nested_lrt"]["df"]);
    oracle.check("nested p", test.p, &out["nested_lrt"]["p"]);
    let dropped: Vec<usize> = (0..columns.len()).filter(|j| !small.iter().any(|s| std::ptr::eq(*s, columns[*j]))).collect();
    let again = drop_term_tests(&data, &[dropped]).unwrap()[0];
    oracle.check("nested lr as a dropped term", again.statistic, &out["nested_lrt"]["chisq"]);

    // logistf iterates to 1e-5.
    let reduced = firth(&data).unwrap();
    for j in 0..reduced.coefficients.len() {
        let (interval, test) = firth_profile(&data, &reduced, j, 0.95).unwrap();
        oracle.check_to("firth coef", reduced.coefficients[j], &out["firth"]["coef"][j], 1e-5);
        oracle.check_to("firth se", interval.se.unwrap(), &out["firth"]["se"][j], 1e-5);
        oracle.check_to("firth p", test.p, &out["firth"]["p_plr"][j], 1e-5);
        oracle.check_to("firth lower", interval.lower.unwrap(), &out["firth"]["ci_lo"][j], 1e-5);
        oracle.check_to("firth upper", interval.upper.unwrap(), &out["firth"]["ci_hi"][j], 1e-5);
    }
}

/// `confint` of MASS: the signed root of the deviance on a grid of the coefficient, an interpolating spline through it, and linear
/// interpolation between three points of that per grid point.
fn interpolated_as_mass(data: &LogisticData, fit: &LogisticFit, j: usize) -> [f64; 2] {
    let z_max = normal::quantile(1.0 - 0.0125 / 2.0);
    let z = normal::critical(0.95);
    let (centre, se) = (fit.coefficients[j], fit.se(j));
    let mut grid = vec![(centre, 0.0)];
    for side in [-1.0, 1.0] {
        for step in 1..10 {
            let at = centre + side * f64::from(step) * z_max / 5.0 * se;
            let root = (profile_deviance(data, j, at).unwrap() - fit.deviance).sqrt();
            grid.push((at, side * root));
            if root >= z_max {
                break;
            }
        }
    }
    grid.sort_by(|a, b| a.0.total_cmp(&b.0));
    let fine = spline::through(&grid, 3 * grid.len());
    [-z, z].map(|z| {
        let k = fine.windows(2).position(|w| w[0].1 <= z && z <= w[1].1).unwrap();
        let ((b0, z0), (b1, z1)) = (fine[k], fine[k + 1]);
        b0 + (b1 - b0) * (z - z0) / (z1 - z0)
    })
}

/// What `lrm` prints; R² carry the sample sizes in their names.
fn check_lrm_stats(oracle: &Oracle, stats: &serde_json::Value, found: &ModelIndices, cases: usize, slopes: usize) {
    oracle.check("C", found.concordance.c, &stats["C"]);
    oracle.check("Dxy", found.concordance.dxy, &stats["Dxy"]);
    oracle.check("Gamma", found.concordance.gamma, &stats["Gamma"]);
    oracle.check("Tau-a", found.concordance.tau_a, &stats["Tau-a"]);
    oracle.check("R2", found.r2, &stats["R2"]);
    let effective = (found.effective_size * 10.0).round() / 10.0;
    oracle.check("R2(n)", found.r2_cox_snell, &stats[format!("R2({cases})")]);
    oracle.check("R2(p,n)", found.r2_adjusted, &stats[format!("R2({slopes},{cases})")]);
    oracle.check("R2(m)", found.r2_effective, &stats[format!("R2({effective})")]);
    oracle.check("R2(p,m)", found.r2_effective_adjusted, &stats[format!("R2({slopes},{effective})")]);
    oracle.check("Brier", found.brier, &stats["Brier"]);
    oracle.check("g", found.g, &stats["g"]);
    oracle.check("gr", found.gr(), &stats["gr"]);
    oracle.check("gp", found.gp, &stats["gp"]);
}

#[test]
fn logistic_regression_agrees_with_statsmodels() {
    let Some(oracle) = Oracle::load("logistic_statsmodels__duke") else { return };
    let out = oracle.out();
    let variables = texts(&oracle.data()["x"]);
    // The oracle's rows are those of the larger R model.
    let Some(larger) = Oracle::load("logistic__duke") else { return };
    let mut needed = texts(&larger.data()["x"]);
    needed.push("her2".into());
    let needed: Vec<&str> = needed.iter().map(String::as_str).collect();
    let table = oracle.table().complete(&needed);
    let event = table.events("her2");
    let owned: Vec<Vec<f64>> = variables.iter().map(|v| table.numbers(v)).collect();
    let columns: Vec<&[f64]> = owned.iter().map(Vec::as_slice).collect();
    let fit = logistic(&LogisticData::new(&event, &columns)).unwrap();
    for j in 0..fit.coefficients.len() {
        let c = fit.coefficient(j, 0.95);
        oracle.check("coef", c.log_odds.value, &out["coef"][j]);
        oracle.check("se", c.log_odds.se.unwrap(), &out["se"][j]);
        oracle.check("z", c.test.statistic, &out["z"][j]);
        oracle.check("p", c.test.p, &out["p"][j]);
        let interval = numbers(&out["ci"][j]);
        oracle::close("lower", c.log_odds.lower.unwrap(), interval[0], oracle.rel_tol);
        oracle::close("upper", c.log_odds.upper.unwrap(), interval[1], oracle.rel_tol);
    }
    let model = fit.model_test().unwrap();
    oracle.check("llf", fit.log_likelihood(), &out["llf"]);
    oracle.check("llnull", -0.5 * fit.null_deviance, &out["llnull"]);
    oracle.check("llr", model.statistic, &out["llr"]);
    // statsmodels fits its null model numerically and stops 4e-8 below the closed form, which exp(−χ²/2) makes 4e-8 of p.
    oracle.check_to("llr p", model.p, &out["llr_p"], 1e-7);
    oracle.check("McFadden's R2", 1.0 - fit.deviance / fit.null_deviance, &out["prsquared"]);
    oracle.check("aic", fit.aic(), &out["aic"]);
    oracle.check("bic", fit.bic(), &out["bic"]);
}

/// VGAM stops at a relative change of 1e-7 and takes the covariance from the weights before its last step; run with `epsilon = 1e-13` its
/// standard errors are ours to 1e-9.
const VGAM_SE: f64 = 5e-7;

#[test]
fn multinomial_and_ordinal_regression_agree_with_vgam_and_rms() {
    let Some(oracle) = Oracle::load("multinomial__gbsg2_grade") else { return };
    let variables = texts(&oracle.data()["x"]);
    let levels = texts(&oracle.data()["levels"]);
    let table = oracle.table();
    let class = codes(table.text(oracle.data()["y"].as_str().unwrap()), &levels);
    let design = table.design(&variables, "");
    let columns: Vec<&[f64]> = design.iter().flat_map(|(_, _, columns)| columns.iter().map(Vec::as_slice)).collect();

    let out = &oracle.out()["multinomial"];
    let fit = multinomial(&MultinomialData { class: &class, classes: 3, columns: &columns }).unwrap();
    for j in 0..=columns.len() {
        for k in 1..3 {
            let c = fit.coefficient(k, j, 0.95).log_odds;
            oracle.check("coefficient", c.value, &out["coef_cols_are_levels_2_to_K"][j][k - 1]);
            oracle.check_to("se", c.se.unwrap(), &out["se"][j][k - 1], VGAM_SE);
        }
    }
    oracle.check("loglik", fit.log_likelihood(), &out["loglik"]);
    oracle.check("loglik of nnet", fit.log_likelihood(), &out["nnet_loglik"]);
    oracle.check("aic", fit.aic(), &out["aic"]);
    let p = fit.probabilities(&columns);
    for k in 0..3 {
        oracle.check("probability of the first case", p[0][k], &out["first_prob"][k]);
    }

    let out = &oracle.out()["proportional_odds"];
    let data = OrdinalData { class: &class, classes: 3, columns: &columns };
    let fit = ordinal(&data).unwrap();
    let coefficients: Vec<f64> = fit.intercepts.iter().chain(&fit.slopes).copied().collect();
    for (j, coefficient) in coefficients.iter().enumerate() {
        oracle.check("ordinal coefficient", *coefficient, &out["coef"][j]);
        oracle.check("ordinal se", fit.covariance[j][j].sqrt(), &out["se"][j]);
    }
    oracle.check("ordinal loglik", fit.log_likelihood(), &out["loglik"]);
    let model = fit.model_test().unwrap();
    oracle.check("ordinal lr", model.statistic, &out["stats"]["Model L.R."]);
    oracle.check("ordinal df", model.df.unwrap(), &out["stats"]["d.f."]);
    oracle.check("ordinal p", model.p, &out["stats"]["P"]);
    // The middle cut of three classes is the first.
    let lp = fit.linear_predictor(1, &columns);
    let indices = ModelIndices::new(&lp, &class, 3, fit.null_deviance, fit.deviance, columns.len()).unwrap();
    check_lrm_stats(&oracle, &out["stats"], &indices, class.len(), columns.len());
    let test = proportional_odds_test(&data).unwrap();
    oracle.check("proportional odds", test.statistic, &out["po_test_lr"]["chisq"]);
    oracle.check("proportional odds df", test.df.unwrap(), &out["po_test_lr"]["df"]);
    oracle.check("proportional odds p", test.p, &out["po_test_lr"]["p"]);
}
