//! Columns that alone tell the classes apart, almost without error.

use crate::statistic::auc::auc;

/// Fewest cases on each side of a comparison; below, near-perfect separation is common by chance.
const FEWEST: usize = 10;
/// AUC from which a column is suspect, and 1 minus it on the other side.
const SUSPECT_AUC: f64 = 0.98;
/// Chance that all cases of a level fall into one class without any relation to it; a level below it is no accident.
const SUSPECT_CHANCE: f64 = 1e-6;
/// Share of a class that such levels must hold to be worth a warning.
const SUSPECT_SHARE: f64 = 0.25;

/// How a column tells a class apart.
#[derive(Debug, Clone, PartialEq)]
pub enum Separation {
    /// A number whose AUC for this class against the others is near 1 or 0.
    Auc {
        /// Position of the class.
        class: usize,
        /// The AUC, not flipped.
        auc: f64,
    },
    /// Levels whose cases are all of this class.
    Levels {
        /// Position of the class.
        class: usize,
        /// Positions of the levels.
        levels: Vec<usize>,
        /// Cases with one of these levels.
        cases: usize,
        /// Cases of the class.
        of: usize,
    },
    /// All cases in which the column is recorded (or all in which it is missing) are of this class.
    Missing {
        /// Position of the class.
        class: usize,
        /// Whether the cases are those in which the column is missing.
        missing: bool,
        /// How many they are.
        cases: usize,
        /// Cases of the class.
        of: usize,
    },
}

impl Separation {
    /// In words, as the rest of a sentence that begins with the column.
    pub fn words(&self, classes: &[String], levels: &[String]) -> String {
        match self {
            Separation::Auc { class, auc } => {
                format!("alone tells `{}` from the rest almost without error (AUC {auc:.3})", classes[*class])
            }
            Separation::Levels { class, levels: found, cases, of } => {
                let names: Vec<&str> = found.iter().map(|&level| levels[level].as_str()).collect();
                format!(
                    "tells `{}`: all {cases} cases with {} are of this class, which has {of}",
                    classes[*class],
                    names.join(" or ")
                )
            }
            Separation::Missing { class, missing, cases, of } => {
                let how = if *missing { "missing" } else { "recorded" };
                format!("tells `{}`: all {cases} cases in which it is {how} are of this class, which has {of}", classes[*class])
            }
        }
    }
}

/// How a numeric column tells a class apart, if it does.
///
/// # Definition
/// For each class against the others: AUC ≥ 0.98 or ≤ 0.02 over the cases in which the column is recorded, with at least ten cases
/// on each side. Where values do not, being recorded or missing may, see [`by_categories`]. `class[i]` is the class of case `i` of `n_classes`.
pub fn by_numbers(values: &[Option<f64>], class: &[usize], n_classes: usize) -> Option<Separation> {
    let known: Vec<(f64, usize)> = values
        .iter()
        .zip(class)
        .filter_map(|(value, &class)| value.filter(|value| !value.is_nan()).map(|value| (value, class)))
        .collect();
    let scores: Vec<f64> = known.iter().map(|&(value, _)| value).collect();
    for wanted in events(n_classes) {
        let event: Vec<bool> = known.iter().map(|&(_, class)| class == wanted).collect();
        let n = event.iter().filter(|&&event| event).count();
        if n < FEWEST || event.len() - n < FEWEST {
            continue;
        }
        if let Ok(auc) = auc(&event, &scores)
            && auc.max(1.0 - auc) >= SUSPECT_AUC
        {
            return Some(Separation::Auc { class: wanted, auc });
        }
    }
    by_missing(&values.iter().map(|value| value.is_none()).collect::<Vec<_>>(), class, n_classes)
}

/// How a categorical column tells a class apart, if it does. `levels[i]` is the level of case `i`.
///
/// # Definition
/// A level tells a class if all of its n cases are of it and prevalenceⁿ < 1e-6, so that chance does not explain it. The column is
/// suspect if such levels hold a quarter of the class or more. Where none does, being recorded and missing are looked at likewise.
pub fn by_categories(levels: &[Option<usize>], class: &[usize], n_classes: usize) -> Option<Separation> {
    by_levels(levels, class, n_classes)
        .or_else(|| by_missing(&levels.iter().map(Option::is_none).collect::<Vec<_>>(), class, n_classes))
}

/// The class that levels tell best.
fn by_levels(levels: &[Option<usize>], class: &[usize], n_classes: usize) -> Option<Separation> {
    let n_levels = levels.iter().flatten().max().map_or(0, |&most| most + 1);
    let mut counts = vec![vec![0usize; n_classes]; n_levels];
    let mut class_counts = vec![0usize; n_classes];
    for (level, &class) in levels.iter().zip(class) {
        if let Some(level) = *level {
            counts[level][class] += 1;
            class_counts[class] += 1;
        }
    }
    let known: usize = class_counts.iter().sum();
    let mut best: Option<(f64, Separation)> = None;
    for (wanted, &of) in class_counts.iter().enumerate() {
        if of < FEWEST || known - of < FEWEST {
            continue;
        }
        let prevalence = of as f64 / known as f64;
        let telling = |level: &usize| {
            let n: usize = counts[*level].iter().sum();
            counts[*level][wanted] == n && n as f64 * prevalence.ln() < SUSPECT_CHANCE.ln()
        };
        let found: Vec<usize> = (0..n_levels).filter(telling).collect();
        let cases: usize = found.iter().map(|&level| counts[level][wanted]).sum();
        let share = cases as f64 / of as f64;
        if !found.is_empty() && share >= SUSPECT_SHARE && best.as_ref().is_none_or(|(most, _)| share >= *most) {
            best = Some((share, Separation::Levels { class: wanted, levels: found, cases, of }));
        }
    }
    best.map(|(_, separation)| separation)
}

