//! Calibration, scores and decision curves against rms, ResourceSelection, riskRegression, VGAM and dcurves.

mod common;
#[path = "common/oracle.rs"]
mod oracle;

use oracle::{Oracle, close, codes, number, numbers, texts};
use serde_json::Value;
use vbx::statistic::calibration::{calibration_in_the_large, calibration_slope, finite_logits, val_prob};
use vbx::statistic::calibration_curve::{SmoothCurve, Smoother, SplineCurve, calibration_errors, expected_calibration_error};
use vbx::statistic::decision_curve::{Strategy, decision_curve, thresholds};
use vbx::statistic::grouping::Grouping;
use vbx::statistic::hosmer_lemeshow::{TestedOn, hosmer_lemeshow};
use vbx::statistic::logistic::{LogisticData, Stop, logistic_until};
use vbx::statistic::multiclass_calibration::{multinomial_in_the_large, multinomial_recalibration};
use vbx::statistic::optimism::optimism_bootstrap;
use vbx::statistic::rcs::rcs_basis;
use vbx::statistic::scoring::{
    brier, brier_difference, brier_of_prevalence, log_loss, observed_to_expected, scaled_brier, spiegelhalter,
};

const CALIBRATION: [&str; 4] =
    ["calibration__duke_p_clin", "calibration__duke_p_early", "calibration__duke_p_late", "calibration__wdbc_p_early"];

/// Outcome and predictions of an oracle.
fn predictions(oracle: &Oracle, column: &str) -> (Vec<bool>, Vec<f64>) {
    let table = oracle.table();
    (table.events(oracle.data()["y"].as_str().unwrap()), table.numbers(column))
}

fn each(names: &[&str], check: impl Fn(&Oracle, &Value, &[bool], &[f64])) {
    for oracle in names.iter().filter_map(|name| Oracle::load(name)) {
        let (event, p) = predictions(&oracle, oracle.data()["p"].as_str().unwrap());
        check(&oracle, oracle.out(), &event, &p);
    }
}

#[test]
fn val_prob_agrees_with_rms() {
    each(&CALIBRATION, |oracle, out, event, p| {
        let expected = &out["val_prob"];
        // With rms's own rule for when to stop every digit agrees; converged, all do but those that the rule leaves open.
        for (stop, open) in [(Stop::DevianceChange(0.025), oracle.rel_tol), (Stop::Converged, 1e-6)] {
            let found = val_prob(event, p, stop).unwrap();
            oracle.check("Dxy", found.dxy, &expected["Dxy"]);
            oracle.check("C", found.c, &expected["C (ROC)"]);
            oracle.check("R2", found.r2, &expected["R2"]);
            oracle.check("D", found.d, &expected["D"]);
            oracle.check("D chi-square", found.d_chi_square, &expected["D:Chi-sq"]);
            oracle.check("U", found.u, &expected["U"]);
            oracle.check("U chi-square", found.u_test.statistic, &expected["U:Chi-sq"]);
            oracle.check("U p", found.u_test.p, &expected["U:p"]);
            oracle.check("Q", found.q, &expected["Q"]);
            oracle.check("Brier", found.brier, &expected["Brier"]);
            oracle.check_to("Intercept", found.intercept, &expected["Intercept"], open);
            oracle.check_to("Slope", found.slope, &expected["Slope"], open);
            oracle.check("Emax", found.e_max, &expected["Emax"]);
            oracle.check("E90", found.e_90, &expected["E90"]);
            oracle.check("Eavg", found.e_avg, &expected["Eavg"]);
            oracle.check("S:z", found.spiegelhalter.statistic, &expected["S:z"]);
            oracle.check("S:p", found.spiegelhalter.p, &expected["S:p"]);
        }
    });
}

