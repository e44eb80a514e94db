//! Mammography as a radiologist describes it.

use super::mri::{COMPOSITION, SHAPE};
use super::variable::{Family, Level, Variable, level};

const F: Family = Family::Mammography;
const ACR: &str = "ACR BI-RADS Atlas, 5th edition (2013)";

const ABNORMALITY: &[Level] = &[
    level("mass", &["肿块"]),
    level("calcification", &["calcifications", "钙化"]),
    level("both", &["mass and calcification", "肿块伴钙化", "肿块钙化"]),
];
const MARGIN: &[Level] = &[
    level("circumscribed", &["清晰", "光整", "边界清晰", "局限"]),
    level("obscured", &["遮蔽", "遮盖"]),
    level("not_circumscribed", &["not circumscribed", "不清", "边界不清", "非局限"]),
    level("microlobulated", &["微分叶", "小分叶"]),
    level("indistinct", &["模糊"]),
    level("spiculated", &["毛刺", "毛刺状", "星芒状"]),
];
const MASS_DENSITY: &[Level] = &[
    level("fat", &["fat containing", "含脂肪"]),
    level("low", &["低密度"]),
    level("equal", &["iso", "isodense", "等密度"]),
    level("high", &["高密度"]),
];
const MORPHOLOGY: &[Level] = &[
    level("none", &["no", "0", "无"]),
    level("benign", &["typically benign", "良性"]),
    level("coarse_heterogeneous", &["coarse-het", "coarse heterogeneous", "粗糙不均质", "粗大不均质"]),
    level("amorphous", &["无定形", "不定形"]),
    level("fine_pleomorphic", &["fine pleomorphic", "fine-pleomorphic", "pleomorphic", "细小多形性", "多形性"]),
    level(
        "fine_linear",
        &["fine linear", "fine-linear", "fine linear or branching", "fine linear branching", "细线样", "细线分支状"],
    ),
];
const DISTRIBUTION: &[Level] = &[
    level("none", &["no", "0", "无"]),
    level("diffuse", &["弥漫", "弥漫性"]),
    level("regional", &["区域", "区域性"]),
    level("grouped", &["clustered", "cluster", "成簇", "簇状", "集群"]),
    level("linear", &["线样", "线性"]),
    level("segmental", &["段样", "节段", "节段性"]),
];
const ASYMMETRY: &[Level] = &[
    level("none", &["no", "0", "无"]),
    level("asymmetry", &["asym", "不对称"]),
    level("global", &["global asymmetry", "大致不对称", "整体不对称"]),
    level("focal", &["focal asymmetry", "局灶不对称", "局灶性不对称"]),
    level("developing", &["developing asymmetry", "进展性不对称"]),
];

pub(super) const VARIABLES: &[Variable] = &[
    Variable::ordinal(
        "mg_density",
        COMPOSITION,
        &["breast_density", "acr_density", "breast density", "乳腺密度", "腺体密度", "腺体类型"],
        "Breast density",
    )
    .of(F, ACR),
    Variable::nominal(
        "mg_abnormality",
        ABNORMALITY,
        &["abnormality", "mg_type", "abnormality_type", "异常类型"],
        "Mass, calcification or both",
    )
    .of(F, ACR),
    Variable::nominal("mg_mass_shape", SHAPE, &["mg_shape", "钼靶形态", "x线形态"], "Shape of the mass").of(F, ACR).bare(&[
        "shape",
        "mass_shape",
        "形态",
        "形状",
        "肿块形态",
        "肿块形状",
    ]),
    Variable::nominal("mg_mass_margin", MARGIN, &["mg_margin", "mg_margins", "钼靶边缘", "x线边缘"], "Margin of the mass")
        .of(F, ACR)
        .bare(&["margin", "margins", "mass_margin", "mass_margins", "边缘", "边界", "肿块边缘"]),
    Variable::nominal("mg_mass_density", MASS_DENSITY, &["mass_density", "肿块密度"], "Density of the mass").of(F, ACR),
    Variable::nominal(
        "mg_calc_morph",
        MORPHOLOGY,
        &["calc_morphology", "calc_type", "calcification_morphology", "钙化形态", "钙化类型"],
        "Morphology of calcifications",
    )
    .of(F, ACR),
    Variable::nominal(
        "mg_calc_dist",
        DISTRIBUTION,
        &["calc_distribution", "calcification_distribution", "钙化分布"],
        "Distribution of calcifications",
    )
    .of(F, ACR),
    Variable::binary(
        "mg_calcification",
        &["mg_calc", "microcalcification", "microcalcifications", "微钙化", "钼靶钙化"],
        "Calcifications",
    )
    .of(F, ACR)
    .bare(&["calcifications", "calcification", "calc", "钙化"]),
    Variable::binary("mg_distortion", &["architectural_distortion", "distortion", "结构扭曲"], "Architectural distortion")
        .of(F, ACR),
    Variable::nominal("mg_asym", ASYMMETRY, &["asymmetry", "mg_asymmetry", "不对称", "不对称致密"], "Asymmetry").of(F, ACR),
];
