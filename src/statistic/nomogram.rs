//! The mathematics of a nomogram: points per value, total points, and the probability that belongs to them.
//!
//! Everything is a view of a model's coefficients, nothing is fitted here. Reading points from the axes and adding them gives the
//! model's linear predictor exactly; only the pencil loses digits.
//!
//! A binary model has one probability axis, an ordinal one an axis P(Y ≥ j) per cut. In a multinomial model every logit weighs the variables
//! differently, so each has its own points and totals ([`MultinomialNomogram`]); the probabilities need all of them.

use serde::{Deserialize, Serialize};

use super::estimate::{Defined, undefined};
use super::logistic::{inverse_logit, logit};
use super::multinomial::softmax;
use super::r_pretty::pretty;
use super::rcs::rcs_terms;

/// How a variable enters the linear predictor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// Coefficient × value.
    Linear {
        /// The coefficient.
        coefficient: f64,
        /// Where the axis has ticks; see [`axis_ticks`].
        ticks: Vec<f64>,
    },
    /// A restricted cubic spline ([`super::rcs`]).
    Spline {
        /// Coefficients of the value and of the nonlinear terms.
        coefficients: Vec<f64>,
        /// The knots.
        knots: Vec<f64>,
        /// Where the axis has ticks.
        ticks: Vec<f64>,
    },
    /// A category.
    Levels {
        /// Names of the levels.
        names: Vec<String>,
        /// Effect of each, 0 for the reference.
        effects: Vec<f64>,
    },
}

/// A variable of the model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Variable {
    /// Its name as displayed.
    pub name: String,
    /// How it enters the linear predictor.
    pub effect: Effect,
}

/// A patient's value of a variable.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value {
    /// A number.
    Number(f64),
    /// The number of a level, from 0.
    Level(usize),
}

impl Variable {
    /// What `value` adds to the linear predictor.
    ///
    /// # Errors
    /// A number where a level belongs or the reverse, an unknown level, a missing number.
    pub fn contribution(&self, value: Value) -> Defined<f64> {
        match (&self.effect, value) {
            (_, Value::Number(x)) if !x.is_finite() => undefined!("`{}` is missing", self.name),
            (Effect::Linear { coefficient, .. }, Value::Number(x)) => Ok(coefficient * x),
            (Effect::Spline { coefficients, knots, .. }, Value::Number(x)) => {
                Ok(coefficients.iter().zip(rcs_terms(x, knots)).map(|(b, t)| b * t).sum())
            }
            (Effect::Levels { effects, .. }, Value::Level(k)) if k < effects.len() => Ok(effects[k]),
            _ => undefined!("`{}` has no such value", self.name),
        }
    }

    /// The ticks of its axis.
    fn ticks(&self) -> Vec<Value> {
        match &self.effect {
            Effect::Linear { ticks, .. } | Effect::Spline { ticks, .. } => ticks.iter().map(|&x| Value::Number(x)).collect(),
            Effect::Levels { names, .. } => (0..names.len()).map(Value::Level).collect(),
        }
    }

    fn check(&self) -> Defined<()> {
        let complete = match &self.effect {
            Effect::Linear { ticks, .. } => !ticks.is_empty(),
            Effect::Spline { coefficients, knots, ticks } => {
                let ascending = knots.windows(2).all(|w| w[0] < w[1]);
                !ticks.is_empty() && knots.len() > 2 && ascending && coefficients.len() == knots.len() - 1
            }
            Effect::Levels { names, effects } => !names.is_empty() && names.len() == effects.len(),
        };
        if !complete {
            undefined!("the axis of `{}` lacks ticks, knots or coefficients", self.name);
        }
        Ok(())
    }
}

/// Ticks for a numeric variable: its distinct values where it has ten or fewer, else round values that cover its range.
pub fn axis_ticks(values: &[f64]) -> Vec<f64> {
    let mut distinct: Vec<f64> = values.iter().copied().filter(|x| x.is_finite()).collect();
    distinct.sort_unstable_by(f64::total_cmp);
    distinct.dedup();
    match distinct[..] {
        [low, .., high] if distinct.len() > 10 => pretty(low, high, INTERVALS),
        _ => distinct,
    }
}

/// About how many intervals an axis has.
const INTERVALS: usize = 10;
/// Points of the variable with the largest effect.
const MAX_POINTS: f64 = 100.0;
/// Probabilities worth a tick.
pub const PROBABILITY_TICKS: [f64; 13] = [0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99];

