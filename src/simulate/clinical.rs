//! The clinical variables of a cohort, and the score that each group of them makes together.

use rand::Rng;

use super::class::{Contrast, Her2Class, PerContrast};
use super::preset::CohortPreset;
use super::variable::{Cell, Column, Drawn, Law};

/// All clinical variables, ready to draw from.
#[derive(Debug, Clone)]
pub struct ClinicalDesign {
    variables: Vec<NamedLaw>,
    /// Groups of variables in alphabetical order.
    pub groups: Vec<Group>,
    /// Weights of HER2-zero and HER2-low among HER2-negative tumours.
    negative: [f64; 2],
}

#[derive(Debug, Clone)]
struct NamedLaw {
    name: String,
    law: Law,
    missing: f64,
    columns: Vec<Column>,
}

/// One patient's clinical variables.
#[derive(Debug, Clone)]
pub struct ClinicalDraw {
    /// The cells as written, some of them lost.
    pub cells: Vec<Cell>,
    /// Per group, the logarithm of the density in each class.
    pub log_density: Vec<[f64; 3]>,
    /// Per group, its two scores.
    pub scores: Vec<PerContrast<f64>>,
}

/// Variables that make one score together.
///
/// # Definition
/// The score of a contrast is the sum over variables of `log p(x | event) − log p(x | non-event)`, where among HER2-negative
/// tumours `p` is the mixture of zero and low at the cohort's prevalence. For low against zero this is the likelihood ratio, which
/// nothing beats; for positive against negative it is the likelihood ratio of a reader who takes the variables one by one.
/// Mean, standard deviation and AUC follow exactly from the variables' laws, which are independent given the class.
#[derive(Debug, Clone)]
pub struct Group {
    /// Its name.
    pub name: String,
    members: Vec<usize>,
    /// AUC that the score has with complete data.
    pub auc: PerContrast<f64>,
    moments: PerContrast<[Moments; 3]>,
}

/// Mean and standard deviation of a score within a class.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Moments {
    mean: f64,
    sd: f64,
}

/// Below this standard deviation a score is rounding noise: the group says nothing on the contrast.
const NO_SCORE: f64 = 1e-9;

impl Group {
    /// The score in standard deviations from the mean of a class; 0 where the group says nothing.
    pub fn standardised(&self, contrast: Contrast, class: Her2Class, score: f64) -> f64 {
        let Moments { mean, sd } = self.moments.get(contrast)[class.index()];
        if sd < NO_SCORE { 0.0 } else { (score - mean) / sd }
    }

    /// Whether the variables say anything on the contrast.
    pub fn is_informative(&self, contrast: Contrast) -> bool {
        self.moments.get(contrast).iter().all(|moments| moments.sd >= NO_SCORE)
    }
}

impl ClinicalDesign {
    /// The variables of a preset.
    pub fn new(preset: &CohortPreset) -> Self {
        let variables: Vec<NamedLaw> = preset
            .variable
            .iter()
            .map(|(name, variable)| NamedLaw {
                name: name.clone(),
                law: Law::new(&variable.distribution),
                missing: variable.missing,
                columns: variable
                    .columns(name)
                    .into_iter()
                    .map(|column| Column { name: column.to_string(), levels: variable.levels() })
                    .collect(),
            })
            .collect();
        let not_positive = preset.prevalence.zero + preset.prevalence.low;
        let negative = [preset.prevalence.zero / not_positive, preset.prevalence.low / not_positive];
        let mut names: Vec<&String> = preset.variable.values().map(|variable| &variable.group).collect();
        names.sort();
        names.dedup();
        let groups = names
            .into_iter()
            .map(|group| {
                let in_group = preset.variable.values().enumerate().filter(|(_, variable)| variable.group == *group);
                Group::new(group, in_group.map(|(index, _)| index).collect(), &variables, negative)
            })
            .collect();
        ClinicalDesign { variables, groups, negative }
    }

    /// The columns that the variables write, in order.
    pub fn columns(&self) -> Vec<Column> {
        self.variables.iter().flat_map(|variable| variable.columns.iter().cloned()).collect()
    }

