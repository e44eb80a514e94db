//! What came after the diagnosis: known only later, and chosen in knowledge of HER2.

use super::variable::{Family, Level, Question, Variable, level};

const F: Family = Family::Course;
const ALL: &[Question] = &[Question::Her2, Question::Malignancy, Question::Response];
const LATER: &[Question] = &[Question::Her2, Question::Malignancy];

const CLASSIFICATION: &[Level] =
    &[level("normal", &["正常"]), level("benign", &["良性"]), level("malignant", &["恶性", "cancer", "malignancy"])];

pub(super) const VARIABLES: &[Variable] = &[
    Variable::nominal(
        "classification",
        CLASSIFICATION,
        &["malignant", "malignancy", "benign_malignant", "良恶性", "良恶性分类"],
        "Malignant or benign, as verified",
    )
    .of(F, "")
    .defines(&[Question::Malignancy]),
    Variable::nominal(
        "treatment",
        &[],
        &[
            "therapy",
            "regimen",
            "nac_regimen",
            "chemotherapy",
            "chemo",
            "trastuzumab",
            "herceptin",
            "pertuzumab",
            "anti-her2 therapy",
            "targeted_therapy",
            "her2 therapy",
            "treatment_arm",
            "治疗",
            "治疗方案",
            "化疗",
            "化疗方案",
            "新辅助方案",
            "靶向",
            "靶向治疗",
            "曲妥珠单抗",
            "赫赛汀",
            "帕妥珠单抗",
        ],
        "Treatment that was given",
    )
    .of(F, "")
    .gives_away(LATER),
    Variable::binary(
        "pcr",
        &["pathologic complete response", "pathological complete response", "pcr_status", "病理完全缓解"],
        "Pathological complete response",
    )
    .of(F, "")
    .defines(&[Question::Response])
    .gives_away(LATER),
    Variable::numeric(
        "os_m",
        "months",
        (0.0, 600.0),
        &["os", "os_months", "overall_survival", "overall survival (months)", "总生存期"],
        "Overall survival",
    )
    .of(F, "")
    .gives_away(ALL),
    Variable::binary("os_event", &["death", "vital_status", "os_status", "死亡"], "Death").of(F, "").gives_away(ALL),
    Variable::numeric(
        "dfs_m",
        "months",
        (0.0, 600.0),
        &["dfs", "dfs_months", "rfs", "rfs_months", "无病生存期"],
        "Disease-free survival",
    )
    .of(F, "")
    .gives_away(ALL),
    Variable::binary(
        "dfs_event",
        &["recurrence", "relapse", "dfs_status", "rfs_status", "复发", "复发转移"],
        "Recurrence or death",
    )
    .of(F, "")
    .gives_away(ALL),
];
