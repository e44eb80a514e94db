//! NRI and IDI: before and after recalibration, side by side, parts apart.

use super::average::{mean, mean_named_of_folds, mean_of_folds, measure, number, widened};
use super::discrimination::{events, folds};
use super::{CompareInput, LEVEL};
use crate::learn::{Generator, Seed};
use crate::statistic::bootstrap::{Bootstrap, PercentileRule, Resampling, replicates};
use crate::statistic::estimate::Defined;
use crate::statistic::idi::{Idi, idi};
use crate::statistic::multiclass_nri::{ClassWeight, multiclass_idi, multiclass_nri, per_class_reclassification};
use crate::statistic::nri::{Movements, NriVariance, Reclassification as Moves, reclassification_table};
use crate::statistic::recalibrate::{cross_fitted_recalibration, stratified_folds};
use crate::study::results::{
    IdiResult, Level, Measure, MulticlassReclassification, NamedMeasure, Notice, NriResult, Reclassification,
};
use crate::study::scored::Scored;

/// Folds of the recalibration.
const RECALIBRATION_FOLDS: usize = 10;
/// Mean predicted risk further than this from the observed share is called miscalibrated, relative to the share.
const FAR: f64 = 0.25;

/// Two sets of risks for the same cases, repeat by repeat.
struct Pair {
    event: Vec<bool>,
    old: Vec<Vec<f64>>,
    new: Vec<Vec<f64>>,
    /// By how many models the cases of a repeat were predicted.
    folds: usize,
}

impl Pair {
    /// Of repeats that predict the same cases, only those of the first are used, so that cases can be resampled.
    fn of(outcome: &[u32], old: &Scored, young: &Scored, k: usize) -> Option<Pair> {
        let first = old.repeats.first()?;
        let same = |at: &usize| old.repeats[*at].cases == first.cases && young.repeats[*at].cases == first.cases;
        let kept: Vec<usize> = (0..old.repeats.len().min(young.repeats.len())).filter(same).collect();
        Some(Pair {
            event: events(outcome, first, k),
            old: kept.iter().map(|&at| old.repeats[at].of_class(k)).collect(),
            new: kept.iter().map(|&at| young.repeats[at].of_class(k)).collect(),
            folds: folds(old),
        })
    }

    fn recalibrated(&self, generator: &mut Generator) -> Defined<Pair> {
        // Both models are recalibrated on the same folds.
        let by = stratified_folds(&self.event, RECALIBRATION_FOLDS, generator);
        let all = |risks: &[Vec<f64>]| -> Defined<Vec<Vec<f64>>> {
            risks.iter().map(|p| cross_fitted_recalibration(&self.event, p, &by)).collect()
        };
        Ok(Pair { event: self.event.clone(), old: all(&self.old)?, new: all(&self.new)?, folds: self.folds })
    }

    fn repeats(&self) -> f64 {
        self.old.len() as f64
    }

    fn mean_risk(risks: &[Vec<f64>]) -> f64 {
        let n = risks.first().map_or(1, Vec::len).max(1);
        risks.iter().flatten().sum::<f64>() / (n * risks.len().max(1)) as f64
    }
}

/// Per case: how much it moved, averaged over repeats. Event and non-event NRI and IDI are means of such numbers over cases, which makes
/// the bootstrap exact and fast.
fn per_case(pair: &Pair, of: impl Fn(f64, f64) -> f64) -> Vec<f64> {
    (0..pair.event.len())
        .map(|i| pair.old.iter().zip(&pair.new).map(|(old, new)| of(old[i], new[i])).sum::<f64>() / pair.repeats())
        .collect()
}

