//! Columns whose name gives them away.

use super::{Leak, Verdict};
use crate::modality::clinical::dictionary::{self, Family, Question};
use crate::modality::clinical::fold;

/// All columns of a table whose names give the outcome away, in the table's order.
///
/// `outcome_columns` are those that the outcome was derived from.
pub fn by_names<S: AsRef<str>>(columns: &[S], question: Question, outcome_columns: &[String]) -> Vec<Leak> {
    columns.iter().filter_map(|column| by_name(column.as_ref(), question, outcome_columns)).collect()
}

/// Why the name of a column gives the outcome away, if it does.
///
/// # Definition
/// First the study itself (a column that the outcome was derived from), then the dictionary (a variable that defines the outcome,
/// then one that may give it away), then words in the name.
pub fn by_name(column: &str, question: Question, outcome_columns: &[String]) -> Option<Leak> {
    let leak = |verdict, why: &str| Some(Leak { column: column.to_string(), why: why.to_string(), verdict });
    if outcome_columns.iter().any(|outcome| outcome == column) {
        return leak(Verdict::Excluded, "is what the outcome was derived from");
    }
    if let Some(variable) = dictionary::variable_of_column(column) {
        if variable.defines.contains(&question) {
            return leak(Verdict::Excluded, &format!("defines the outcome ({})", variable.description));
        }
        if variable.gives_away.contains(&question) {
            let why = match variable.family {
                Family::Course => "is known only after the outcome, or was chosen in its knowledge",
                _ => "is recorded of cancers only, so that its presence may tell the outcome",
            };
            return leak(Verdict::Warned, &format!("{why} ({})", variable.description));
        }
    }
    let words = Words::of(column);
    let found = WORDS.iter().find(|rule| rule.questions.contains(&question) && rule.words.iter().any(|word| words.has(word)));
    found.and_then(|rule| leak(rule.verdict, rule.why))
}

/// Words in a column's name that give it away.
struct Rule {
    words: &'static [&'static str],
    questions: &'static [Question],
    verdict: Verdict,
    why: &'static str,
}

const HER2: &[Question] = &[Question::Her2];
const EVERY: &[Question] = &[Question::Her2, Question::Malignancy, Question::Response];
const HER2_AND_MALIGNANCY: &[Question] = &[Question::Her2, Question::Malignancy];

/// Words of Latin letters stand for themselves or for the beginning of a word in the name; a leading `=` asks for the whole word.
const WORDS: &[Rule] = &[
    Rule {
        words: &[
            "trastuzumab",
            "herceptin",
            "pertuzumab",
            "=tdm1",
            "=t-dm1",
            "kadcyla",
            "=tdxd",
            "=t-dxd",
            "deruxtecan",
            "enhertu",
            "lapatinib",
            "neratinib",
            "tucatinib",
            "pyrotinib",
            "inetetamab",
            "margetuximab",
            "antiher2",
            "anti-her2",
            "anti_her2",
            "曲妥珠",
            "赫赛汀",
            "帕妥珠",
            "吡咯替尼",
            "伊尼妥",
            "靶向",
            "抗her2",
        ],
        questions: HER2,
        verdict: Verdict::Warned,
        why: "names a treatment that is given for HER2",
    },
    Rule {
        words: &["her2", "her-2", "=fish", "=cish", "=sish", "=ish", "=neu", "cerbb", "c-erbb", "=cep17", "=cent17", "原位杂交"],
        questions: HER2,
        verdict: Verdict::Excluded,
        why: "names HER2 itself",
    },
    Rule {
        words: &["subtype", "pam50", "luminal", "basal-like", "tnbc", "triple_negative", "分子分型", "分型"],
        questions: HER2,
        verdict: Verdict::Excluded,
        why: "names a molecular subtype, which is made from HER2",
    },
    Rule {
        words: &["erbb2", "=grb7", "oncotype", "mammaprint", "prosigna"],
        questions: HER2,
        verdict: Verdict::Warned,
        why: "names the HER2 gene, its neighbour or a signature that contains it",
    },
    Rule {
        words: &[
            "treatment",
            "therapy",
            "regimen",
            "chemo",
            "pharmaceutical",
            "=drug",
            "adjuvant",
            "neoadjuvant",
            "治疗",
            "化疗",
            "方案",
            "用药",
        ],
        questions: HER2_AND_MALIGNANCY,
        verdict: Verdict::Warned,
        why: "names a treatment, which is chosen in knowledge of the outcome",
    },
    Rule {
        words: &["=pcr", "response", "residual", "=rcb", "miller", "缓解", "疗效"],
        questions: EVERY,
        verdict: Verdict::Warned,
        why: "names the response to treatment, which is known only after the outcome",
    },
    Rule {
        words: &[
            "survival",
            "=os",
            "=dfs",
            "=rfs",
            "=pfs",
            "death",
            "vital",
            "recurrence",
            "relapse",
            "progression",
            "生存",
            "死亡",
            "复发",
            "随访",
        ],
        questions: EVERY,
        verdict: Verdict::Warned,
        why: "names the later course, which is known only after the outcome",
    },
    Rule {
        words: &[
            "malignan",
            "=benign",
            "=cancer",
            "histolog",
            "histopatholog",
            "patholog",
            "diagnos",
            "biopsy",
            "=verification",
            "恶性",
            "良性",
            "病理",
            "诊断",
            "活检",
        ],
        questions: &[Question::Malignancy],
        verdict: Verdict::Warned,
        why: "names the diagnosis",
    },
];

