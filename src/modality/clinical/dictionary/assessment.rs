//! A radiologist's judgement of the lesion, whatever the modality.

use super::variable::{Family, Level, Reading, Variable, coded};

const F: Family = Family::Assessment;
const ACR: &str = "ACR BI-RADS Atlas, 5th edition (2013)";

const BIRADS: &[Level] = &[
    coded(1.0, "1", &[]),
    coded(2.0, "2", &[]),
    coded(3.0, "3", &[]),
    coded(4.0, "4a", &[]),
    coded(4.3, "4b", &[]),
    coded(4.6, "4c", &[]),
    coded(5.0, "5", &[]),
    coded(6.0, "6", &[]),
];

pub(super) const VARIABLES: &[Variable] = &[Variable::ordinal(
    "birads",
    BIRADS,
    &["bi-rads", "bi_rads", "birads_category", "bi-rads category", "bi-rads分类", "bi-rads分级", "birads分类"],
    "BI-RADS category",
)
.of(F, ACR)
.read_as(Reading::BiRads)];