    /// Draws one patient.
    pub fn draw(&self, class: Her2Class, rng: &mut impl Rng) -> ClinicalDraw {
        let mut drawn: Vec<(Drawn, Vec<Cell>)> = Vec::with_capacity(self.variables.len());
        // A variable cut from another one needs the other's value, whichever comes first in the alphabet.
        for variable in &self.variables {
            drawn.push(match variable.law {
                Law::Derived { .. } => (Drawn::Nothing, Vec::new()),
                _ => variable.law.draw(class, None, rng),
            });
        }
        for index in 0..self.variables.len() {
            if let Law::Derived { from, .. } = &self.variables[index].law {
                let source = self.variables.iter().position(|other| other.name == *from);
                let source = source.and_then(|source| self.variables[source].law.number(drawn[source].0));
                drawn[index] = self.variables[index].law.draw(class, source, rng);
            }
        }
        let densities: Vec<[f64; 3]> =
            self.variables.iter().zip(&drawn).map(|(variable, (value, _))| variable.law.log_density(*value)).collect();
        let mut log_density = vec![[0.0; 3]; self.groups.len()];
        let mut scores = Vec::with_capacity(self.groups.len());
        for (group, total) in self.groups.iter().zip(&mut log_density) {
            for &member in &group.members {
                for class in 0..3 {
                    total[class] += densities[member][class];
                }
            }
            let sum = |contrast| group.members.iter().map(|&member| log_ratio(contrast, densities[member], self.negative)).sum();
            scores.push(PerContrast::of(sum));
        }
        let mut cells = Vec::new();
        for (variable, (_, written)) in self.variables.iter().zip(drawn) {
            let lost = rng.r#gen::<f64>() < variable.missing;
            cells.extend(written.into_iter().map(|cell| if lost { Cell::Missing } else { cell }));
        }
        ClinicalDraw { cells, log_density, scores }
    }
}

impl Group {
    fn new(name: &str, members: Vec<usize>, variables: &[NamedLaw], negative: [f64; 2]) -> Self {
        let laws: Vec<&Law> = members.iter().map(|&member| &variables[member].law).collect();
        let atoms = PerContrast::of(|contrast| {
            Her2Class::ALL.map(|class| {
                let atoms_of = |law: &&Law| -> Vec<(f64, f64)> {
                    let atoms = law.atoms(class).into_iter();
                    atoms.map(|(value, p)| (log_ratio(contrast, law.log_density(value), negative), p)).collect()
                };
                laws.iter().map(atoms_of).collect::<Vec<_>>()
            })
        });
        Group {
            name: name.to_string(),
            members,
            moments: PerContrast::of(|contrast| [0, 1, 2].map(|class| moments(&atoms.at(contrast)[class]))),
            auc: PerContrast::of(|contrast| score_auc(contrast, atoms.at(contrast), negative)),
        }
    }
}

/// What one variable adds to the score of a contrast.
fn log_ratio(contrast: Contrast, log_density: [f64; 3], negative: [f64; 2]) -> f64 {
    let [zero, low, positive] = log_density;
    match contrast {
        Contrast::LowVsZero => low - zero,
        // log of the mixture, taken from the larger term so that nothing overflows; exactly `zero` where both classes agree.
        Contrast::PositiveVsNegative => {
            let larger = zero.max(low);
            let mixture = 1.0 + negative[0] * (zero - larger).exp_m1() + negative[1] * (low - larger).exp_m1();
            positive - larger - mixture.ln()
        }
    }
}

/// Mean and standard deviation of a sum of independent variables, each given by its values and probabilities.
fn moments(variables: &[Vec<(f64, f64)>]) -> Moments {
    let mut total = Moments::default();
    let mut variance = 0.0;
    for atoms in variables {
        let mean: f64 = atoms.iter().map(|(value, p)| value * p).sum();
        total.mean += mean;
        variance += atoms.iter().map(|(value, p)| p * (value - mean).powi(2)).sum::<f64>();
    }
    total.sd = variance.sqrt();
    total
}

/// AUC of a score, from its distribution in each class.
fn score_auc(contrast: Contrast, atoms: &[Vec<Vec<(f64, f64)>>; 3], negative: [f64; 2]) -> f64 {
    let grid = Grid::around(atoms);
    let [zero, low, positive] = [0, 1, 2].map(|class| grid.sum_of(&atoms[class]));
    let (events, others) = match contrast {
        Contrast::LowVsZero => (low, zero),
        Contrast::PositiveVsNegative => {
            (positive, zero.iter().zip(&low).map(|(zero, low)| negative[0] * zero + negative[1] * low).collect())
        }
    };
    let mut below = 0.0;
    let mut auc = 0.0;
    for (event, other) in events.iter().zip(&others) {
        auc += event * (below + 0.5 * other);
        below += other;
    }
    auc
}

/// An equidistant grid that carries the distribution of a sum.
struct Grid {
    origin: f64,
    step: f64,
    cells: usize,
}

impl Grid {
    /// Fine enough that ties within a cell change an AUC by less than 1e-5.
    const CELLS: usize = 8192;

