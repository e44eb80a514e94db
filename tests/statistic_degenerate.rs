//! Input that no statistic can live on: every function answers with a number or a reason, never with a panic or a NaN.

use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;
use vbx::statistic::anova::{anova, anova_columns, levene, welch_anova};
use vbx::statistic::backward::{Basis, Rule, backward_by_aic, fast_backward};
use vbx::statistic::calibration::{calibration_in_the_large, calibration_slope, val_prob};
use vbx::statistic::calibration_curve::{Smoother, SplineCurve, binned_points, calibration_errors, expected_calibration_error};
use vbx::statistic::contingency::Table;
use vbx::statistic::correlation::{kendall, pearson, spearman};
use vbx::statistic::decision_curve::{Strategy, decision_curve, net_benefit_bands};
use vbx::statistic::describe::Description;
use vbx::statistic::firth::{firth, firth_profile};
use vbx::statistic::fisher::{Roots, fisher_2x2};
use vbx::statistic::fisher_table::{WORK_LIMIT, fisher_exact, fisher_monte_carlo};
use vbx::statistic::grouping::Grouping;
use vbx::statistic::hosmer_lemeshow::{TestedOn, hosmer_lemeshow};
use vbx::statistic::logistic::{LogisticData, Stop, logistic};
use vbx::statistic::logistic_inference::{drop_term_tests, profile_interval, variance_inflation};
use vbx::statistic::multiclass_calibration::{multinomial_in_the_large, multinomial_recalibration, per_class_calibration};
use vbx::statistic::multinomial::{MultinomialData, multinomial};
use vbx::statistic::nomogram::{Effect, Nomogram, Value, Variable, axis_ticks};
use vbx::statistic::optimism::{bootstrap_resamples, optimism_bootstrap};
use vbx::statistic::ordinal::{OrdinalData, ordinal, proportional_odds_test};
use vbx::statistic::quantile::quantile;
use vbx::statistic::r_pretty::pretty;
use vbx::statistic::rank_test::{RankSumP, dunn, kruskal_wallis, rank_sum};
use vbx::statistic::rcs::{rcs_basis, rcs_knots};
use vbx::statistic::scoring::{brier, brier_difference, log_loss, observed_to_expected, scaled_brier, spiegelhalter};
use vbx::statistic::shapiro_wilk::shapiro_wilk;
use vbx::statistic::standardised_difference::{standardised_difference, standardised_difference_of_levels};
use vbx::statistic::t_test::{Variances, t_test};

/// No NaN in an answer.
fn sound(what: &str, answer: impl std::fmt::Debug) {
    let text = format!("{answer:?}");
    // A reason may well speak of a NaN.
    assert!(text.starts_with("Err") || !text.contains("NaN"), "{what}: {text}");
}

/// Values of every awkward kind and of several lengths.
fn columns() -> Vec<Vec<f64>> {
    let mut kinds = vec![vec![], vec![f64::NAN; 3], vec![f64::INFINITY, 1.0, 2.0], vec![1e308, -1e308, 1e308, 0.0]];
    for n in [1usize, 2, 3, 5, 12, 30] {
        kinds.push(vec![0.5; n]);
        kinds.push(vec![0.0; n]);
        kinds.push((0..n).map(|i| i as f64 / n as f64).collect());
        kinds.push((0..n).map(|i| f64::from(u8::from(i % 2 == 0))).collect());
        kinds.push((0..n).map(|i| 0.3 + 1e-15 * i as f64).collect());
        kinds.push((0..n).map(|i| 1e-12 + ((i * 7) % 11) as f64 / 11.0).collect());
        kinds.push((0..n).map(|i| 1e9 + ((i * 5) % 7) as f64).collect());
    }
    kinds
}

/// Outcomes of several kinds for n cases.
fn outcomes(n: usize) -> Vec<Vec<bool>> {
    vec![
        vec![true; n],
        vec![false; n],
        (0..n).map(|i| i % 2 == 0).collect(),
        (0..n).map(|i| i + 1 == n).collect(),
        vec![true; n + 1],
    ]
}

