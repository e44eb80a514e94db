//! Statistics: slices in, estimates out. Pure: nothing of ours is used here, nothing is read, nothing is printed;
//! randomness is a generator that the caller passes in.
//!
//! | question | files |
//! |---|---|
//! | what every statistic hands back | `estimate` (a number with its interval, or why there is none), `normal` and `beta` (tail probabilities) |
//! | does a score tell events from non-events? | `auc`, `delong`, `stratified` (out-of-fold scores), `precision_recall` |
//! | do two scores differ? | `correlated` (all AUCs), `delong` (other patients), `paired` (yes-or-no predictions) |
//! | three and more classes | `multiclass`, `hum`, `pdi`, `class_confusion`, `multiclass_nri`, `multiclass_calibration` |
//! | does a new model reclassify better? | `nri`, `idi`, `recalibrate` (both again, on the same scale) |
//! | at a threshold | `threshold`, `confusion`, `proportion`, `decision_curve` |
//! | are probabilities right? | `calibration`, `calibration_curve`, `scoring`, `hosmer_lemeshow`, `isotonic` |
//! | regressions and nomograms | `logistic`, `firth`, `multinomial`, `ordinal`, `rcs`, `nomogram`, `optimism` |
//! | describing and testing groups | `describe`, `t_test`, `rank_test`, `anova`, `contingency`, `fisher`, `correlation` |
//! | do readers or repetitions agree? | `icc` |
//! | drawing cases again, many tests | `bootstrap`, `bootstrap632`, `multiplicity` |
//!
//! The rule that holds here: what the data do not determine is an [`estimate::Undefined`] with its reason, never 0, NaN or a panic; a score is
//! never turned round to look better. To add a statistic: one file, its convention in its docs, and a test against an oracle, a closed form or
//! a simulation whose truth is known.

pub mod anova;
pub mod auc;
pub mod backward;
pub(crate) mod beta;
pub mod bootstrap;
pub mod bootstrap632;
pub mod calibration;
pub mod calibration_curve;
pub mod class_confusion;
mod classes;
pub mod confusion;
pub mod contingency;
pub mod correlated;
pub mod correlation;
pub mod decision_curve;
pub mod delong;
pub mod describe;
pub mod estimate;
pub mod firth;
pub mod fisher;
pub mod fisher_table;
pub mod fit_error;
pub mod grouping;
pub mod hosmer_lemeshow;
pub mod hum;
pub mod icc;
pub mod idi;
mod infinite;
pub mod isotonic;
pub(crate) mod linear;
pub mod loess;
pub mod logistic;
pub mod logistic_inference;
pub mod lowess;
pub mod marginal_homogeneity;
pub mod model_indices;
pub mod multiclass;
pub mod multiclass_calibration;
pub mod multiclass_nri;
pub mod multinomial;
pub mod multiplicity;
mod newton;
pub mod nomogram;
pub mod normal;
pub mod nri;
pub mod optimism;
pub mod ordinal;
pub mod paired;
pub mod pdi;
pub mod placement;
pub mod precision_recall;
pub mod proportion;
mod quadratic_form;
pub mod quantile;
pub mod r_pretty;
pub mod rank;
pub mod rank_test;
pub mod rcs;
pub mod recalibrate;
mod root;
pub mod scoring;
mod separation;
pub mod shapiro_wilk;
pub mod standardised_difference;
pub mod stratified;
pub mod t_test;
pub mod threshold;