/// A nomogram.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Nomogram {
    /// One axis per variable.
    pub axes: Vec<VariableAxis>,
    /// Ticks of the axis of total points.
    pub total_points: Vec<f64>,
    /// The axis of the linear predictor.
    pub linear_predictor: Vec<Tick>,
    /// One axis per probability: the event, or P(Y ≥ j) for each cut of an ordinal model.
    pub probabilities: Vec<ProbabilityAxis>,
    /// Points per unit of the linear predictor.
    pub points_per_unit: f64,
    /// Linear predictor at 0 points.
    pub intercept_at_zero_points: f64,
}

/// A mark on an axis that is read against total points.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Tick {
    /// What is written there.
    pub value: f64,
    /// Where it stands.
    pub total_points: f64,
}

/// The axis of a variable.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VariableAxis {
    /// The variable.
    pub variable: Variable,
    /// Smallest contribution over the ticks: 0 points.
    pub least: f64,
    /// Marks in the order of the variable's ticks or levels.
    pub marks: Vec<Mark>,
}

/// A mark on a variable's axis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mark {
    /// The number, absent for levels.
    pub value: Option<f64>,
    /// The level's name, absent for numbers.
    pub level: Option<String>,
    /// What it adds to the linear predictor.
    pub contribution: f64,
    /// Its points.
    pub points: f64,
}

/// A probability read from the total points.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProbabilityAxis {
    /// What is predicted.
    pub label: String,
    /// Added to the linear predictor for this probability: 0 for the first, αⱼ − α₁ for the others.
    pub shift: f64,
    /// Marks within the range of the linear predictor's axis.
    pub ticks: Vec<Tick>,
}

impl Nomogram {
    /// Builds the nomogram of a logistic model (one intercept) or an ordinal one (αⱼ for each cut P(Y ≥ j)).
    ///
    /// `labels` name the probabilities, one per intercept. `lp_range` is the range of the linear predictor with the first intercept over the
    /// cases: the axis of the linear predictor covers it.
    ///
    /// # Definition
    /// Contributions are taken uncentred at the ticks; points = (contribution − its smallest) · s with s = 100 / the largest range of
    /// contributions over all variables. So lp = (α₁ + Σ smallest) + total / s for every patient; values beyond the ticks get points below 0
    /// or above 100.
    ///
    /// # Errors
    /// No variable, none with an effect, incomplete axes, numbers that are not finite.
    ///
    /// # Reference
    /// Harrell, `rms::nomogram`. Its probability ticks are interpolated on 1000 points; here they are exact.
    pub fn new(intercepts: &[f64], labels: &[&str], variables: &[Variable], lp_range: (f64, f64)) -> Defined<Self> {
        let Some(&first) = intercepts.first() else { undefined!("the model has no intercept") };
        if labels.len() != intercepts.len() {
            undefined!("{} labels for {} probabilities", labels.len(), intercepts.len());
        }
        let finite = intercepts.iter().chain([&lp_range.0, &lp_range.1]).all(|x| x.is_finite());
        if !finite || lp_range.0 > lp_range.1 {
            undefined!("intercepts and the range of the linear predictor must be finite and in order");
        }
        if variables.is_empty() {
            undefined!("the model has no variable");
        }
        let mut axes = Vec::new();
        let mut widest = 0.0f64;
        for variable in variables {
            variable.check()?;
            let contributions = variable.ticks().into_iter().map(|v| variable.contribution(v)).collect::<Defined<Vec<f64>>>()?;
            if !contributions.iter().all(|c| c.is_finite()) {
                undefined!("`{}` has an effect that is not finite", variable.name);
            }
            let least = contributions.iter().copied().fold(f64::INFINITY, f64::min);
            let most = contributions.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            widest = widest.max(most - least);
            axes.push((variable, least, contributions));
        }
        if widest <= 0.0 {
            undefined!("no variable has an effect");
        }
        let scale = MAX_POINTS / widest;
        let zero = first + axes.iter().map(|(_, least, _)| least).sum::<f64>();
        let lp_ticks = pretty(lp_range.0, lp_range.1, INTERVALS);
        let (low, high) = (lp_ticks[0], lp_ticks[lp_ticks.len() - 1]);
        let at = |lp: f64| (lp - zero) * scale;
        let most = if axes.len() == 1 { MAX_POINTS } else { MAX_POINTS.max(at(high)) };
        let probabilities = intercepts
            .iter()
            .zip(labels)
            .map(|(intercept, label)| {
                let shift = intercept - first;
                let ticks = PROBABILITY_TICKS
                    .iter()
                    .map(|&p| (p, logit(p) - shift))
                    .filter(|(_, lp)| (low..=high).contains(lp))
                    .map(|(value, lp)| Tick { value, total_points: at(lp) })
                    .collect();
                ProbabilityAxis { label: label.to_string(), shift, ticks }
            })
            .collect();
        Ok(Nomogram {
            axes: axes.into_iter().map(|(v, least, contributions)| VariableAxis::new(v, least, contributions, scale)).collect(),
            total_points: pretty(0.0, most, INTERVALS),
            linear_predictor: lp_ticks.iter().map(|&lp| Tick { value: lp, total_points: at(lp) }).collect(),
            probabilities,
            points_per_unit: scale,
            intercept_at_zero_points: zero,
        })
    }

