//! MRI as it is measured: kinetics, perfusion, diffusion, relaxation.

use super::variable::{Family, Variable};

const F: Family = Family::Quantitative;
const QIBA: &str = "QIBA profiles DCE-MRI and DWI";
const MM2S: &str = "1e-3 mm2/s";

pub(super) const VARIABLES: &[Variable] = &[
    Variable::numeric(
        "pe_pct",
        "% of baseline",
        (-100.0, 2000.0),
        &["pe", "peak_enhancement", "peak enhancement (%)", "峰值强化率", "最大强化率"],
        "Peak enhancement",
    )
    .of(F, ""),
    Variable::numeric(
        "me_pct",
        "% of baseline",
        (-100.0, 2000.0),
        &["me", "mean_enhancement", "mean enhancement (%)", "平均强化率"],
        "Mean enhancement",
    )
    .of(F, ""),
    Variable::numeric("ttp_min", "min", (0.0, 30.0), &["ttp", "time_to_peak", "time to peak (min)", "达峰时间"], "Time to peak")
        .of(F, ""),
    Variable::numeric(
        "wi_pct_min",
        "%/min",
        (-500.0, 5000.0),
        &["wash_in", "wash_in_rate", "wash-in slope", "流入率", "流入速率"],
        "Wash-in slope",
    )
    .of(F, ""),
    Variable::numeric(
        "wo_pct_min",
        "%/min",
        (-1000.0, 1000.0),
        &["wash_out", "wash_out_rate", "wash-out slope", "流出率", "流出速率"],
        "Wash-out slope",
    )
    .of(F, ""),
    Variable::numeric("ser", "", (-10.0, 10.0), &["signal_enhancement_ratio", "信号增强率"], "Signal enhancement ratio")
        .of(F, "Hylton et al. 2012"),
    Variable::numeric("ktrans", "1/min", (0.0, 10.0), &["k_trans", "ktrans (1/min)", "容积转运常数"], "Transfer constant")
        .of(F, QIBA),
    Variable::numeric("kep", "1/min", (0.0, 50.0), &["k_ep", "kep (1/min)", "速率常数"], "Rate constant").of(F, QIBA),
    Variable::numeric("ve", "", (0.0, 1.0), &["v_e", "血管外细胞外间隙容积分数"], "Extravascular extracellular volume fraction")
        .of(F, QIBA),
    Variable::numeric("vp", "", (0.0, 1.0), &["v_p", "血浆容积分数"], "Plasma volume fraction").of(F, QIBA),
    Variable::numeric(
        "adc",
        MM2S,
        (0.1, 4.0),
        &["adc_mean", "mean_adc", "adc_tumor", "adc_tumour", "tadc", "表观扩散系数", "adc值"],
        "Apparent diffusion coefficient of the tumour",
    )
    .of(F, QIBA),
    Variable::numeric(
        "adc_peri",
        MM2S,
        (0.1, 4.0),
        &["padc", "peritumoral_adc", "瘤周adc", "瘤周adc值"],
        "Apparent diffusion coefficient around the tumour",
    )
    .of(F, QIBA),
    Variable::numeric("adc_ratio", "", (0.1, 10.0), &["padc/tadc", "p/tadc", "adc比值"], "Peritumoral to tumour ADC").of(F, ""),
    Variable::numeric("ivim_d", MM2S, (0.0, 4.0), &["ivim d", "true_diffusion"], "IVIM: diffusion").of(F, ""),
    Variable::numeric("ivim_dstar", MM2S, (0.0, 500.0), &["pseudo_diffusion"], "IVIM: pseudo-diffusion").of(F, ""),
    Variable::numeric("ivim_f", "", (0.0, 1.0), &["ivim f", "perfusion_fraction"], "IVIM: perfusion fraction").of(F, ""),
    Variable::numeric("dki_md", MM2S, (0.0, 4.0), &["md", "mean_diffusivity"], "Kurtosis imaging: mean diffusivity").of(F, ""),
    Variable::numeric("dki_mk", "", (0.0, 5.0), &["mk", "mean_kurtosis"], "Kurtosis imaging: mean kurtosis").of(F, ""),
    Variable::numeric("sem_ddc", MM2S, (0.0, 6.0), &["ddc"], "Stretched exponential: distributed diffusion coefficient")
        .of(F, ""),
    Variable::numeric("sem_alpha", "", (0.0, 1.0), &[], "Stretched exponential: heterogeneity index").of(F, ""),
    Variable::numeric("ctrw_dm", MM2S, (0.0, 6.0), &[], "Continuous-time random walk: anomalous diffusion coefficient").of(F, ""),
    Variable::numeric("ctrw_alpha", "", (0.0, 1.0), &[], "Continuous-time random walk: temporal heterogeneity").of(F, ""),
    Variable::numeric("ctrw_beta", "", (0.0, 1.0), &[], "Continuous-time random walk: spatial heterogeneity").of(F, ""),
    Variable::numeric("froc_d", MM2S, (0.0, 6.0), &[], "Fractional-order calculus: diffusion coefficient").of(F, ""),
    Variable::numeric("froc_beta", "", (0.0, 1.0), &[], "Fractional-order calculus: heterogeneity").of(F, ""),
    Variable::numeric("froc_mu", "um", (0.0, 100.0), &[], "Fractional-order calculus: spatial constant").of(F, ""),
    Variable::numeric("t1", "ms", (100.0, 5000.0), &["t1 (ms)", "t1_value", "t1 pre", "t1值"], "T1 before contrast").of(F, ""),
    Variable::numeric("t2", "ms", (10.0, 1000.0), &["t2 (ms)", "t2_value", "t2 pre", "t2值"], "T2 before contrast").of(F, ""),
    Variable::numeric(
        "pd",
        "pu",
        (0.0, 150.0),
        &["pd (pu)", "proton_density", "pd值", "质子密度"],
        "Proton density before contrast",
    )
    .of(F, ""),
    Variable::numeric("t1e", "ms", (50.0, 5000.0), &["t1_post", "t1e (ms)"], "T1 after contrast").of(F, ""),
    Variable::numeric("t2e", "ms", (10.0, 1000.0), &["t2_post", "t2e (ms)"], "T2 after contrast").of(F, ""),
    Variable::numeric("pde", "pu", (0.0, 150.0), &["pd_post", "pde (pu)"], "Proton density after contrast").of(F, ""),
    Variable::numeric("dt1", "ms", (-5000.0, 5000.0), &["delta_t1"], "T1 before minus after contrast").of(F, ""),
    Variable::numeric("dt2", "ms", (-1000.0, 1000.0), &["delta_t2"], "T2 before minus after contrast").of(F, ""),
    Variable::numeric("dpd", "pu", (-150.0, 150.0), &["delta_pd"], "Proton density before minus after contrast").of(F, ""),
    Variable::numeric("dt1pct", "% of baseline", (-500.0, 100.0), &["delta_t1_percent"], "Relative change of T1").of(F, ""),
    Variable::numeric("dt2pct", "% of baseline", (-500.0, 100.0), &["delta_t2_percent"], "Relative change of T2").of(F, ""),
    Variable::numeric("dpdpct", "% of baseline", (-500.0, 100.0), &["delta_pd_percent"], "Relative change of proton density")
        .of(F, ""),
];
