//! Penalised logistic regression: LASSO, ridge and everything between, for two classes and for more.
//!
//! # Definition
//! With case weights `w_i`, minimise over intercepts and coefficients
//! `-sum_i w_i log p_i(class of i) / sum_i w_i + lambda sum_j f_j (alpha |b_j| + (1 - alpha) b_j^2 / 2)`,
//! `p` logistic in one linear score (two classes) or softmax of K scores (K classes; ungrouped as written, over all K coefficients of a
//! feature; grouped with the length of these K in place of `|b_j|`). Intercepts are free. Features are scaled to unit *population*
//! standard deviation first (`1/n`, weighted), and coefficients are given on the original scale. `f_j` sum to the number of features.
//! These are the conventions of R's glmnet, and so are the path, its end, and the cross-validation.
//!
//! scikit-learn's `LogisticRegression(C)` minimises `sum_i logloss_i + penalty / C` with `penalty` = `|b|_1` or `|b|^2 / 2` on features as they
//! are: the same model as `lambda = 1 / (C sum_i w_i)` with `alpha` 1 or 0 and features standardised beforehand ([`lambda_of_c`]).
//!
//! # Rule
//! Screening, working sets and old cross products may change how long a fit takes, never what it is: every model is checked against
//! all features before it is given out. Results do not depend on the number of threads.
//!
//! # Files
//! | from the outside in | |
//! |---|---|
//! | `options`, `fit`, `cross_validation` | what is asked, what comes back |
//! | `path` | from penalty to penalty |
//! | `separate`, `grouped` | one penalty: which features take part, Newton steps; `symmetry` of K scores |
//! | `working_set`, `covariance`, `naive`, `direct` | the quadratic problem of one step |
//! | `likelihood`, `penalty`, `lambda`, `screen` | the parts of the objective; what can be left out |
//! | `design`, `kernel` | standardised columns, and the loops over them |
//!
//! # Reference
//! Friedman, Hastie, Tibshirani. J Stat Softw 2010; 33(1):1-22. Tibshirani et al. Strong rules for discarding predictors in lasso-type
//! problems. J R Stat Soc B 2012; 74:245-266.

mod covariance;
mod cross_validation;
mod design;
mod direct;
mod fit;
mod grouped;
mod kernel;
mod lambda;
mod likelihood;
mod naive;
mod options;
mod path;
mod penalty;
mod screen;
mod separate;
mod symmetry;
mod working_set;

pub use cross_validation::{CrossValidation, Curve, Measure, cross_validate};
pub use fit::{PathEnd, PathFit, Score};
pub use lambda::lambda_of_c;
pub use options::{Grouping, Lambdas, Options};
pub use path::fit_path;