/// Event part, non-event part and total: the parts' measures in each repeat become one each, with percentile intervals, cases resampled
/// within classes.
fn intervals(
    pair: &Pair,
    moved: &[f64],
    per_repeat: [Vec<Measure>; 3],
    input: &CompareInput,
    generator: &mut Generator,
) -> [Measure; 3] {
    let event = &pair.event;
    let parts = |rows: &mut dyn Iterator<Item = usize>| -> Option<[f64; 3]> {
        let (mut up, mut n1, mut down, mut n0) = (0.0, 0.0, 0.0, 0.0);
        for i in rows {
            if event[i] {
                up += moved[i];
                n1 += 1.0;
            } else {
                down -= moved[i];
                n0 += 1.0;
            }
        }
        (n1 > 0.0 && n0 > 0.0).then(|| [up / n1, down / n0, up / n1 + down / n0])
    };
    let asymptotic = |repeats: &[Measure]| mean_of_folds(repeats, pair.folds);
    let Some(value) = parts(&mut (0..event.len())) else { return per_repeat.map(|repeats| asymptotic(&repeats)) };
    let strata: Vec<usize> = event.iter().map(|&e| usize::from(e)).collect();
    let draws = replicates(event.len(), Resampling::Stratified(&strata), input.options.bootstrap, generator, |index| {
        parts(&mut index.iter().copied())
    });
    let mut at = 0;
    per_repeat.map(|repeats| {
        let part = at;
        at += 1;
        match Bootstrap::new(value[part], draws.iter().map(|draw| draw.map(|parts| parts[part]))) {
            Ok(boot) => {
                let interval = boot.percentile(LEVEL, PercentileRule::default());
                let made = Measure {
                    value: Some(value[part]),
                    lower: interval.lower,
                    upper: interval.upper,
                    se: interval.se,
                    note: Some(format!("percentile bootstrap, {} replicates", input.options.bootstrap)),
                };
                let values: Vec<f64> = repeats.iter().filter_map(|repeat| repeat.value).collect();
                widened(made, mean(&repeats).se, &values, pair.folds)
            }
            Err(_) => asymptotic(&repeats),
        }
    })
}

fn nri(pair: &Pair, cuts: Option<&[f64]>, input: &CompareInput, generator: &mut Generator) -> Defined<NriResult> {
    let mut counts: Vec<Moves> = Vec::new();
    let mut tables = Vec::new();
    for (old, new) in pair.old.iter().zip(&pair.new) {
        let movements = match cuts {
            Some(cuts) => Movements::between_categories(&pair.event, old, new, cuts)?,
            None => Movements::category_free(&pair.event, old, new)?,
        };
        counts.push(movements.count()?);
    }
    if let (Some(cuts), Some(old), Some(new)) = (cuts, pair.old.first(), pair.new.first()) {
        let table = reclassification_table(&pair.event, old, new, cuts)?;
        let plain = |table: Vec<Vec<u64>>| table.into_iter().map(|row| row.into_iter().map(|n| n as usize).collect()).collect();
        tables = vec![plain(table.events), plain(table.nonevents)];
    }
    let of_repeats = |get: &dyn Fn(&Moves) -> Measure| counts.iter().map(get).collect::<Vec<_>>();
    let variance = NriVariance::Estimated;
    let per_repeat = [
        of_repeats(&|moves| measure(&moves.event_nri(LEVEL, variance))),
        of_repeats(&|moves| measure(&moves.nonevent_nri(LEVEL, variance))),
        of_repeats(&|moves| measure(&moves.nri(LEVEL, variance))),
    ];
    let category = |p: f64| cuts.map_or(p, |cuts| crate::statistic::nri::category(p, cuts) as f64);
    let moved = per_case(pair, |old, new| {
        let (old, new) = (category(old), category(new));
        f64::from(i8::from(new > old) - i8::from(new < old))
    });
    let [event, non_event, total] = intervals(pair, &moved, per_repeat, input, generator);
    let name = |cuts: &[f64]| cuts.iter().map(|cut| cut.to_string()).collect::<Vec<_>>().join(", ");
    Ok(NriResult { categories: cuts.map_or_else(|| "category-free".into(), name), event, non_event, total, tables })
}

fn nris(pair: &Pair, input: &CompareInput, generator: &mut Generator) -> Vec<NriResult> {
    let cuts = &input.options.nri_categories;
    let kinds = std::iter::once(None).chain((!cuts.is_empty()).then_some(Some(cuts.as_slice())));
    kinds
        .map(|kind| {
            nri(pair, kind, input, generator).unwrap_or_else(|reason| NriResult {
                categories: if kind.is_none() { "category-free".into() } else { "categories".into() },
                event: Measure::undefined(&reason),
                non_event: Measure::undefined(&reason),
                total: Measure::undefined(&reason),
                tables: Vec::new(),
            })
        })
        .collect()
}

