//! Who, where, when. None of these is ever a feature.

use super::variable::{Family, Variable};

const F: Family = Family::Identity;

pub(super) const VARIABLES: &[Variable] = &[
    Variable::identifier(
        "patient_id",
        &[
            "patient",
            "subject_id",
            "subject",
            "id",
            "id1",
            "case_id",
            "caseid",
            "casename",
            "case",
            "pid",
            "mrn",
            "bcr_patient_barcode",
            "bcr_patient_uuid",
            "患者编号",
            "病人编号",
            "患者id",
            "病例号",
            "住院号",
            "门诊号",
            "编号",
            "序号",
            "姓名",
            "name",
        ],
        "Patient",
    )
    .of(F, ""),
    Variable::identifier("lesion_id", &["lesion", "lesion_number", "tumor_id", "tumour_id", "病灶编号", "病灶"], "Lesion")
        .of(F, ""),
    Variable::identifier("side", &["laterality", "leftright", "breast_side", "侧别", "左右", "患侧"], "Side of the breast")
        .of(F, ""),
    Variable::identifier(
        "site",
        &["center", "centre", "hospital", "institution", "tissue_source_site", "中心", "医院"],
        "Centre",
    )
    .of(F, ""),
    Variable::identifier(
        "scanner",
        &["manufacturer", "vendor", "scanner_model", "manufacturer_model_name", "扫描仪", "机型", "设备", "厂商"],
        "Scanner",
    )
    .of(F, ""),
    Variable::identifier("field_t", &["field_strength", "magnetic_field_strength", "field", "tesla", "场强"], "Field strength")
        .of(F, ""),
    Variable::identifier(
        "exam_date",
        &["study_date", "scan_date", "date", "form_completion_date", "检查日期", "检查时间", "日期"],
        "Date of the examination",
    )
    .of(F, ""),
    Variable::identifier("time_point", &["timepoint", "visit", "时间点"], "Time point; T0 is before biopsy and therapy")
        .of(F, ""),
];