#[test]
fn predictions() {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
    for p in columns() {
        for event in outcomes(p.len()) {
            sound("brier", brier(&event, &p, 0.95));
            sound("scaled", scaled_brier(&event, &p));
            sound("difference", brier_difference(&event, &p, &p, 0.95));
            sound("log loss", log_loss(&event, &p));
            sound("o/e", observed_to_expected(&event, &p));
            sound("spiegelhalter", spiegelhalter(&event, &p));
            sound("large", calibration_in_the_large(&event, &p, 0.95));
            sound("slope", calibration_slope(&event, &p, 0.95));
            sound("val.prob", val_prob(&event, &p, Stop::Converged));
            sound("val.prob as rms", val_prob(&event, &p, Stop::DevianceChange(0.025)));
            for smoother in [Smoother::Loess, Smoother::Lowess] {
                sound("ICI", calibration_errors(&event, &p, smoother));
            }
            if let Ok(curve) = SplineCurve::new(&event, &p, 4) {
                sound("spline", curve.at(0.3, 0.95));
            }
            for grouping in [Grouping::Quantiles(10), Grouping::EqualSize(4), Grouping::EqualWidth(10)] {
                sound("ece", expected_calibration_error(&event, &p, grouping));
                sound("bins", binned_points(&event, &p, grouping, 0.95));
                sound("hl", hosmer_lemeshow(&event, &p, grouping, TestedOn::FittedCases));
                sound("hl", hosmer_lemeshow(&event, &p, grouping, TestedOn::OtherCases));
            }
            let grid = [0.0, 0.1, 0.5, 0.99];
            sound("dca", decision_curve(&event, Strategy::Predicted(&p), &grid, None));
            sound("bands", net_benefit_bands(&event, &[&p, &p], &grid, 20, 0.95, &mut rng));
        }
    }
}

#[test]
fn regressions() {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
    let all = columns();
    for (k, x) in all.iter().enumerate() {
        // With itself, with a column of the same length, with one of another length.
        let same = all.iter().cycle().skip(k + 1).find(|other| other.len() == x.len()).unwrap();
        for second in [x, same, &all[(k + 7) % all.len()]] {
            let columns: [&[f64]; 2] = [x, second];
            for columns in [&columns[..0], &columns[..1], &columns] {
                for event in outcomes(x.len()) {
                    let data = LogisticData::new(&event, columns);
                    let fit = logistic(&data);
                    sound("logistic", &fit);
                    if let Ok(fit) = &fit {
                        sound("profile", profile_interval(&data, 0, 0.95));
                        sound("vif", variance_inflation(fit));
                        let terms: Vec<Vec<usize>> = (0..columns.len()).map(|j| vec![j]).collect();
                        sound("drop", drop_term_tests(&data, &terms));
                        sound("backward", backward_by_aic(&data, &terms));
                        sound("fast", fast_backward(fit, &terms, Rule::P(0.05), Basis::Individual));
                    }
                    if let Ok(fit) = firth(&data) {
                        sound("firth", &fit);
                        sound("firth profile", firth_profile(&data, &fit, 0, 0.95));
                    }
                    let class: Vec<usize> = event.iter().enumerate().map(|(i, &e)| usize::from(e) + i % 2).collect();
                    sound("multinomial", multinomial(&MultinomialData { class: &class, classes: 3, columns }));
                    let data = OrdinalData { class: &class, classes: 3, columns };
                    sound("ordinal", ordinal(&data));
                    sound("proportional odds", proportional_odds_test(&data));
                }
            }
        }
        for event in outcomes(x.len()) {
            let columns: [&[f64]; 1] = [x];
            let resamples = bootstrap_resamples(x.len().max(1), 5, &mut rng);
            sound("optimism", optimism_bootstrap(&LogisticData::new(&event, &columns), &resamples));
        }
    }
}