fn idis(pair: &Pair, input: &CompareInput, generator: &mut Generator) -> IdiResult {
    let all: Defined<Vec<Idi>> = pair.old.iter().zip(&pair.new).map(|(old, new)| idi(&pair.event, old, new, LEVEL)).collect();
    let all = match all {
        Ok(all) => all,
        Err(reason) => {
            let undefined = || Measure::undefined(&reason);
            return IdiResult { event: undefined(), non_event: undefined(), total: undefined() };
        }
    };
    let of_repeats = |get: &dyn Fn(&Idi) -> Measure| all.iter().map(get).collect::<Vec<_>>();
    let per_repeat =
        [of_repeats(&|i| measure(&i.events)), of_repeats(&|i| measure(&i.nonevents)), of_repeats(&|i| measure(&i.idi))];
    let moved = per_case(pair, |old, new| new - old);
    let [event, non_event, total] = intervals(pair, &moved, per_repeat, input, generator);
    IdiResult { event, non_event, total }
}

/// NRI and IDI for two classes, and a notice where they cannot be taken at face value.
pub(super) fn binary(input: &CompareInput, old: &Scored, young: &Scored, seed: &Seed) -> (Option<Reclassification>, Vec<Notice>) {
    let Some(pair) = Pair::of(&input.outcome, old, young, 1) else { return (None, Vec::new()) };
    if pair.event.is_empty() {
        return (None, Vec::new());
    }
    let share = pair.event.iter().filter(|event| **event).count() as f64 / pair.event.len() as f64;
    let mean_risk = [Pair::mean_risk(&pair.old), Pair::mean_risk(&pair.new), share];
    let mut generator = seed.generator("reclassification");
    let (before, idi_before) = (nris(&pair, input, &mut generator), idis(&pair, input, &mut generator));
    let again = pair.recalibrated(&mut seed.generator("recalibration folds"));
    let (after, idi_after) = match &again {
        Ok(again) => (nris(again, input, &mut generator), Some(idis(again, input, &mut generator))),
        Err(_) => (Vec::new(), None),
    };
    // Two values near zero may differ in sign by chance; they disagree where one of the intervals excludes zero.
    let sided = |x: &Measure| x.lower.zip(x.upper).is_some_and(|(lower, upper)| lower > 0.0 || upper < 0.0);
    let opposite = |a: &Measure, b: &Measure| a.value.zip(b.value).is_some_and(|(a, b)| a * b < 0.0) && (sided(a) || sided(b));
    let nri_turns = before.iter().zip(&after).any(|(a, b)| opposite(&a.total, &b.total));
    let idi_turns = idi_after.as_ref().is_some_and(|after| opposite(&idi_before.total, &after.total));
    let disagree = nri_turns || idi_turns;
    let far = |mean: f64| (mean - share).abs() > FAR * share;
    let mut notices = Vec::new();
    if disagree || far(mean_risk[0]) || far(mean_risk[1]) {
        let which = match (nri_turns, idi_turns) {
            (true, true) => "NRI and IDI change sign",
            (true, false) => "the NRI changes sign",
            (false, true) => "the IDI changes sign",
            (false, false) => "both are distorted",
        };
        notices.push(Notice {
            level: if disagree { Level::Warning } else { Level::Caution },
            code: "miscalibrated-reclassification".into(),
            message: format!(
                "Mean predicted risk is {:.2} (reference) and {:.2} (new) where {share:.2} of the cases have the event. NRI and IDI reward \
                 or punish such miscalibration; after cross-fitted recalibration {which}. Judge the new model by its recalibrated \
                 values, its calibration and its net benefit.",
                mean_risk[0], mean_risk[1]
            ),
            columns: Vec::new(),
        });
    }
    let made = Reclassification {
        mean_risk,
        nri: before,
        idi: idi_before,
        recalibrated_nri: after,
        recalibrated_idi: idi_after,
        disagree,
    };
    (Some(made), notices)
}

/// Said where predictions of nested models come without a word on how they were made.
pub(super) fn same_data_notice() -> Notice {
    Notice {
        level: Level::Caution,
        code: "same-data".into(),
        message: "If these models were fitted to the cases on which they are compared, NRI, IDI and DeLong's test are not valid."
            .into(),
        columns: Vec::new(),
    }
}