#[test]
fn intercept_and_slope_agree_with_glm() {
    each(&CALIBRATION, |oracle, out, event, p| {
        let expected = &out["calibration_slope_model"];
        let found = calibration_slope(event, p, 0.95).unwrap();
        oracle.check("intercept", found.intercept.value, &expected["intercept"]);
        oracle.check_to("intercept se", found.intercept.se.unwrap(), &expected["intercept_se"], GLM_SE);
        oracle.check("slope", found.slope.value, &expected["slope"]);
        oracle.check_to("slope se", found.slope.se.unwrap(), &expected["slope_se"], GLM_SE);
        let allowed = 2.0 * GLM_SE * found.slope.se.unwrap();
        oracle.check_within("slope lower", found.slope.lower.unwrap(), &expected["slope_ci95_wald"][0], allowed);
        oracle.check_within("slope upper", found.slope.upper.unwrap(), &expected["slope_ci95_wald"][1], allowed);

        let expected = &out["calibration_in_the_large"];
        let found = calibration_in_the_large(event, p, 0.95).unwrap();
        oracle.check("in the large", found.log_odds.value, &expected["intercept"]);
        oracle.check_to("in the large se", found.log_odds.se.unwrap(), &expected["se"], GLM_SE);
        let allowed = 2.0 * GLM_SE * found.log_odds.se.unwrap();
        oracle.check_within("in the large lower", found.log_odds.lower.unwrap(), &expected["ci95_wald"][0], allowed);
        oracle.check_within("in the large upper", found.log_odds.upper.unwrap(), &expected["ci95_wald"][1], allowed);
        oracle.check_to("in the large p", found.test.p, &expected["p"], 10.0 * GLM_SE);
    });
}

/// `glm` takes the covariance from the weights before its last step; see `statistic_regression.rs`.
const GLM_SE: f64 = 1e-7;

#[test]
fn hosmer_lemeshow_agrees_with_resource_selection() {
    each(&CALIBRATION, |oracle, out, event, p| {
        for expected in out["hosmer_lemeshow"].as_array().unwrap() {
            let g = expected["g"].as_u64().unwrap() as usize;
            let found = hosmer_lemeshow(event, p, Grouping::Quantiles(g), TestedOn::FittedCases).unwrap();
            oracle.check("chi-square", found.test.statistic, &expected["chisq"]);
            oracle.check("df", found.test.df.unwrap(), &expected["df"]);
            oracle.check("p", found.test.p, &expected["p"]);
            assert_eq!(found.groups.len(), expected["observed"].as_array().unwrap().len());
            for (i, group) in found.groups.iter().enumerate() {
                let observed = numbers(&expected["observed"][i]);
                assert_eq!([(group.cases - group.events) as f64, group.events as f64], observed[..]);
                oracle.check("expected events", group.expected_events, &expected["expected"][i][1]);
                let others = group.cases as f64 - group.expected_events;
                close("expected others", others, number(&expected["expected"][i][0]).unwrap(), 1e-8);
            }
        }
    });
}

#[test]
fn curves_and_their_errors_agree_with_loess_and_lowess() {
    each(&CALIBRATION, |oracle, out, event, p| {
        let smoothers = [(Smoother::Loess, "loess_austin", "ICI"), (Smoother::Lowess, "lowess_harrell", "Eavg")];
        for (smoother, name, mean) in smoothers {
            let expected = &out[name];
            let found = calibration_errors(event, p, smoother).unwrap();
            oracle.check(mean, found.mean, &expected[mean]);
            oracle.check("E50", found.e_50, &expected["E50"]);
            oracle.check("E90", found.e_90, &expected["E90"]);
            oracle.check("Emax", found.e_max, &expected["Emax"]);
            let curve = SmoothCurve::new(event, p, smoother).unwrap();
            for (i, at) in numbers(&expected["grid_p"]).into_iter().enumerate() {
                oracle.check("curve", curve.at(at).unwrap(), &expected["grid_obs"][i]);
            }
        }
        // The splined curve was fitted by lrm, which stops early: with its rule every digit agrees, converged all that its
        // standard error leaves of interest.
        let spline = SplineCurve::new(event, p, 4).unwrap();
        let basis = rcs_basis(&finite_logits(event, p).unwrap(), &spline.knots).unwrap();
        let columns: Vec<&[f64]> = basis.iter().map(Vec::as_slice).collect();
        let as_lrm = logistic_until(&LogisticData::new(event, &columns), Stop::DevianceChange(0.025)).unwrap();
        for (i, knot) in spline.knots.iter().enumerate() {
            oracle.check("knot", *knot, &out["recal_rcs4_knots"][i]);
            oracle.check("spline coefficient", as_lrm.coefficients[i], &out["recal_rcs4_coef"][i]);
            let allowed = 1e-4 * spline.fit.se(i);
            oracle.check_within("converged coefficient", spline.fit.coefficients[i], &out["recal_rcs4_coef"][i], allowed);
        }
    });
}

