//! One clinical variable: drawing its value in a class, and how much each value says about the class.

use rand::Rng;
use rand_distr::{Beta, Distribution as _, StandardNormal};

use super::class::{Her2Class, PerClass};
use super::preset::{Distribution, Normal, Receptors, Variable};

/// One value of one column of `clinical.csv`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell {
    /// Not recorded, or not applicable.
    Missing,
    /// A number.
    Number(f64),
    /// A level of the column, by its position.
    Level(usize),
}

/// What a column of `clinical.csv` holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its levels; `None` for a column of numbers.
    pub levels: Option<Vec<String>>,
}

/// What was drawn, before rounding and before any value is lost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Drawn {
    /// A number; of a log-normal variable, its logarithm.
    Number(f64),
    /// A level.
    Level(usize),
    /// Nothing that differs between the classes.
    Nothing,
}

/// The law of one variable, ready to draw from.
#[derive(Debug, Clone)]
pub enum Law {
    /// Normal, on the natural or the logarithmic scale.
    Normal {
        /// Mean in each class.
        mean: [f64; 3],
        /// Standard deviation in each class.
        sd: [f64; 3],
        /// Whether the logarithm is what is normal.
        log: bool,
        /// How a value is written.
        written: Written,
    },
    /// Levels with their probabilities in each class.
    Levels {
        /// One list per class.
        probability: [Vec<f64>; 3],
        /// The variable is 0 or 1, written as a number.
        binary: bool,
    },
    /// The four combinations of ER and PR, and the share of low positives.
    Receptors {
        /// Probabilities of [`RECEPTOR_CELLS`] in each class.
        probability: [Vec<f64>; 3],
        /// Share of positives with 1 to 10 % of cells.
        low_positive: f64,
    },
    /// Levels cut from another variable (by name) after adding noise.
    Derived {
        /// The other variable.
        from: String,
        /// Upper ends of all levels but the last.
        cuts: Vec<f64>,
        /// Standard deviation of the noise.
        noise_sd: f64,
    },
}

/// (ER positive, PR positive) of the four receptor cells.
pub const RECEPTOR_CELLS: [(bool, bool); 4] = [(true, true), (true, false), (false, true), (false, false)];

/// How a number is written: rounded, and cut at limits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Written {
    factor: f64,
    min: f64,
    max: f64,
}

impl Written {
    fn new(digits: u8, min: Option<f64>, max: Option<f64>) -> Self {
        Written {
            factor: 10f64.powi(i32::from(digits.min(12))),
            min: min.unwrap_or(f64::NEG_INFINITY),
            max: max.unwrap_or(f64::INFINITY),
        }
    }

    fn apply(self, value: f64) -> f64 {
        (value.max(self.min).min(self.max) * self.factor).round() / self.factor
    }
}

impl Variable {
    /// The columns that the variable writes, given its name.
    pub fn columns<'a>(&self, name: &'a str) -> Vec<&'a str> {
        match self.distribution {
            Distribution::Receptors(_) => vec!["er_pct", "pr_pct"],
            _ => vec![name],
        }
    }

    /// The levels of its columns; `None` for numbers.
    pub fn levels(&self) -> Option<Vec<String>> {
        match &self.distribution {
            Distribution::Category(law) => Some(law.levels.clone()),
            Distribution::Derived(law) => Some(law.levels.clone()),
            _ => None,
        }
    }
}

impl Law {
    /// The law that a preset describes.
    pub fn new(distribution: &Distribution) -> Self {
        let copied = |values: &PerClass<f64>| values.as_array().map(|value| *value);
        match distribution {
            Distribution::Normal(Normal { mean, sd, digits, min, max }) => {
                Law::Normal { mean: copied(mean), sd: copied(sd), log: false, written: Written::new(*digits, *min, *max) }
            }
            Distribution::LogNormal(law) => Law::Normal {
                mean: copied(&law.median).map(f64::ln),
                sd: copied(&law.sd_log),
                log: true,
                written: Written::new(law.digits, law.min, law.max),
            },
            Distribution::Binary(law) => {
                Law::Levels { probability: law.probability.as_array().map(|p| vec![1.0 - p, *p]), binary: true }
            }
            Distribution::Category(law) => {
                Law::Levels { probability: law.probability.as_array().map(Clone::clone), binary: false }
            }
            Distribution::Receptors(law) => {
                Law::Receptors { probability: [0, 1, 2].map(|class| receptor_cells(law, class)), low_positive: law.low_positive }
            }
            Distribution::Derived(law) => Law::Derived { from: law.from.clone(), cuts: law.cuts.clone(), noise_sd: law.noise_sd },
        }
    }

