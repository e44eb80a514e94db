//! The tumour: extent, grade, histology, receptors, proliferation.

use super::variable::{Family, Level, Question, Reading, Variable, coded, level};

const F: Family = Family::Pathology;
/// Known of a cancer only, so that its mere presence says malignant.
const CANCER: &[Question] = &[Question::Malignancy];
const TNM: &str = "AJCC Cancer Staging Manual, 8th edition";
const RECEPTOR: &str = "ASCO/CAP 2020 (oestrogen and progesterone receptor)";

const T_STAGE: &[Level] =
    &[coded(0.0, "T0", &["Tis"]), coded(1.0, "T1", &[]), coded(2.0, "T2", &[]), coded(3.0, "T3", &[]), coded(4.0, "T4", &[])];
const N_STAGE: &[Level] = &[coded(0.0, "N0", &[]), coded(1.0, "N1", &[]), coded(2.0, "N2", &[]), coded(3.0, "N3", &[])];
const STAGE: &[Level] =
    &[coded(0.0, "stage 0", &[]), coded(1.0, "I", &[]), coded(2.0, "II", &[]), coded(3.0, "III", &[]), coded(4.0, "IV", &[])];
const GRADE: &[Level] = &[coded(1.0, "G1", &[]), coded(2.0, "G2", &[]), coded(3.0, "G3", &[])];
const HISTOLOGY: &[Level] = &[
    level("other", &["other specify", "其他", "其它"]),
    level("dcis", &["ductal carcinoma in situ", "ductal carcinoma in situ (DCIS)", "导管原位癌", "导管内癌"]),
    level(
        "nst",
        &[
            "idc",
            "infiltrating ductal carcinoma",
            "invasive ductal carcinoma",
            "invasive carcinoma of no special type",
            "invasive carcinoma of no special type (NST)",
            "infiltrating carcinoma NOS",
            "ductal",
            "ductal carcinoma",
            "idc/nst",
            "nos",
            "浸润性导管癌",
            "非特殊型浸润性癌",
            "非特殊类型浸润性癌",
            "浸润性癌非特殊型",
            "浸润性癌",
        ],
    ),
    level(
        "ilc",
        &[
            "infiltrating lobular carcinoma",
            "invasive lobular carcinoma",
            "lobular",
            "lobular carcinoma",
            "浸润性小叶癌",
            "小叶癌",
        ],
    ),
    level("mixed", &["mixed histology", "mixed ductal and lobular", "ductal and lobular", "混合型", "混合癌"]),
    level("mucinous", &["mucinous carcinoma", "黏液癌", "粘液癌"]),
    level("medullary", &["medullary carcinoma", "髓样癌"]),
    level("metaplastic", &["metaplastic carcinoma", "化生性癌"]),
    level("papillary", &["papillary carcinoma", "invasive micropapillary carcinoma", "micropapillary", "微乳头状癌", "乳头状癌"]),
];
pub(super) const VARIABLES: &[Variable] = &[
    Variable::numeric(
        "size_mm",
        "mm",
        (1.0, 250.0),
        &[
            "size",
            "tumor_size",
            "tumour_size",
            "tumor size (mm)",
            "tumour size (mm)",
            "size (mm)",
            "max_diameter",
            "maximum_diameter",
            "longest_diameter",
            "max diameter (mm)",
            "mri_ld_baseline",
            "肿瘤大小",
            "最大径",
            "肿瘤最大径",
            "长径",
            "病灶大小",
            "肿块大小",
        ],
        "Largest diameter",
    )
    .of(F, ""),
    Variable::ordinal(
        "t_stage",
        T_STAGE,
        &[
            "t",
            "ct",
            "pt",
            "t_category",
            "clinical_t",
            "t stage",
            "clinical t stage",
            "ajcc_tumor_pathologic_pt",
            "staging_tumor_size",
            "t分期",
            "临床t分期",
        ],
        "T category",
    )
    .of(F, TNM)
    .read_as(Reading::TStage)
    .gives_away(CANCER),
    Variable::ordinal(
        "n_stage",
        N_STAGE,
        &[
            "n",
            "cn",
            "pn",
            "n_category",
            "clinical_n",
            "clinical n stage",
            "ajcc_nodes_pathologic_pn",
            "staging_nodes",
            "n分期",
            "临床n分期",
        ],
        "N category",
    )
    .of(F, TNM)
    .read_as(Reading::NStage)
    .gives_away(CANCER),
    Variable::ordinal(
        "stage",
        STAGE,
        &[
            "tnm_stage",
            "clinical_stage",
            "pathologic_stage",
            "ajcc_stage",
            "ajcc_pathologic_tumor_stage",
            "tnm",
            "分期",
            "tnm分期",
            "临床分期",
        ],
        "Anatomic stage",
    )
    .of(F, TNM)
    .read_as(Reading::Stage)
    .gives_away(CANCER),
    Variable::ordinal(
        "grade",
        GRADE,
        &[
            "histological_grade",
            "histologic_grade",
            "tumor_grade",
            "tumour_grade",
            "nottingham_grade",
            "sbr_grade",
            "pathological grade",
            "组织学分级",
            "病理分级",
            "分级",
            "分化程度",
            "肿瘤分级",
        ],
        "Histological grade (Nottingham)",
    )
    .of(F, "Elston and Ellis 1991")
    .read_as(Reading::Grade)
    .gives_away(CANCER),
    Variable::ordinal("nuclear_grade", GRADE, &["grade_nuclear", "核分级"], "Nuclear grade")
        .of(F, "")
        .read_as(Reading::Grade)
        .gives_away(CANCER),
    Variable::nominal(
        "histology",
        HISTOLOGY,
        &[
            "histological_type",
            "histologic_type",
            "pathological_type",
            "pathology",
            "histology_type",
            "tumor_type",
            "diagnosis",
            "组织学类型",
            "病理类型",
            "病理",
            "病理诊断",
        ],
        "Histological type",
    )
    .of(F, "WHO Classification of Tumours, 5th edition")
    .defines(CANCER),
    Variable::binary(
        "lvi",
        &["lymphovascular_invasion", "vascular_invasion", "脉管侵犯", "脉管癌栓", "淋巴脉管侵犯"],
        "Lymphovascular invasion",
    )
    .of(F, "")
    .gives_away(CANCER),
    Variable::binary(
        "er",
        &[
            "er_status",
            "er_status_by_ihc",
            "estrogen_receptor",
            "oestrogen_receptor",
            "estrogen receptor status",
            "雌激素受体",
            "er状态",
            "er表达",
        ],
        "Oestrogen receptor",
    )
    .signed()
    .of(F, RECEPTOR)
    .read_as(Reading::Receptor)
    .gives_away(CANCER),
    Variable::binary(
        "pr",
        &[
            "pr_status",
            "pgr",
            "pgr_status",
            "pr_status_by_ihc",
            "progesterone_receptor",
            "progesterone receptor status",
            "孕激素受体",
            "pr状态",
            "pr表达",
        ],
        "Progesterone receptor",
    )
    .signed()
    .of(F, RECEPTOR)
    .read_as(Reading::Receptor)
    .gives_away(CANCER),
    Variable::binary(
        "hr",
        &["hr_status", "hormone_receptor", "hormone receptor status", "hormone_receptor_status", "激素受体", "hr状态"],
        "Hormone receptor: ER or PR positive",
    )
    .signed()
    .of(F, RECEPTOR)
    .gives_away(CANCER),
    Variable::percent(
        "er_pct",
        &["er_percent", "er (%)", "er_status_ihc_percent_positive", "er表达率", "er百分比", "er阳性率"],
        "Cells that stain for ER",
    )
    .of(F, RECEPTOR)
    .gives_away(CANCER),
    Variable::percent(
        "pr_pct",
        &["pr_percent", "pr (%)", "pgr_percent", "pr_status_ihc_percent_positive", "pr表达率", "pr百分比", "pr阳性率"],
        "Cells that stain for PR",
    )
    .of(F, RECEPTOR)
    .gives_away(CANCER),
    Variable::percent(
        "ki67_pct",
        &[
            "ki67",
            "ki-67",
            "ki67 (%)",
            "ki67 index",
            "ki-67 index",
            "ki67_percent",
            "ki67 expression",
            "mib-1",
            "mib1",
            "ki67指数",
            "ki67表达",
            "ki67增殖指数",
            "增殖指数",
        ],
        "Ki-67 labelling index",
    )
    .of(F, "International Ki67 in Breast Cancer Working Group 2021")
    .gives_away(CANCER),
];