/// NRI and IDI for three and more classes, averaged over repeats.
pub(super) fn multiclass(input: &CompareInput, old: &Scored, young: &Scored, seed: &Seed) -> Option<MulticlassReclassification> {
    let first = old.repeats.first()?;
    if first.cases.is_empty() {
        return None;
    }
    let repeats: Vec<_> = old.repeats.iter().zip(&young.repeats).collect();
    let class_of = |cases: &[usize]| -> Vec<usize> { cases.iter().map(|&case| input.outcome[case] as usize).collect() };
    let total = |weight: ClassWeight| {
        let per: Vec<Measure> = repeats
            .iter()
            .map(|(a, b)| match multiclass_nri(&class_of(&a.cases), &a.probabilities, &b.probabilities, weight, LEVEL) {
                Ok(made) => measure(&made.nri),
                Err(reason) => Measure::undefined(reason),
            })
            .collect();
        mean_of_folds(&per, folds(old))
    };
    let idi: Vec<Measure> =
        repeats.iter().map(|(a, b)| number(multiclass_idi(&class_of(&a.cases), &a.probabilities, &b.probabilities))).collect();
    let idi_interval = bootstrap_idi(input, old, young, &idi, seed);
    let mut per_class: Vec<Vec<NamedMeasure>> = Vec::new();
    for (a, b) in &repeats {
        let Ok(made) = per_class_reclassification(&class_of(&a.cases), &a.probabilities, &b.probabilities, LEVEL) else {
            continue;
        };
        per_class.push(
            made.iter()
                .zip(&input.classes)
                .flat_map(|(one, class)| {
                    let moves = &one.movements;
                    let variance = NriVariance::Estimated;
                    [
                        ("event-nri", "Event NRI", measure(&moves.event_nri(LEVEL, variance))),
                        ("non-event-nri", "Non-event NRI", measure(&moves.nonevent_nri(LEVEL, variance))),
                        ("nri", "Category-free NRI", measure(&moves.nri(LEVEL, variance))),
                        ("idi", "IDI", measure(&one.idi.idi)),
                    ]
                    .map(|(id, label, value)| {
                        NamedMeasure::new(format!("{id}-{class}"), format!("{label}, {class} vs rest"), value)
                    })
                })
                .collect(),
        );
    }
    Some(MulticlassReclassification {
        totals: vec![
            NamedMeasure::new("nri-prevalence", "NRI weighted by prevalence (as mcca)", total(ClassWeight::Prevalence)),
            NamedMeasure::new("nri-equal", "NRI, classes weighted equally (Li, Jiang, Fine 2013)", total(ClassWeight::Equal)),
            NamedMeasure::new("idi-mcca", "IDI as in mcca (never looks at the outcome beyond prevalence)", idi_interval),
        ],
        per_class: mean_named_of_folds(&per_class, folds(old)),
    })
}

fn bootstrap_idi(input: &CompareInput, old: &Scored, young: &Scored, per_repeat: &[Measure], seed: &Seed) -> Measure {
    let value = mean(per_repeat);
    let (Some(a), Some(b), Some(centre)) = (old.repeats.first(), young.repeats.first(), value.value) else {
        return value;
    };
    let class: Vec<usize> = a.cases.iter().map(|&case| input.outcome[case] as usize).collect();
    let mut generator = seed.generator("multiclass IDI");
    let draws =
        replicates(class.len(), Resampling::Stratified(&class), input.options.bootstrap.min(500), &mut generator, |index| {
            let pick = |p: &[Vec<f64>]| index.iter().map(|&i| p[i].clone()).collect::<Vec<_>>();
            let class: Vec<usize> = index.iter().map(|&i| class[i]).collect();
            multiclass_idi(&class, &pick(&a.probabilities), &pick(&b.probabilities)).ok()
        });
    let first = multiclass_idi(&class, &a.probabilities, &b.probabilities);
    match first.and_then(|first| Bootstrap::new(first, draws).map(|boot| (first, boot))) {
        Ok((first, boot)) => {
            let interval = boot.percentile(LEVEL, PercentileRule::default());
            // The interval is that of the first repeat, moved to the mean over repeats.
            let move_by = centre - first;
            let made = Measure {
                value: Some(centre),
                lower: interval.lower.map(|x| x + move_by),
                upper: interval.upper.map(|x| x + move_by),
                se: interval.se,
                note: Some("percentile bootstrap".into()),
            };
            let values: Vec<f64> = per_repeat.iter().filter_map(|repeat| repeat.value).collect();
            widened(made, interval.se, &values, folds(old))
        }
        Err(_) => value,
    }
}