#[test]
fn groups_and_tables() {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
    let all = columns();
    for a in &all {
        sound("description", Description::new(a));
        sound("shapiro", shapiro_wilk(a));
        sound("knots", rcs_knots(a, 4));
        sound("ticks", axis_ticks(a));
        sound("quantile", quantile(a, 0.3));
        for b in &all {
            for p in [RankSumP::Automatic, RankSumP::Exact, RankSumP::NormalCorrected, RankSumP::Normal] {
                sound("rank sum", rank_sum(a, b, p));
            }
            sound("t", t_test(a, b, Variances::Equal, 0.95));
            sound("welch", t_test(a, b, Variances::Unequal, 0.95));
            for groups in [&[a.as_slice(), b][..], &[a, b, a], &[a]] {
                sound("anova", anova(groups));
                sound("welch anova", welch_anova(groups));
                sound("levene", levene(groups));
                sound("kruskal", kruskal_wallis(groups));
                sound("dunn", dunn(groups));
                sound("smd", standardised_difference(groups));
            }
            sound("pearson", pearson(a, b, 0.95));
            sound("spearman", spearman(a, b));
            sound("kendall", kendall(a, b));
            sound("columns", anova_columns(&[a, b], &vec![0; a.len()]));
        }
    }
    for counts in [
        vec![],
        vec![vec![]],
        vec![vec![0]],
        vec![vec![0, 0], vec![0, 0]],
        vec![vec![5, 0], vec![0, 0]],
        vec![vec![5, 0], vec![0, 7]],
        vec![vec![1, 0, 0], vec![0, 0, 1]],
        vec![vec![0, 3], vec![0, 4], vec![0, 5]],
        vec![vec![50_000, 2], vec![3, 50_000]],
    ] {
        let Ok(table) = Table::new(counts) else { continue };
        sound("chi-square", table.chi_square(true));
        sound("V", table.cramers_v());
        sound("fisher 2 × 2", fisher_2x2(&table, 0.95, Roots::Exact));
        sound("fisher 2 × 2", fisher_2x2(&table, 0.95, Roots::AsR));
        if table.total() < 100 {
            sound("fisher", fisher_exact(&table, WORK_LIMIT));
            sound("monte carlo", fisher_monte_carlo(&table, 20, &mut rng));
        }
        sound("smd", standardised_difference_of_levels(&table));
    }
}

#[test]
fn class_probabilities_nomograms_and_axes() {
    for class in [vec![], vec![0], vec![0, 1, 2], vec![0, 0, 0], vec![0, 1, 2, 0, 1, 2, 2, 1, 0], vec![7; 3]] {
        for row in [vec![], vec![1.0], vec![0.2, 0.3, 0.5], vec![1.0, 0.0, 0.0], vec![f64::NAN; 3], vec![0.9; 3]] {
            let p = vec![row; class.len()];
            sound("recalibration", multinomial_recalibration(&class, &p, 0.95));
            sound("in the large", multinomial_in_the_large(&class, &p, 0.95));
            sound("per class", per_class_calibration(&class, &p, 0.95));
        }
    }
    for coefficient in [0.0, 1.0, -1e300, f64::NAN, f64::INFINITY] {
        for ticks in [vec![], vec![1.0], vec![0.0, 1.0], vec![f64::NAN, 1.0], vec![-1e300, 1e300]] {
            let variables = [Variable { name: "x".into(), effect: Effect::Linear { coefficient, ticks } }];
            for range in [(0.0, 0.0), (-1.0, 1.0), (1.0, -1.0), (f64::NAN, 1.0), (0.0, f64::INFINITY)] {
                let nomogram = Nomogram::new(&[0.0], &["risk"], &variables, range);
                sound("nomogram", &nomogram);
                if let Ok(nomogram) = nomogram {
                    sound("total", nomogram.total(&[Value::Number(3.0)]));
                    sound("probability", nomogram.probabilities_at(50.0));
                }
            }
        }
    }
    for (low, high) in [(0.0, 0.0), (f64::NAN, 1.0), (-1e308, 1e308), (1e-320, 2e-320), (5.0, 5.0 + 1e-15)] {
        for n in [0, 1, 10] {
            sound("pretty", pretty(low, high, n));
        }
    }
    sound("basis", rcs_basis(&[1.0, 2.0], &[0.0, 0.0, 1.0]));
}
