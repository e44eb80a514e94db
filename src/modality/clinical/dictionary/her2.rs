//! HER2 itself, and the molecular subtype that is made from it.

use super::variable::{Family, Level, Question, Variable, level};

const F: Family = Family::Pathology;
const HER2: &[Question] = &[Question::Her2];
/// Known of a cancer only, so that its mere presence says malignant.
const CANCER: &[Question] = &[Question::Malignancy];
const HER2_GUIDELINE: &str = "ASCO/CAP 2018, affirmed 2023 (HER2)";

const SUBTYPE: &[Level] = &[
    level("luminal_a", &["luminal a", "luminal a-like", "luma", "管腔a型", "luminal a型"]),
    level("luminal_b", &["luminal b", "lumb", "管腔b型", "luminal b型"]),
    level(
        "luminal_b_her2_negative",
        &["luminal b her2-", "luminal b her2 negative", "luminal b-like her2 negative", "luminal b (her2阴性)"],
    ),
    level("luminal_b_her2_positive", &["luminal b her2 positive", "luminal b-like her2 positive", "luminal b her2阳性"]),
    level(
        "her2_enriched",
        &[
            "her2",
            "her2 enriched",
            "her2-enriched",
            "her2 positive",
            "her2 overexpression",
            "non-luminal her2",
            "her2过表达型",
            "her2阳性型",
        ],
    ),
    level("triple_negative", &["triple negative", "tnbc", "tn", "basal", "basal-like", "三阴性", "三阴型", "三阴"]),
];

pub(super) const VARIABLES: &[Variable] = &[
    Variable::nominal(
        "subtype",
        SUBTYPE,
        &[
            "molecular_subtype",
            "mol_subtype",
            "pam50",
            "intrinsic_subtype",
            "ihc_subtype",
            "surrogate_subtype",
            "分子分型",
            "分子亚型",
            "分型",
        ],
        "Molecular subtype",
    )
    .of(F, "St Gallen 2013")
    .defines(HER2)
    .gives_away(CANCER),
    Variable::nominal(
        "her2_ihc",
        &[],
        &[
            "ihc her2",
            "her2 ihc score",
            "her2 score",
            "her2_ihc_score",
            "her2_immunohistochemistry_level_result",
            "c-erbb-2",
            "cerbb2",
            "her2免疫组化",
            "her2 免疫组织化学",
            "免疫组化her2",
            "her2(ihc)",
            "her2评分",
        ],
        "HER2 by immunohistochemistry: 0, 1+, 2+, 3+",
    )
    .of(F, HER2_GUIDELINE)
    .defines(HER2)
    .gives_away(CANCER),
    Variable::nominal(
        "her2_ish",
        &[],
        &[
            "her2 fish",
            "her2_fish_status",
            "fish",
            "ish",
            "cish",
            "fish her2",
            "her2 ish result",
            "her2_fish_result",
            "her2 amplification",
            "fish结果",
            "her2 fish结果",
            "her2基因扩增",
            "her2扩增",
            "fish检测",
            "原位杂交",
        ],
        "HER2 by in situ hybridisation",
    )
    .of(F, HER2_GUIDELINE)
    .defines(HER2)
    .gives_away(CANCER),
    Variable::numeric(
        "ish_ratio",
        "",
        (0.1, 40.0),
        &[
            "her2_cep17_ratio",
            "her2/cep17",
            "her2/cep17 ratio",
            "her2_cent17_ratio",
            "fish ratio",
            "fish_ratio",
            "her2/cep17比值",
        ],
        "HER2/CEP17 ratio (dual probe)",
    )
    .of(F, HER2_GUIDELINE)
    .defines(HER2)
    .gives_away(CANCER),
    Variable::numeric(
        "ish_cn",
        "signals per cell",
        (0.5, 60.0),
        &[
            "her2_copy_number",
            "her2 copy number",
            "her2 cn",
            "average her2 copy number",
            "her2 signals per cell",
            "her2拷贝数",
            "平均her2拷贝数",
        ],
        "Mean HER2 copy number per cell (dual probe)",
    )
    .of(F, HER2_GUIDELINE)
    .defines(HER2)
    .gives_away(CANCER),
    Variable::numeric(
        "ish_single_cn",
        "signals per cell",
        (0.5, 60.0),
        &["single_probe_cn", "her2 single probe copy number", "单探针拷贝数"],
        "Mean HER2 copy number per cell (single probe)",
    )
    .of(F, HER2_GUIDELINE)
    .defines(HER2)
    .gives_away(CANCER),
    Variable::percent(
        "her2_faint_pct",
        &["her2 faint percent", "faint staining (%)"],
        "Cells with faint, incomplete HER2 staining where IHC is 0",
    )
    .of(F, HER2_GUIDELINE)
    .defines(HER2)
    .gives_away(CANCER),
    Variable::nominal(
        "her2_status",
        &[],
        &[
            "her2",
            "her-2",
            "her2 status",
            "her2_status_by_ihc",
            "her2_positive",
            "her2/neu",
            "her2状态",
            "her2表达",
            "her2结果",
            "her2表达状态",
        ],
        "HER2 status as stated",
    )
    .of(F, HER2_GUIDELINE)
    .defines(HER2)
    .gives_away(CANCER),
];