#[test]
fn scores_agree() {
    each(&CALIBRATION, |oracle, out, event, p| {
        oracle.check("Brier", brier(event, p, 0.95).unwrap().value, &out["brier"]);
        oracle.check("Brier of the prevalence", brier_of_prevalence(event).unwrap(), &out["brier_max"]);
        oracle.check("scaled Brier", scaled_brier(event, p).unwrap(), &out["brier_scaled"]);
        let test = spiegelhalter(event, p).unwrap();
        oracle.check("Spiegelhalter", test.statistic, &out["spiegelhalter_z"]);
        oracle.check("Spiegelhalter p", test.p, &out["spiegelhalter_p_two_sided"]);
        oracle.check("log loss", log_loss(event, p).unwrap(), &out["log_loss"]);
        oracle.check("O/E", observed_to_expected(event, p).unwrap(), &out["OE_ratio"]);
        let ece = |grouping| expected_calibration_error(event, p, grouping).unwrap();
        oracle.check("ECE, equal width", ece(Grouping::EqualWidth(10)), &out["ece10_equal_width"]);
        oracle.check("ECE, equal size", ece(Grouping::EqualSize(10)), &out["ece10_equal_count"]);
    });
}

#[test]
fn brier_scores_and_their_differences_agree_with_risk_regression() {
    let Some(oracle) = Oracle::load("riskregression_score__duke") else { return };
    let (event, _) = predictions(&oracle, "p_clin");
    let prevalence = event.iter().filter(|&&e| e).count() as f64 / event.len() as f64;
    let of = |model: &str| match model {
        "Null model" => vec![prevalence; event.len()],
        name => oracle.table().numbers(name),
    };
    let expected = &oracle.out()["brier"];
    for (i, model) in texts(&expected["model"]).iter().enumerate() {
        let found = brier(&event, &of(model), 0.95).unwrap();
        oracle.check("Brier", found.value, &expected["Brier"][i]);
        oracle.check("se", found.se.unwrap(), &expected["se"][i]);
        oracle.check("lower", found.lower.unwrap(), &expected["lower"][i]);
        oracle.check("upper", found.upper.unwrap(), &expected["upper"][i]);
        oracle.check("IPA", scaled_brier(&event, &of(model)).unwrap(), &expected["IPA"][i]);
    }
    let expected = &oracle.out()["brier_contrasts"];
    let references = texts(&expected["reference"]);
    for (i, model) in texts(&expected["model"]).iter().enumerate() {
        let (difference, test) = brier_difference(&event, &of(model), &of(&references[i]), 0.95).unwrap();
        oracle.check("difference", difference.value, &expected["delta.Brier"][i]);
        oracle.check("difference se", difference.se.unwrap(), &expected["se"][i]);
        oracle.check("difference lower", difference.lower.unwrap(), &expected["lower"][i]);
        oracle.check("difference upper", difference.upper.unwrap(), &expected["upper"][i]);
        oracle.check("difference p", test.p, &expected["p"][i]);
    }
}

#[test]
fn multinomial_recalibration_agrees_with_vgam() {
    let Some(oracle) = Oracle::load("multiclass_calibration__gbsg2_grade") else { return };
    let table = oracle.table();
    let levels = texts(&oracle.data()["levels"]);
    let class = codes(table.text("y"), &levels);
    for model in texts(&oracle.data()["models"]) {
        let columns: Vec<Vec<f64>> = levels.iter().map(|level| table.numbers(&format!("{model}_{level}"))).collect();
        let probabilities: Vec<Vec<f64>> = (0..class.len()).map(|i| columns.iter().map(|c| c[i]).collect()).collect();
        let out = &oracle.out()[&model];
        let found = multinomial_recalibration(&class, &probabilities, 0.95).unwrap();
        for (i, estimate) in found.intercepts.iter().chain(&found.slopes).enumerate() {
            oracle.check("recalibration", estimate.value, &out["recalibration"]["coef"][i]);
            oracle.check("recalibration se", estimate.se.unwrap(), &out["recalibration"]["se"][i]);
        }
        for (i, c) in multinomial_in_the_large(&class, &probabilities, 0.95).unwrap().iter().enumerate() {
            oracle.check("in the large", c.log_odds.value, &out["calibration_in_the_large"]["coef"][i]);
            oracle.check("in the large se", c.log_odds.se.unwrap(), &out["calibration_in_the_large"]["se"][i]);
        }
    }
}