    /// The points of each of a patient's values, in the order of the variables.
    ///
    /// # Errors
    /// Too few or too many values, or one that its variable cannot have.
    pub fn points(&self, row: &[Value]) -> Defined<Vec<f64>> {
        if row.len() != self.axes.len() {
            undefined!("{} values for {} variables", row.len(), self.axes.len());
        }
        self.axes
            .iter()
            .zip(row)
            .map(|(axis, &value)| Ok((axis.variable.contribution(value)? - axis.least) * self.points_per_unit))
            .collect()
    }

    /// The sum of a patient's points.
    pub fn total(&self, row: &[Value]) -> Defined<f64> {
        Ok(self.points(row)?.iter().sum())
    }

    /// The linear predictor that belongs to total points.
    pub fn linear_predictor_at(&self, total_points: f64) -> f64 {
        self.intercept_at_zero_points + total_points / self.points_per_unit
    }

    /// The probabilities that belong to total points, one per axis.
    pub fn probabilities_at(&self, total_points: f64) -> Vec<f64> {
        let lp = self.linear_predictor_at(total_points);
        self.probabilities.iter().map(|axis| inverse_logit(lp + axis.shift)).collect()
    }
}

impl VariableAxis {
    fn new(variable: &Variable, least: f64, contributions: Vec<f64>, scale: f64) -> Self {
        let name = |k: usize| match &variable.effect {
            Effect::Levels { names, .. } => names.get(k).cloned(),
            _ => None,
        };
        let marks = variable
            .ticks()
            .into_iter()
            .zip(contributions)
            .map(|(tick, contribution)| {
                let (value, level) = match tick {
                    Value::Number(x) => (Some(x), None),
                    Value::Level(k) => (None, name(k)),
                };
                Mark { value, level, contribution, points: (contribution - least) * scale }
            })
            .collect();
        VariableAxis { variable: variable.clone(), least, marks }
    }
}

/// The nomograms of a multinomial model: one per class against the reference, each with its own points and totals.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MultinomialNomogram {
    /// Classes 1..K−1 against class 0. Their probability axes show P(k) / (P(k) + P(0)).
    pub logits: Vec<Nomogram>,
}

impl MultinomialNomogram {
    /// The probabilities of all K classes that belong to the totals of the K − 1 nomograms.
    ///
    /// # Errors
    /// Not one total per nomogram.
    pub fn probabilities_at(&self, totals: &[f64]) -> Defined<Vec<f64>> {
        if totals.len() != self.logits.len() {
            undefined!("{} totals for {} nomograms", totals.len(), self.logits.len());
        }
        let lp = self.logits.iter().zip(totals).map(|(n, &total)| n.linear_predictor_at(total));
        Ok(softmax(&std::iter::once(0.0).chain(lp).collect::<Vec<f64>>()))
    }

