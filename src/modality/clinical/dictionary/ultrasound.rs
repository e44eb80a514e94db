//! Ultrasound as a radiologist describes it.

use super::mri::SHAPE;
use super::variable::{Family, Level, Variable, level};

const F: Family = Family::Ultrasound;
const ACR: &str = "ACR BI-RADS Atlas, 5th edition (2013)";

const TISSUE: &[Level] = &[
    level("lactating", &["哺乳期"]),
    level("homogeneous_fat", &["homogeneous: fat", "homogeneous background fat", "均质脂肪"]),
    level("heterogeneous_fat", &["heterogeneous: predominantly fat"]),
    level("heterogeneous", &["heterogeneous background", "不均质", "不均匀"]),
    level("heterogeneous_fibroglandular", &["heterogeneous: predominantly fibroglandular"]),
    level(
        "homogeneous_fibroglandular",
        &["homogeneous: fibroglandular", "homogeneous background fibroglandular", "均质纤维腺体"],
    ),
];
const ORIENTATION: &[Level] = &[
    level("parallel", &["horizontal", "wider than tall", "平行", "平行位"]),
    level("not_parallel", &["not parallel", "taller than wide", "vertical", "不平行", "非平行", "非平行位"]),
];
const MARGIN: &[Level] = &[
    level("circumscribed", &["well defined", "smooth", "清晰", "光整", "边界清晰", "局限"]),
    level("not_circumscribed", &["not circumscribed", "ill defined", "不清", "边界不清", "非局限"]),
    level("indistinct", &["blurred", "模糊", "边缘模糊"]),
    level("microlobulated", &["微分叶", "小分叶"]),
    level("angular", &["成角"]),
    level("spiculated", &["毛刺", "毛刺状"]),
];
const ECHO: &[Level] = &[
    level("anechoic", &["无回声"]),
    level("hyperechoic", &["高回声", "强回声"]),
    level("isoechoic", &["等回声"]),
    level("complex", &["complex cystic/solid", "complex cystic and solid", "囊实性", "混合回声", "囊实混合"]),
    level("hypoechoic", &["低回声", "极低回声"]),
    level("heterogeneous", &["不均质", "不均匀回声"]),
];
const POSTERIOR: &[Level] = &[
    level("none", &["no", "no posterior features", "0", "无", "无变化", "无改变"]),
    level("enhancement", &["增强", "回声增强", "后方回声增强"]),
    level("combined", &["mixed", "混合", "混合改变"]),
    level("shadowing", &["shadow", "声影", "衰减", "后方声影", "后方衰减"]),
];
const CALCIFICATION: &[Level] = &[
    level("none", &["no", "0", "absent", "无", "无钙化"]),
    level("outside", &["outside of mass", "outside a mass", "肿块外"]),
    level("in_mass", &["in a mass", "in mass", "inside", "yes", "有", "肿块内", "微钙化"]),
    level("intraductal", &["导管内"]),
];
const VASCULARITY: &[Level] = &[
    level("absent", &["none", "no", "0", "无", "无血流"]),
    level("rim", &["vessels in rim", "周边", "边缘血流"]),
    level("internal", &["internal vascularity", "内部", "内部血流"]),
];
const ELASTICITY: &[Level] = &[level("soft", &["软"]), level("intermediate", &["中等"]), level("hard", &["硬"])];

pub(super) const VARIABLES: &[Variable] = &[
    Variable::nominal("us_tissue", TISSUE, &["tissue_composition", "us_tissue_composition", "组织构成"], "Tissue composition")
        .of(F, ACR),
    Variable::nominal("us_shape", SHAPE, &["ultrasound_shape", "超声形态", "超声形状"], "Shape")
        .of(F, ACR)
        .bare(&["shape", "形态", "形状"]),
    Variable::nominal(
        "us_orient",
        ORIENTATION,
        &["orientation", "us_orientation", "方位", "生长方向", "超声方位"],
        "Orientation",
    )
    .of(F, ACR),
    Variable::nominal("us_margin", MARGIN, &["ultrasound_margin", "超声边缘", "超声边界"], "Margin")
        .of(F, ACR)
        .bare(&["margin", "边缘", "边界"]),
    Variable::nominal(
        "us_echo",
        ECHO,
        &["echogenicity", "echo_pattern", "us_echogenicity", "echo", "回声", "内部回声", "回声类型", "回声模式"],
        "Echo pattern",
    )
    .of(F, ACR),
    Variable::nominal(
        "us_posterior",
        POSTERIOR,
        &["posterior_features", "posterior_acoustic_features", "posterior_echo", "posterior", "后方回声", "后方特征"],
        "Posterior features",
    )
    .of(F, ACR),
    Variable::nominal("us_calc", CALCIFICATION, &["us_calcification", "us_calcifications", "超声钙化"], "Calcifications")
        .of(F, ACR)
        .bare(&["calcifications", "calcification", "calc", "钙化"]),
    Variable::nominal(
        "us_vasc",
        VASCULARITY,
        &["vascularity", "us_vascularity", "blood_flow", "血流", "血流信号"],
        "Vascularity",
    )
    .of(F, ACR),
    Variable::nominal("us_elast", ELASTICITY, &["elasticity", "elastography", "弹性", "弹性成像"], "Elasticity").of(F, ACR),
    Variable::binary("us_halo", &["halo", "echogenic_halo", "echogenic_rim", "高回声晕"], "Echogenic halo")
        .of(F, "ACR BI-RADS Atlas, 4th edition (2003)"),
    Variable::binary("us_skin", &["us_skin_thickening"], "Skin thickening").of(F, ACR).bare(&["skin_thickening", "皮肤增厚"]),
];