    /// A grid from the smallest to the largest value that the sum, or a part of it, takes in any class.
    fn around(classes: &[Vec<Vec<(f64, f64)>>; 3]) -> Self {
        let reach = |end: fn(f64, f64) -> f64, variables: &[Vec<(f64, f64)>]| -> f64 {
            variables.iter().map(|atoms| atoms.iter().map(|(value, _)| *value).fold(0.0, end)).sum()
        };
        let low = classes.iter().map(|variables| reach(f64::min, variables)).fold(0.0, f64::min);
        let high = classes.iter().map(|variables| reach(f64::max, variables)).fold(0.0, f64::max);
        let step = ((high - low) / Self::CELLS as f64).max(1e-12);
        // Each convolution may carry mass one cell further than the value that it adds.
        let margin = classes[0].len() + 2;
        Grid { origin: low - step, step, cells: Self::CELLS + margin }
    }

    /// The distribution of a sum of independent variables: one convolution each. A value between two cells is shared between
    /// them so that the mean stays exact.
    fn sum_of(&self, variables: &[Vec<(f64, f64)>]) -> Vec<f64> {
        let place = |value: f64| ((value / self.step).floor(), (value / self.step).rem_euclid(1.0));
        let mut mass = vec![0.0; self.cells];
        let (start, rest) = place(-self.origin);
        mass[start as usize] = 1.0 - rest;
        mass[start as usize + 1] = rest;
        for atoms in variables.iter().filter(|atoms| atoms.iter().any(|(value, _)| value.abs() > NO_SCORE)) {
            let mut sum = vec![0.0; self.cells];
            for (value, p) in atoms {
                let (shift, rest) = place(*value);
                add_shifted(&mut sum, &mass, shift as isize, p * (1.0 - rest));
                add_shifted(&mut sum, &mass, shift as isize + 1, p * rest);
            }
            mass = sum;
        }
        mass
    }
}

/// `sum[i + shift] += weight · mass[i]` where both exist.
fn add_shifted(sum: &mut [f64], mass: &[f64], shift: isize, weight: f64) {
    let distance = shift.unsigned_abs().min(mass.len());
    let (to, from) = if shift >= 0 { (&mut sum[distance..], mass) } else { (&mut sum[..], &mass[distance..]) };
    for (to, from) in to.iter_mut().zip(from) {
        *to += weight * from;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::binormal;

    fn group(toml: &str) -> Group {
        let text = format!("prevalence = {{ zero = 0.3, low = 0.3, positive = 0.4 }}\n{toml}");
        let preset = CohortPreset::parse(&text, "test", None).unwrap();
        ClinicalDesign::new(&preset).groups.remove(0)
    }

    #[test]
    fn normal_variables_give_the_binormal_auc() {
        // Two independent variables with separations 0.6 and 0.8 of low from zero: together √(0.36 + 0.64) = 1.
        let variable = |name: &str, sd: f64, low: f64| {
            format!(
                "[variable.{name}.distribution.normal]\nmean = {{ zero = 0, low = {low}, positive = 0 }}\n\
                 sd = {{ zero = {sd}, low = {sd}, positive = {sd} }}\n"
            )
        };
        let group = group(&(variable("a", 2.0, 1.2) + &variable("b", 0.5, -0.4)));
        assert!((group.auc.low_vs_zero - binormal::auc(1.0)).abs() < 1e-5, "{}", group.auc.low_vs_zero);
        // The log likelihood ratio of the binormal model has mean ±D²/2 and variance D².
        let [zero, low, _] = group.moments.low_vs_zero;
        for (moments, mean) in [(zero, -0.5), (low, 0.5)] {
            assert!((moments.mean - mean).abs() < 1e-9 && (moments.sd - 1.0).abs() < 1e-9, "{moments:?}");
        }
    }

    #[test]
    fn a_binary_variable_gives_the_auc_of_its_table() {
        let group = group("[variable.x.distribution.binary]\nprobability = { zero = 0.2, low = 0.4, positive = 0.7 }\n");
        // AUC of a binary marker: (sensitivity + specificity)/2; among negatives (0.2 + 0.4)/2 have it.
        assert!((group.auc.positive_vs_negative - 0.5 * (0.7 + 0.7)).abs() < 1e-9);
        assert!((group.auc.low_vs_zero - 0.5 * (0.4 + 0.8)).abs() < 1e-9);
    }

    #[test]
    fn what_does_not_differ_says_nothing() {
        let group = group(
            "[variable.x.distribution.normal]\nmean = { zero = 50, low = 50, positive = 50 }\nsd = { zero = 9, low = 9, positive = 9 }\n",
        );
        for contrast in Contrast::ALL {
            assert!(!group.is_informative(contrast));
            assert_eq!(group.auc.get(contrast), 0.5);
            assert_eq!(group.standardised(contrast, Her2Class::Low, 1.0), 0.0);
        }
    }
}
