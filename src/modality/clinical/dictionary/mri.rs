//! MRI as a radiologist describes it.

use super::variable::{Family, Level, Variable, coded, level};

const F: Family = Family::Mri;
const ACR: &str = "ACR BI-RADS Atlas, 5th edition (2013)";

pub(super) const SHAPE: &[Level] = &[
    level("oval", &["lobulated", "lobular", "ovoid", "椭圆形", "卵圆形", "类圆形", "分叶状"]),
    level("round", &["圆形"]),
    level("irregular", &["不规则", "不规则形"]),
];
const BPE: &[Level] = &[
    coded(1.0, "minimal", &["1", "a", "极少", "轻微", "几乎无"]),
    coded(2.0, "mild", &["2", "b", "轻度", "少量"]),
    coded(3.0, "moderate", &["3", "c", "中度", "中等"]),
    coded(4.0, "marked", &["4", "d", "重度", "明显", "显著"]),
];
pub(super) const COMPOSITION: &[Level] = &[
    coded(1.0, "a", &["1", "almost entirely fat", "almost entirely fatty", "fatty", "脂肪型", "脂肪类"]),
    coded(
        2.0,
        "b",
        &[
            "2",
            "scattered",
            "scattered fibroglandular",
            "scattered areas of fibroglandular density",
            "散在纤维腺体型",
            "少量腺体型",
        ],
    ),
    coded(
        3.0,
        "c",
        &[
            "3",
            "heterogeneous",
            "heterogeneously dense",
            "heterogeneous fibroglandular",
            "不均匀致密型",
            "多量腺体型",
            "不均匀纤维腺体型",
        ],
    ),
    coded(4.0, "d", &["4", "extreme", "extremely dense", "extreme fibroglandular", "致密型", "极度致密型", "极度致密"]),
];
const TYPE: &[Level] = &[
    level("mass", &["肿块", "肿块型", "肿块样强化", "mass enhancement"]),
    level("nme", &["non-mass", "non-mass enhancement", "nonmass", "non mass like", "非肿块", "非肿块型", "非肿块样强化"]),
    level("both", &["mass and nme", "mass+nme", "混合", "肿块伴非肿块"]),
];
const FOCALITY: &[Level] = &[
    level("unifocal", &["single", "单灶", "单发"]),
    level("multifocal", &["multiple", "多灶", "多发"]),
    level("multicentric", &["多中心"]),
];
const MARGIN: &[Level] = &[
    level("circumscribed", &["smooth", "清晰", "光滑", "边界清晰", "边缘光滑"]),
    level("not_circumscribed", &["not circumscribed", "非局限性", "边界不清"]),
    level("irregular", &["不规则", "不光整"]),
    level("spiculated", &["毛刺", "毛刺状", "星芒状"]),
];
const INTERNAL: &[Level] = &[
    level("homogeneous", &["均匀", "均匀强化"]),
    level("dark_septa", &["dark septa", "dark internal septations", "dark septation", "内部暗分隔", "低信号分隔"]),
    level("heterogeneous", &["不均匀", "不均匀强化"]),
    level("rim", &["rim enhancement", "ring", "环形", "环形强化", "边缘强化"]),
];
const NME_DISTRIBUTION: &[Level] = &[
    level("focal", &["局灶", "局灶性"]),
    level("diffuse", &["弥漫", "弥漫性"]),
    level("regional", &["区域", "区域性"]),
    level("multiple", &["multiple regions", "多区域", "多发区域性"]),
    level("linear", &["线样", "线性", "线状"]),
    level("segmental", &["段样", "节段", "节段性"]),
];
const NME_PATTERN: &[Level] = &[
    level("homogeneous", &["均匀"]),
    level("heterogeneous", &["不均匀"]),
    level("clumped", &["集丛状", "簇状", "集簇状"]),
    level("clustered_ring", &["clustered ring", "簇环状", "成簇环状", "簇状环形"]),
];
const T2_SIGNAL: &[Level] = &[coded(0.0, "no", &["low", "iso", "低信号", "等信号"]), coded(1.0, "yes", &["high", "高信号"])];
const OEDEMA: &[Level] = &[
    coded(1.0, "1", &["none", "no oedema", "无水肿"]),
    coded(2.0, "2", &["peritumoral", "瘤周水肿"]),
    coded(3.0, "3", &["prepectoral", "胸肌前水肿"]),
    coded(4.0, "4", &["subcutaneous", "皮下水肿"]),
];
const INITIAL: &[Level] = &[
    coded(1.0, "slow", &["缓慢", "慢速"]),
    coded(2.0, "medium", &["intermediate", "中等", "中速"]),
    coded(3.0, "fast", &["rapid", "快速"]),
];
const DELAYED: &[Level] = &[
    coded(1.0, "persistent", &["i", "1", "type i", "type 1", "i型", "1型", "流入型", "上升型", "持续上升型", "缓升型"]),
    coded(2.0, "plateau", &["ii", "2", "type ii", "type 2", "ii型", "2型", "平台型"]),
    coded(
        3.0,
        "washout",
        &["iii", "3", "type iii", "type 3", "wash-out", "iii型", "3型", "流出型", "廓清型", "速升速降型", "fast-rise wash-out"],
    ),
];
pub(super) const VARIABLES: &[Variable] = &[
    Variable::ordinal(
        "mri_bpe",
        BPE,
        &["bpe", "background_parenchymal_enhancement", "背景实质强化"],
        "Background parenchymal enhancement",
    )
    .of(F, ACR),
    Variable::ordinal(
        "mri_fgt",
        COMPOSITION,
        &["fgt", "fibroglandular_tissue", "纤维腺体组织", "纤维腺体类型"],
        "Amount of fibroglandular tissue",
    )
    .of(F, ACR),
    Variable::nominal(
        "mri_type",
        TYPE,
        &["lesion_type", "lesion type", "mri_lesion_type", "enhancement_type", "病灶类型", "病变类型", "强化类型"],
        "Mass or non-mass enhancement",
    )
    .of(F, ACR),
    Variable::numeric(
        "n_lesions",
        "",
        (1.0, 50.0),
        &["number_of_lesions", "lesion_count", "病灶数目", "病灶数量"],
        "Number of lesions",
    )
    .of(F, ""),
    Variable::nominal("focality", FOCALITY, &["mri_focality", "灶性", "病灶分布"], "One or several foci").of(F, ACR),
    Variable::binary(
        "multifocal",
        &["mri_multifocal", "multifocality", "multicentric_multifocal", "多灶性", "是否多灶"],
        "More than one focus",
    )
    .of(F, ACR),
    Variable::nominal("mri_mass_shape", SHAPE, &["mri_shape"], "Shape of the mass").of(F, ACR).bare(&[
        "shape",
        "mass_shape",
        "形态",
        "形状",
        "肿块形态",
        "肿块形状",
    ]),
    Variable::nominal("mri_mass_margin", MARGIN, &["mri_margin"], "Margin of the mass").of(F, ACR).bare(&[
        "margin",
        "mass_margin",
        "边缘",
        "边界",
        "肿块边缘",
    ]),
    Variable::nominal(
        "mri_mass_internal",
        INTERNAL,
        &[
            "mri_internal",
            "internal_enhancement",
            "internal enhancement pattern",
            "mass_internal_enhancement",
            "内部强化",
            "内部强化方式",
            "肿块内部强化",
        ],
        "Internal enhancement of the mass",
    )
    .of(F, ACR),
    Variable::nominal(
        "mri_nme_dist",
        NME_DISTRIBUTION,
        &["nme_distribution", "nme_dist", "非肿块分布", "非肿块强化分布"],
        "Distribution of non-mass enhancement",
    )
    .of(F, ACR),
    Variable::nominal(
        "mri_nme_pattern",
        NME_PATTERN,
        &["nme_pattern", "nme_internal", "非肿块强化方式", "非肿块内部强化"],
        "Pattern of non-mass enhancement",
    )
    .of(F, ACR),
    Variable::ordinal(
        "mri_t2_high",
        T2_SIGNAL,
        &["t2_high", "t2_signal", "intratumoral_t2_high", "high_t2_signal", "t2高信号", "瘤内t2高信号"],
        "High T2 signal inside the tumour",
    )
    .of(F, ""),
    Variable::binary("necrosis", &["mri_necrosis", "坏死", "囊变坏死"], "Necrosis").of(F, ""),
    Variable::binary(
        "peri_oedema",
        &["peritumoral_edema", "peritumoral_oedema", "peri_edema", "peritumoural_oedema", "瘤周水肿", "瘤周水肿征"],
        "Peritumoral oedema",
    )
    .of(F, ""),
    Variable::ordinal(
        "oedema_score",
        OEDEMA,
        &["breast_edema_score", "breast_oedema_score", "edema_score", "水肿评分"],
        "Breast oedema score",
    )
    .of(F, "Harada et al. 2020"),
    Variable::binary("skin", &["mri_skin", "skin_involvement", "mri_skin_nipple", "皮肤受累"], "Skin thickened or involved")
        .of(F, ACR)
        .bare(&["skin_thickening", "皮肤增厚"]),
    Variable::binary(
        "nipple",
        &["mri_nipple", "nipple_involvement", "nipple_retraction", "乳头受累", "乳头凹陷"],
        "Nipple retracted or involved",
    )
    .of(F, ACR),
    Variable::binary(
        "pectoral",
        &["mri_pec_chest", "pectoral_involvement", "chest_wall_involvement", "胸肌受累", "胸壁受累"],
        "Pectoral muscle or chest wall involved",
    )
    .of(F, ACR),
    Variable::binary(
        "axillary_ln",
        &[
            "axillary_lymph_node",
            "axillary_lymphadenopathy",
            "mri_lymphadenopathy",
            "lymphadenopathy",
            "腋窝淋巴结",
            "腋窝淋巴结肿大",
            "淋巴结肿大",
        ],
        "Suspicious axillary lymph nodes",
    )
    .of(F, ACR),
    Variable::ordinal(
        "tic_init",
        INITIAL,
        &["initial_phase", "initial_enhancement", "早期强化", "早期强化率分级"],
        "Initial phase of the enhancement curve",
    )
    .of(F, ACR),
    Variable::ordinal(
        "tic_delay",
        DELAYED,
        &["delayed_phase", "delayed_enhancement", "延迟期强化"],
        "Delayed phase of the enhancement curve",
    )
    .of(F, ACR),
    Variable::ordinal(
        "tic_type",
        DELAYED,
        &[
            "tic",
            "curve_type",
            "kinetic_curve",
            "time_intensity_curve",
            "时间信号曲线",
            "时间-信号强度曲线",
            "曲线类型",
            "tic类型",
            "tic曲线",
        ],
        "Type of the time–signal curve",
    )
    .of(F, "Kuhl et al. 1999"),
];