    /// Draws a value in a class and the cells that show it. `source` is the value drawn for the variable that this one is cut from.
    pub fn draw(&self, class: Her2Class, source: Option<f64>, rng: &mut impl Rng) -> (Drawn, Vec<Cell>) {
        match self {
            Law::Normal { mean, sd, log, written } => {
                let z: f64 = rng.sample(StandardNormal);
                let value = mean[class.index()] + sd[class.index()] * z;
                let shown = written.apply(if *log { value.exp() } else { value });
                (Drawn::Number(value), vec![Cell::Number(shown)])
            }
            Law::Levels { probability, binary } => {
                let level = pick(&probability[class.index()], rng);
                let cell = if *binary { Cell::Number(level as f64) } else { Cell::Level(level) };
                (Drawn::Level(level), vec![cell])
            }
            Law::Receptors { probability, low_positive } => {
                let cell = pick(&probability[class.index()], rng);
                let (er, pr) = RECEPTOR_CELLS[cell];
                let er = percent_of_cells(er, *low_positive, 4.0, rng);
                let pr = percent_of_cells(pr, *low_positive, 1.5, rng);
                (Drawn::Level(cell), vec![Cell::Number(er), Cell::Number(pr)])
            }
            Law::Derived { cuts, noise_sd, .. } => {
                let noise: f64 = rng.sample(StandardNormal);
                let level = source.map(|value| cuts.iter().filter(|cut| value + noise_sd * noise > **cut).count());
                (Drawn::Nothing, vec![level.map_or(Cell::Missing, Cell::Level)])
            }
        }
    }

    /// The number behind a drawn value, on the scale on which it is written.
    pub fn number(&self, drawn: Drawn) -> Option<f64> {
        match (self, drawn) {
            (Law::Normal { log: true, .. }, Drawn::Number(value)) => Some(value.exp()),
            (Law::Normal { .. }, Drawn::Number(value)) => Some(value),
            _ => None,
        }
    }

    /// Logarithm of the density (or probability) of a drawn value in each class, up to a constant common to the classes.
    pub fn log_density(&self, drawn: Drawn) -> [f64; 3] {
        match (self, drawn) {
            (Law::Normal { mean, sd, .. }, Drawn::Number(value)) => [0, 1, 2].map(|class| {
                let z = (value - mean[class]) / sd[class];
                -0.5 * z * z - sd[class].ln()
            }),
            (Law::Levels { probability, .. } | Law::Receptors { probability, .. }, Drawn::Level(level)) => {
                [0, 1, 2].map(|class| probability[class][level].ln())
            }
            _ => [0.0; 3],
        }
    }

    /// The law in one class as values with their probabilities: all levels, or a fine grid of a normal variable.
    ///
    /// The grid is the trapezoid rule with steps of 0.05 standard deviations out to 8, whose error for a smooth function under
    /// the normal density is below 1e-12.
    pub fn atoms(&self, class: Her2Class) -> Vec<(Drawn, f64)> {
        match self {
            Law::Normal { mean, sd, .. } => {
                let grid = (-160..=160).map(|i| f64::from(i) * 0.05);
                let weights: Vec<(f64, f64)> = grid.map(|z| (z, (-0.5 * z * z).exp())).collect();
                let total: f64 = weights.iter().map(|(_, weight)| weight).sum();
                let value = |z: f64| Drawn::Number(mean[class.index()] + sd[class.index()] * z);
                weights.into_iter().map(|(z, weight)| (value(z), weight / total)).collect()
            }
            Law::Levels { probability, .. } | Law::Receptors { probability, .. } => {
                probability[class.index()].iter().enumerate().map(|(level, p)| (Drawn::Level(level), *p)).collect()
            }
            Law::Derived { .. } => vec![(Drawn::Nothing, 1.0)],
        }
    }
}

/// One position, drawn with the given probabilities.
pub fn pick(probability: &[f64], rng: &mut impl Rng) -> usize {
    let mut rest = rng.r#gen::<f64>() * probability.iter().sum::<f64>();
    for (position, p) in probability.iter().enumerate() {
        rest -= p;
        if rest < 0.0 {
            return position;
        }
    }
    probability.len() - 1
}

/// Probabilities of the four receptor cells that give the stated rates of HR and PR.
fn receptor_cells(law: &Receptors, class: usize) -> Vec<f64> {
    let hr = *law.hr_positive.as_array()[class];
    let pr = *law.pr_positive.as_array()[class];
    let pr_only = law.pr_only * hr;
    vec![pr - pr_only, hr - pr, pr_only, 1.0 - hr]
}

/// Percentage of stained cells: 0 if negative; if positive 1 to 10 now and then, else 15 to 100 in steps of 5 as pathologists
/// report it. The shape (Beta(`shape`, 1): ER runs higher than PR) is assumed, and is the same in all classes.
fn percent_of_cells(positive: bool, low_positive: f64, shape: f64, rng: &mut impl Rng) -> f64 {
    match positive {
        false => 0.0,
        true if rng.r#gen::<f64>() < low_positive => f64::from(rng.gen_range(1..=10u8)),
        true => {
            let high = Beta::new(shape, 1.0).map_or(0.5, |beta| beta.sample(rng));
            15.0 + 5.0 * (17.0 * high).round()
        }
    }
}