    /// The probabilities of all K classes for a patient.
    pub fn probabilities(&self, row: &[Value]) -> Defined<Vec<f64>> {
        let totals = self.logits.iter().map(|n| n.total(row)).collect::<Defined<Vec<f64>>>()?;
        self.probabilities_at(&totals)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables() -> Vec<Variable> {
        vec![
            Variable { name: "age".into(), effect: Effect::Linear { coefficient: -0.05, ticks: vec![20.0, 40.0, 60.0, 80.0] } },
            Variable {
                name: "grade".into(),
                effect: Effect::Levels { names: vec!["1".into(), "2".into(), "3".into()], effects: vec![0.0, 0.5, -0.25] },
            },
            Variable {
                name: "size".into(),
                effect: Effect::Spline {
                    coefficients: vec![0.02, -0.3],
                    knots: vec![10.0, 20.0, 40.0],
                    ticks: vec![0.0, 20.0, 40.0, 60.0],
                },
            },
        ]
    }

    #[test]
    fn adding_points_is_the_linear_predictor() {
        let n = Nomogram::new(&[0.7], &["risk"], &variables(), (-4.0, 1.0)).unwrap();
        // Also for values between and beyond the ticks.
        for (age, grade, size) in [(50.0, 1, 33.0), (19.0, 2, 75.0), (80.0, 0, 0.0)] {
            let row = [Value::Number(age), Value::Level(grade), Value::Number(size)];
            let lp = 0.7 + variables().iter().zip(row).map(|(v, x)| v.contribution(x).unwrap()).sum::<f64>();
            let total = n.total(&row).unwrap();
            assert!((n.linear_predictor_at(total) - lp).abs() < 1e-13);
            assert!((n.probabilities_at(total)[0] - inverse_logit(lp)).abs() < 1e-14);
        }
        // The widest variable spans 0 to 100; all start at 0.
        let spans: Vec<f64> = n.axes.iter().map(|a| a.marks.iter().map(|m| m.points).fold(0.0, f64::max)).collect();
        assert!(spans.iter().any(|s| (s - 100.0).abs() < 1e-12));
        assert!(n.axes.iter().all(|a| a.marks.iter().any(|m| m.points == 0.0)));
        // Every tick of the probability axis says the probability at its place.
        for tick in &n.probabilities[0].ticks {
            assert!((n.probabilities_at(tick.total_points)[0] - tick.value).abs() < 1e-13);
        }
    }

    #[test]
    fn ordinal_cuts_share_points_and_multinomial_logits_do_not() {
        let n = Nomogram::new(&[1.0, -2.0], &["P(≥2)", "P(≥3)"], &variables(), (-3.0, 2.0)).unwrap();
        let p = n.probabilities_at(40.0);
        assert!((logit(p[0]) - logit(p[1]) - 3.0).abs() < 1e-12);

        let other: Vec<Variable> = variables()[..2].to_vec();
        let logits = [0.2, -0.4].map(|a| Nomogram::new(&[a], &["k"], &other, (-3.0, 1.0)).unwrap()).to_vec();
        let row = [Value::Number(35.0), Value::Level(1)];
        let found = MultinomialNomogram { logits }.probabilities(&row).unwrap();
        let lp = -0.05 * 35.0 + 0.5;
        let expected = softmax(&[0.0, 0.2 + lp, -0.4 + lp]);
        assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-14));
    }

    #[test]
    fn what_is_undefined_says_why() {
        let build = |variables: &[Variable]| Nomogram::new(&[0.0], &["risk"], variables, (-1.0, 1.0));
        assert!(build(&[]).is_err());
        let flat = |coefficient, ticks: Vec<f64>| Variable { name: "x".into(), effect: Effect::Linear { coefficient, ticks } };
        assert!(build(&[flat(0.0, vec![1.0, 2.0])]).unwrap_err().0.contains("no variable has an effect"));
        assert!(build(&[flat(1.0, vec![])]).is_err());
        assert!(build(&[flat(f64::NAN, vec![1.0, 2.0])]).is_err());
        assert!(Nomogram::new(&[0.0], &[], &variables(), (0.0, 1.0)).is_err());
        assert!(Nomogram::new(&[0.0], &["risk"], &variables(), (1.0, 0.0)).is_err());
        let n = build(&variables()).unwrap();
        assert!(n.total(&[Value::Number(1.0)]).is_err());
        assert!(n.total(&[Value::Level(0), Value::Level(0), Value::Number(1.0)]).is_err());
        assert!(n.total(&[Value::Number(1.0), Value::Level(7), Value::Number(1.0)]).is_err());
        assert!(n.total(&[Value::Number(f64::NAN), Value::Level(0), Value::Number(1.0)]).unwrap_err().0.contains("age"));
    }

    #[test]
    fn ticks_are_values_or_round_numbers() {
        assert_eq!(axis_ticks(&[1.0, 0.0, 1.0, f64::NAN]), vec![0.0, 1.0]);
        let ages: Vec<f64> = (14..=45).map(f64::from).collect();
        assert_eq!(axis_ticks(&ages), vec![10.0, 15.0, 20.0, 25.0, 30.0, 35.0, 40.0, 45.0]);
        assert!(axis_ticks(&[]).is_empty());
    }
}