/// A column's name, folded, and cut where a word can begin.
struct Words {
    name: String,
}

impl Words {
    fn of(column: &str) -> Words {
        Words { name: fold(column) }
    }

    fn has(&self, word: &str) -> bool {
        let (word, whole) = word.strip_prefix('=').map_or((word, false), |word| (word, true));
        self.name.match_indices(word).any(|(at, _)| {
            let before = self.name[..at].chars().next_back();
            let after = self.name[at + word.len()..].chars().next();
            let letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
            // Chinese has no blanks between words; it is enough that a Latin word does not begin inside another.
            let begins = !word.starts_with(|c: char| c.is_ascii_alphanumeric()) || !letter(before);
            begins && (!whole || !after.is_some_and(|c| c.is_ascii_alphanumeric()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(column: &str, question: Question) -> Option<Verdict> {
        by_name(column, question, &["outcome_column".to_string()]).map(|leak| leak.verdict)
    }

    #[test]
    fn what_defines_her2_is_excluded() {
        for column in [
            "outcome_column",
            "HER2 IHC",
            "her2",
            "FISH",
            "CISH",
            "her2_cent17_ratio",
            "nte_her2_status",
            "HER2免疫组化",
            "分子分型",
            "PAM50",
            "subtype",
            "clinical_HER2_score",
            "HER2_amplification_tested",
            "mol_subtype",
        ] {
            assert_eq!(verdict(column, Question::Her2), Some(Verdict::Excluded), "{column}");
        }
    }

    #[test]
    fn what_may_give_it_away_is_named() {
        for column in [
            "treatment",
            "Trastuzumab",
            "Herceptin_given",
            "anti-HER2 therapy",
            "T-DXd",
            "靶向治疗",
            "pCR",
            "mrna_ERBB2",
            "overall survival",
            "adjuvant_chemo",
            "OS",
            "vital_status",
            "曲妥珠单抗用药",
        ] {
            assert_eq!(verdict(column, Question::Her2), Some(Verdict::Warned), "{column}");
        }
    }

    #[test]
    fn innocent_names_stay() {
        for column in [
            "age",
            "er",
            "Ki-67",
            "rad__T1_E_Intensity_Mean",
            "mother2",
            "position",
            "fishing",
            "mri.dce2_original_glcm_Contrast",
            "绝经",
            "grade",
        ] {
            assert_eq!(verdict(column, Question::Her2), None, "{column}");
        }
        assert_eq!(verdict("her2", Question::Malignancy), Some(Verdict::Warned));
        assert_eq!(verdict("her2", Question::Other), None);
        assert_eq!(verdict("Diagnosis", Question::Malignancy), Some(Verdict::Excluded));
        assert_eq!(verdict("BIRADS", Question::Malignancy), None);
    }
}
