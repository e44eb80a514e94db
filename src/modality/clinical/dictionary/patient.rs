//! The patient.

use super::variable::{Family, Level, Variable, coded};

const F: Family = Family::Pathology;

const MENOPAUSE: &[Level] = &[
    coded(
        0.0,
        "pre",
        &[
            "0",
            "premenopausal",
            "pre-menopause",
            "premenopause",
            "premenopausal status",
            "绝经前",
            "未绝经",
            "否",
            "no",
            "n",
            "false",
        ],
    ),
    coded(1.0, "peri", &["perimenopausal", "perimenopause", "围绝经期", "围绝经", "绝经期"]),
    coded(
        2.0,
        "post",
        &[
            "1",
            "postmenopausal",
            "post-menopause",
            "postmenopause",
            "postmenopausal status",
            "绝经后",
            "已绝经",
            "绝经",
            "是",
            "yes",
            "y",
            "true",
        ],
    ),
];

pub(super) const VARIABLES: &[Variable] = &[
    Variable::numeric(
        "age",
        "years",
        (15.0, 110.0),
        &[
            "age at diagnosis",
            "age_at_diagnosis",
            "patient_age",
            "age_years",
            "age (y)",
            "diagnosis_age",
            "年龄",
            "确诊年龄",
            "诊断年龄",
        ],
        "Age at diagnosis",
    )
    .of(F, ""),
    Variable::ordinal(
        "menopause",
        MENOPAUSE,
        &[
            "menopausal",
            "menopause_status",
            "menopausal_status",
            "meno",
            "postmenopausal",
            "post_menopausal",
            "绝经",
            "绝经状态",
            "月经状态",
            "是否绝经",
            "绝经情况",
        ],
        "Menopausal status",
    )
    .of(F, ""),
    Variable::nominal("race", &[], &["race_ethnicity", "种族", "民族"], "Race as recorded").of(F, ""),
    Variable::nominal("sex", &[], &["gender", "性别"], "Sex as recorded").of(F, ""),
    Variable::binary(
        "family_history",
        &["fh", "family_history_of_breast_cancer", "家族史", "乳腺癌家族史"],
        "Family history of breast cancer",
    )
    .of(F, ""),
    Variable::binary("bilateral", &["bilateral_cancer", "双侧", "双侧乳腺癌"], "Cancer in both breasts").of(F, ""),
];