/// Whether being recorded or missing tells a class apart: a level like any other.
fn by_missing(missing: &[bool], class: &[usize], n_classes: usize) -> Option<Separation> {
    let levels: Vec<Option<usize>> = missing.iter().map(|&missing| Some(usize::from(missing))).collect();
    match by_levels(&levels, class, n_classes)? {
        Separation::Levels { class, levels, cases, of } => Some(Separation::Missing { class, missing: levels == [1], cases, of }),
        other => Some(other),
    }
}

/// The classes to be told from the others: the event of two, each of more.
fn events(n_classes: usize) -> std::ops::Range<usize> {
    if n_classes == 2 { 1..2 } else { 0..n_classes }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLASS: [usize; 40] = {
        let mut class = [0; 40];
        let mut i = 20;
        while i < 40 {
            class[i] = 1;
            i += 1;
        }
        class
    };

    #[test]
    fn a_number_that_separates_the_classes_is_suspect_in_either_direction() {
        let up: Vec<_> = (0..40).map(|i| Some(f64::from(i))).collect();
        assert_eq!(by_numbers(&up, &CLASS, 2), Some(Separation::Auc { class: 1, auc: 1.0 }));
        let down: Vec<_> = (0..40).map(|i| Some(-f64::from(i))).collect();
        assert_eq!(by_numbers(&down, &CLASS, 2), Some(Separation::Auc { class: 1, auc: 0.0 }));
        let mixed: Vec<_> = (0..40).map(|i| Some(f64::from((i * 7) % 40))).collect();
        assert_eq!(by_numbers(&mixed, &CLASS, 2), None);
    }

    #[test]
    fn a_few_cases_prove_nothing() {
        let values: Vec<_> = (0..18).map(|i| Some(f64::from(i))).collect();
        let class: Vec<_> = (0..18).map(|i| usize::from(i >= 9)).collect();
        assert_eq!(by_numbers(&values, &class, 2), None);
        assert_eq!(by_numbers(&[], &[], 2), None);
        assert_eq!(by_categories(&[], &[], 3), None);
    }

    #[test]
    fn of_three_classes_each_is_compared_with_the_others() {
        let class: Vec<_> = (0..60).map(|i| i / 20).collect();
        let middle_low: Vec<_> = (0..60).map(|i| Some(if i / 20 == 1 { 0.0 } else { 1.0 + f64::from((i * 7) % 11) })).collect();
        assert_eq!(by_numbers(&middle_low, &class, 3), Some(Separation::Auc { class: 1, auc: 0.0 }));
    }

    #[test]
    fn a_level_that_only_one_class_has_is_suspect() {
        // Level 1 is given to 20 of the 20 positives among 80 cases: chance 0.25^20.
        let class: Vec<_> = (0..80).map(|i| usize::from(i < 20)).collect();
        let levels: Vec<_> = (0..80).map(|i| Some(usize::from(i < 12))).collect();
        let found = by_categories(&levels, &class, 2);
        assert_eq!(found, Some(Separation::Levels { class: 1, levels: vec![1], cases: 12, of: 20 }));
        let words = found.unwrap().words(&["rest".into(), "positive".into()], &["none".into(), "trastuzumab".into()]);
        assert_eq!(words, "tells `positive`: all 12 cases with trastuzumab are of this class, which has 20");
        // Five cases of one class can be chance.
        let few: Vec<_> = (0..80).map(|i| Some(usize::from(i < 5))).collect();
        assert_eq!(by_categories(&few, &class, 2), None);
        // One exception is enough to be no longer determined.
        let mixed: Vec<_> = (0..80).map(|i| Some(usize::from(i < 12 || i == 79))).collect();
        assert_eq!(by_categories(&mixed, &class, 2), None);
    }

    #[test]
    fn being_recorded_can_tell_the_class() {
        let recorded_of_events: Vec<_> = (0..40).map(|i| (i >= 20).then_some(1.0)).collect();
        assert_eq!(
            by_numbers(&recorded_of_events, &CLASS, 2),
            Some(Separation::Missing { class: 1, missing: false, cases: 20, of: 20 })
        );
        let levels: Vec<_> = (0..40).map(|i| (i < 20).then_some(0)).collect();
        assert_eq!(by_categories(&levels, &CLASS, 2), Some(Separation::Missing { class: 1, missing: true, cases: 20, of: 20 }));
    }
}
