//! By which names columns of identifiers go.

use super::text::half_width;

/// Names of patient identifiers, folded, the most telling first.
pub(super) const PATIENT: &[&str] = &[
    "bcrpatientbarcode",
    "patientbarcode",
    "patientid",
    "subjectid",
    "participantid",
    "patient",
    "subject",
    "participant",
    "patientno",
    "patientnumber",
    "subjectno",
    "subjectnumber",
    "ptid",
    "pid",
    "mrn",
    "患者id",
    "病人id",
    "患者编号",
    "病人编号",
    "患者号",
    "病人号",
    "受试者编号",
    "受试者id",
    "住院号",
    "病历号",
    "病案号",
    "登记号",
    "门诊号",
    "就诊号",
    "患者",
    "病人",
    "受试者",
];

/// Names of case identifiers, folded.
pub(super) const CASE: &[&str] = &[
    "caseid",
    "casename",
    "caseno",
    "casenumber",
    "case",
    "casesubmitterid",
    "id",
    "studyid",
    "病例id",
    "病例编号",
    "病例号",
    "病例",
    "编号",
    "研究编号",
];

/// Names of columns that tell the lesions of a patient apart, folded; used only where a patient has several rows.
pub(super) const LESION: &[&str] = &[
    "lesionid",
    "lesion",
    "lesionno",
    "lesionnumber",
    "tumorid",
    "tumourid",
    "noduleid",
    "leftright",
    "laterality",
    "side",
    "breastside",
    "病灶编号",
    "病灶id",
    "病灶号",
    "病灶",
    "侧别",
    "左右",
];

/// Names of the centre, folded.
pub(super) const SITE: &[&str] =
    &["site", "siteid", "center", "centre", "centerid", "centreid", "institution", "hospital", "中心", "医院", "机构"];

/// Names of what identifies a person, folded. Such columns are used only if they are mapped by name.
const IDENTIFYING: &[&str] = &[
    "name",
    "patientname",
    "fullname",
    "firstname",
    "lastname",
    "surname",
    "dateofbirth",
    "birthdate",
    "dob",
    "phone",
    "telephone",
    "mobile",
    "address",
    "email",
    "ssn",
    "姓名",
    "患者姓名",
    "病人姓名",
    "名字",
    "身份证",
    "身份证号",
    "身份证号码",
    "电话",
    "联系电话",
    "手机",
    "手机号",
    "手机号码",
    "地址",
    "住址",
    "家庭住址",
    "出生日期",
    "邮箱",
];

/// A column name without regard to case, width, spaces and punctuation: `Patient_ID` and `patient id` are `patientid`.
pub(super) fn fold(name: &str) -> String {
    half_width(name).chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether a column of this name identifies persons.
pub(super) fn is_identifying(name: &str) -> bool {
    IDENTIFYING.contains(&fold(name).as_str())
}

/// Whether the last word of a name says identifier, though the name is none of the usual ones: `PatID`, `ID1`, `lab_id`. Not
/// `steroid`.
pub(super) fn sounds_like_id(name: &str) -> bool {
    let name = half_width(name);
    let name = name.trim_end_matches(|c: char| c.is_ascii_digit() || !c.is_alphanumeric());
    let lower = name.to_lowercase();
    if ["uuid", "barcode", "编号"].iter().any(|end| lower.ends_with(end)) {
        return true;
    }
    let Some(start) = name.len().checked_sub(2).filter(|&start| name.is_char_boundary(start)) else { return false };
    if !name[start..].eq_ignore_ascii_case("id") {
        return false;
    }
    // A word begins after a sign, at the start, or where small letters change to capitals.
    let before = name[..start].chars().next_back();
    before.is_none_or(|c| !c.is_alphabetic() || (c.is_lowercase() && name[start..].starts_with('I')) || !c.is_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_folded() {
        for name in ["Patient_ID", "patient id", "PATIENT-ID", "PatientID", " Ｐatient.ID "] {
            assert!(PATIENT.contains(&fold(name).as_str()), "{name}");
        }
        assert_eq!(fold("病人 ID"), "病人id");
        assert!(is_identifying("姓 名") && is_identifying("Patient Name") && !is_identifying("CaseName"));
    }

    #[test]
    fn what_sounds_like_an_identifier() {
        for name in ["ID1", "PatID", "lab_id", "case.ID", "样本编号", "sample_barcode", "bcr_patient_uuid", "影像ID"] {
            assert!(sounds_like_id(name), "{name}");
        }
        for name in ["steroid", "Thyroid", "lipid_", "grid", "i", "号", ""] {
            assert!(!sounds_like_id(name), "{name}");
        }
    }
}