#[test]
fn decision_curves_agree_with_dcurves() {
    for oracle in ["dca__duke", "dca__duke_ties"].into_iter().filter_map(Oracle::load) {
        let (event, _) = predictions(&oracle, &texts(&oracle.data()["p"])[0]);
        let out = oracle.out();
        let prevalence = event.iter().filter(|&&e| e).count() as f64 / event.len() as f64;
        oracle.check("prevalence", prevalence, &out["prevalence"]);
        for (name, expected) in out["curves"].as_object().unwrap() {
            let p;
            let strategy = match name.as_str() {
                "all" => Strategy::TreatAll,
                "none" => Strategy::TreatNone,
                model => {
                    p = oracle.table().numbers(model);
                    Strategy::Predicted(&p)
                }
            };
            let grid = thresholds(0.01, 0.99, 0.01);
            let curve = decision_curve(&event, strategy, &grid, None).unwrap();
            assert_eq!(curve.len(), expected["threshold"].as_array().unwrap().len());
            for (i, point) in curve.iter().enumerate() {
                assert_eq!(Some(point.threshold), expected["threshold"][i].as_f64());
                oracle.check("true positives", point.true_positives, &expected["tp_rate"][i]);
                oracle.check("false positives", point.false_positives, &expected["fp_rate"][i]);
                oracle.check("net benefit", point.net_benefit, &expected["net_benefit"][i]);
                let avoided = point.interventions_avoided.unwrap();
                oracle.check("avoided", avoided, &expected["net_intervention_avoided_per_patient"][i]);
                if let Some(standardised) = out["standardized_net_benefit"].get(name) {
                    oracle.check("standardised", point.standardised_net_benefit, &standardised[i]);
                }
            }
        }
        let expected = &out["with_prevalence_0.1"];
        let p = oracle.table().numbers(expected["model"].as_str().unwrap());
        let grid = numbers(&expected["threshold"]);
        let curve = decision_curve(&event, Strategy::Predicted(&p), &grid, Some(0.1)).unwrap();
        for (i, point) in curve.iter().enumerate() {
            oracle.check("net benefit at another prevalence", point.net_benefit, &expected["net_benefit"][i]);
        }
    }
}

#[test]
fn the_optimism_bootstrap_agrees_with_validate() {
    for oracle in ["validate__birthwt", "validate__duke"].into_iter().filter_map(Oracle::load) {
        let out = oracle.out();
        let variables = texts(&oracle.data()["x"]);
        let outcome = oracle.data()["y"].as_str().unwrap();
        let needed: Vec<&str> = variables.iter().map(String::as_str).chain([outcome]).collect();
        let table = oracle.table().complete(&needed);
        let event = table.events(outcome);
        let owned: Vec<Vec<f64>> = variables.iter().map(|name| table.numbers(name)).collect();
        let columns: Vec<&[f64]> = owned.iter().map(Vec::as_slice).collect();
        // The resamples that rms drew, one per row or column of the file, numbered from 1.
        let index = oracle::Table::load(out["index_csv"].as_str().unwrap());
        let count = out["B"].as_u64().unwrap() as usize;
        let drawn: Vec<Vec<f64>> = index.names.iter().map(|name| index.numbers(name)).collect();
        let resamples: Vec<Vec<usize>> = if index.rows == event.len() {
            drawn.iter().map(|column| column.iter().map(|i| *i as usize - 1).collect()).collect()
        } else {
            (0..index.rows).map(|b| drawn.iter().map(|column| column[b] as usize - 1).collect()).collect()
        };
        assert_eq!(resamples.len(), count);
        let found = optimism_bootstrap(&LogisticData::new(&event, &columns), &resamples).unwrap();
        assert_eq!(found.resamples, count);
        let columns = [
            ("index.orig", found.apparent),
            ("training", found.training),
            ("test", found.test),
            ("optimism", found.optimism),
            ("index.corrected", found.corrected),
        ];
        for (column, i) in columns {
            let values = [i.dxy, i.r2, i.intercept, i.slope, i.e_max, i.d, i.u, i.q, i.brier, i.g, i.gp];
            for ((k, value), row) in values.into_iter().enumerate().zip(texts(&out["rows"])) {
                oracle.check(&format!("{column} {row}"), value, &out["table"][column][k]);
            }
        }
        oracle.check("corrected AUC", found.corrected.auc(), &out["corrected_auc"]);
        oracle.check("apparent AUC", found.apparent.auc(), &out["apparent_auc"]);
        let means = &out["replicated_means"];
        oracle.check("training Dxy", found.training.dxy, &means["Dxy_train"]);
        oracle.check("test Dxy", found.test.dxy, &means["Dxy_test"]);
        oracle.check("training Brier", found.training.brier, &means["B_train"]);
        oracle.check("test Brier", found.test.brier, &means["B_test"]);
        oracle.check("intercept", found.test.intercept, &means["int"]);
        oracle.check("slope", found.test.slope, &means["slope"]);
    }
}
