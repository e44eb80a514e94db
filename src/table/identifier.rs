//! Which case, patient and site a row belongs to.
//!
//! A case is a row (a lesion), the patient groups cases, the site is the centre. Identifiers are texts: `007` is not `7` until
//! [`harmonise`](super::harmonise) has found that two files mean the same.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::finding::{Finding, count, first_few};
use super::id_names::{CASE, LESION, PATIENT, SITE, fold, is_identifying, sounds_like_id};
use super::raw::{RawColumn, RawTable};
use crate::error::{Error, InputError, Result};

/// Which columns hold identifiers, where the user says so.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct IdMapping {
    /// The column that is different in every row.
    pub case: Option<String>,
    /// The column of the patient.
    pub patient: Option<String>,
    /// The column that tells the lesions of a patient apart.
    pub lesion: Option<String>,
    /// The column of the centre.
    pub site: Option<String>,
}

/// The identifiers of a table's rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Identifiers {
    /// The file.
    pub path: PathBuf,
    /// The column of the patients (or of the cases, if there is none).
    pub column: String,
    /// One per row, each once.
    pub cases: Vec<String>,
    /// One per row.
    pub patients: Vec<String>,
    /// One per row, if there is a column of sites.
    pub sites: Option<Vec<Option<String>>>,
    /// The row of each case as a spreadsheet counts.
    pub rows: Vec<usize>,
    /// The positions of all columns that identify something and are no features: those used, other identifiers, and what
    /// identifies a person.
    pub id_columns: Vec<usize>,
}

/// Finds out which case, patient and site each row belongs to.
///
/// # Definition
/// Columns are found by `mapping`, else by their usual names without regard to case, width and punctuation (`patient_id`,
/// `Patient ID`, `bcr_patient_barcode`, `CaseName`, `患者编号`, `住院号` …). The patient's identifier is the case's where it tells
/// all rows apart. Where it does not, a column of cases does, or else the patient and a column of lesions together (`P1/L`). A
/// name of a person is used only if it is mapped.
///
/// # Errors
/// [`InputError`]: no column of identifiers, rows without one, or rows that no column tells apart.
pub fn identify(table: &RawTable, mapping: &IdMapping) -> Result<(Identifiers, Vec<Finding>)> {
    let mut finder = Finder { table, findings: Vec::new() };
    let columns = finder.columns(mapping)?;
    let patients = finder.ids(columns.patient)?;
    let cases = finder.cases(&columns, mapping, &patients)?;
    let sites = columns.site.map(|site| finder.texts(site));
    let id_columns = finder.id_columns(&columns);
    finder.look_alikes(&patients, columns.patient);
    let findings = finder.findings.into_iter().map(|finding| finding.in_file(&table.path)).collect();
    let identifiers = Identifiers {
        path: table.path.clone(),
        column: table.columns[columns.patient].name.clone(),
        cases,
        patients,
        sites,
        rows: (0..table.n_rows()).map(|row| table.row_number(row)).collect(),
        id_columns,
    };
    Ok((identifiers, findings))
}

/// The columns that together name a case in a table where it may have several rows: the mapped column of cases, else patient and
/// lesion, else the patient alone.
pub(super) fn key_columns(table: &RawTable, mapping: &IdMapping) -> Result<Vec<usize>> {
    let columns = Finder { table, findings: Vec::new() }.columns(mapping)?;
    Ok(match (&mapping.case, columns.lesion) {
        (Some(_), _) => vec![columns.case.unwrap_or(columns.patient)],
        (None, Some(lesion)) => vec![columns.patient, lesion],
        (None, None) => vec![columns.patient],
    })
}

/// The columns of identifiers, by position.
struct IdColumns {
    patient: usize,
    case: Option<usize>,
    lesion: Option<usize>,
    site: Option<usize>,
}

struct Finder<'a> {
    table: &'a RawTable,
    findings: Vec<Finding>,
}

impl Finder<'_> {
    fn columns(&mut self, mapping: &IdMapping) -> Result<IdColumns> {
        let case = self.mapped(&mapping.case)?.or_else(|| self.usual_case());
        let patient = match self.mapped(&mapping.patient)? {
            Some(patient) => Some(patient),
            // A mapped case without a mapped patient says what tells rows apart; a patient by its usual name may group them.
            None => self.usual(PATIENT).or(case).or_else(|| self.by_sound()),
        };
        let patient = patient.ok_or_else(|| self.nothing_found())?;
        let lesion = self.mapped(&mapping.lesion)?.or_else(|| self.usual(LESION));
        let site = self.mapped(&mapping.site)?.or_else(|| self.usual_site());
        Ok(IdColumns { patient, case: case.filter(|&case| case != patient), lesion, site })
    }

    fn mapped(&mut self, name: &Option<String>) -> Result<Option<usize>> {
        let Some(name) = name else { return Ok(None) };
        self.table.column(name)?;
        if is_identifying(name) {
            let message = "a column that identifies persons is used as identifier, as was asked; its cells appear in the results";
            self.findings.push(Finding::warning("identifying-column", message).in_columns([name]));
        }
        Ok(self.table.position(name))
    }

    /// The column of the first of the usual names that there is.
    fn usual(&self, names: &[&str]) -> Option<usize> {
        let folded: Vec<String> = self.table.columns.iter().map(|column| fold(&column.name)).collect();
        names.iter().find_map(|name| folded.iter().position(|folded| folded == name))
    }

    /// The first column with the usual name of a case that is different in every row, since `case` may also tell cases from
    /// controls; else the first with such a name.
    fn usual_case(&self) -> Option<usize> {
        let different = |at: &usize| {
            let ids: Vec<String> = self.texts(*at).into_iter().flatten().collect();
            ids.len() == self.table.n_rows() && repeats(&ids).is_empty()
        };
        let named = CASE.iter().filter_map(|name| self.usual(&[name]));
        named.clone().find(different).or_else(|| named.clone().next())
    }

    fn usual_site(&mut self) -> Option<usize> {
        let site = self.usual(SITE)?;
        let message = "a column that is taken for the centre by its name, and is no feature";
        self.findings.push(Finding::info("site-column", message).in_columns([&self.table.columns[site].name]));
        Some(site)
    }

    /// The only column whose name sounds like an identifier.
    fn by_sound(&mut self) -> Option<usize> {
        let columns = &self.table.columns;
        let all: Vec<usize> = (0..columns.len()).filter(|&at| sounds_like_id(&columns[at].name)).collect();
        let [only] = all[..] else { return None };
        let message = "no usual name of identifiers; this column is used, the only one whose name sounds like one";
        self.findings.push(Finding::info("id-column", message).in_columns([&columns[only].name]));
        Some(only)
    }

    fn nothing_found(&self) -> Error {
        let personal = self.table.columns.iter().find(|column| is_identifying(&column.name));
        let advice = match personal {
            Some(column) => format!(
                "a column named patient_id, ID, 患者编号 …, or a mapping; `{}` identifies persons and is used only if mapped",
                column.name
            ),
            None => "a column named patient_id, case_id, ID, CaseName, 患者编号 …, or a mapping that names it".to_owned(),
        };
        InputError::new(&self.table.path, "no column of patient or case identifiers", advice).into()
    }

    /// The identifiers of a column, none missing.
    fn ids(&mut self, at: usize) -> Result<Vec<String>> {
        let column = &self.table.columns[at];
        let texts = self.texts(at);
        let missing: Vec<usize> =
            (0..texts.len()).filter(|&row| texts[row].is_none()).map(|row| self.table.row_number(row)).collect();
        if let Some(&first) = missing.first() {
            let found = format!("no identifier in {} ({})", count(missing.len(), "row"), first_few(&missing, 3));
            let fault = InputError::new(&self.table.path, found, "an identifier in every row; fill it in or take the row out");
            return Err(fault.at_row(first).in_column(&column.name).into());
        }
        let mut ids: Vec<String> = texts.into_iter().flatten().collect();
        // A column of whole numbers that went through a program as real numbers: 17 became 17.0.
        let whole = |id: &String| {
            id.strip_suffix(".0").is_some_and(|whole| !whole.is_empty() && whole.bytes().all(|b| b.is_ascii_digit()))
        };
        if !ids.is_empty() && ids.iter().all(whole) {
            ids.iter_mut().for_each(|id| id.truncate(id.len() - 2));
            let message = "whole numbers written with a decimal (17.0), read without it";
            self.findings.push(Finding::info("decimal-id", message).in_columns([&column.name]));
        }
        Ok(ids)
    }

    fn texts(&self, at: usize) -> Vec<Option<String>> {
        let column = &self.table.columns[at];
        (0..self.table.n_rows()).map(|row| column.text(row).map(|text| text.into_owned())).collect()
    }

    fn cases(&mut self, columns: &IdColumns, mapping: &IdMapping, patients: &[String]) -> Result<Vec<String>> {
        if mapping.case.is_some() && mapping.lesion.is_none() {
            let cases = match columns.case {
                Some(case) => self.ids(case)?,
                None => patients.to_vec(),
            };
            return self.told_apart(cases, columns.case.unwrap_or(columns.patient));
        }
        if repeats(patients).is_empty() && mapping.lesion.is_none() {
            return Ok(patients.to_vec());
        }
        if mapping.lesion.is_none()
            && let Some(case) = columns.case
            && let Ok(cases) = self.ids(case)
            && repeats(&cases).is_empty()
        {
            self.say_several("the case's own identifier", case);
            return Ok(cases);
        }
        match columns.lesion {
            Some(lesion) => {
                let cases: Vec<String> =
                    patients.iter().zip(self.ids(lesion)?).map(|(patient, lesion)| format!("{patient}/{lesion}")).collect();
                let cases = self.told_apart(cases, columns.patient)?;
                self.say_several("patient and lesion together", lesion);
                Ok(cases)
            }
            None => self.told_apart(patients.to_vec(), columns.patient),
        }
    }

    fn say_several(&mut self, what: &str, at: usize) {
        let message = format!("patients with several rows; a row is identified by {what}");
        self.findings.push(Finding::info("several-cases", message).in_columns([&self.table.columns[at].name]));
    }

    /// The cases, if each occurs once.
    fn told_apart(&self, cases: Vec<String>, at: usize) -> Result<Vec<String>> {
        let repeated = repeats(&cases);
        let Some(&(first, again)) = repeated.first() else { return Ok(cases) };
        let rows = (self.table.row_number(first), self.table.row_number(again));
        let more =
            if repeated.len() > 1 { format!(", and {} more", count(repeated.len() - 1, "such row")) } else { String::new() };
        let helpful: Vec<String> =
            self.table.columns.iter().filter(|c| tells_apart(&cases, c)).map(|c| format!("`{}`", c.name)).collect();
        let advice = if helpful.is_empty() {
            "each identifier in one row; take the repeated rows out".to_owned()
        } else {
            format!("each identifier in one row; map a column that tells lesions apart, such as {}", first_few(&helpful, 3))
        };
        let fault = InputError::new(&self.table.path, format!("the identifier of row {} again{more}", rows.0), advice);
        Err(fault.at_row(rows.1).in_column(&self.table.columns[at].name).into())
    }

    /// All columns that identify something; those that identify a person are reported.
    fn id_columns(&mut self, used: &IdColumns) -> Vec<usize> {
        let columns = &self.table.columns;
        let is_id = |name: &str| {
            let folded = fold(name);
            PATIENT.contains(&folded.as_str()) || CASE.contains(&folded.as_str()) || sounds_like_id(name)
        };
        let used = [Some(used.patient), used.case, used.lesion, used.site];
        let personal = |at: &usize| is_identifying(&columns[*at].name);
        let all: Vec<usize> =
            (0..columns.len()).filter(|at| used.contains(&Some(*at)) || personal(at) || is_id(&columns[*at].name)).collect();
        let left_out: Vec<&String> = all.iter().filter(|at| !used.contains(&Some(**at))).map(|&at| &columns[at].name).collect();
        let (personal, other): (Vec<&String>, Vec<&String>) = left_out.into_iter().partition(|name| is_identifying(name));
        if !personal.is_empty() {
            let message = format!("{} that identifies persons; left out of everything", count(personal.len(), "column"));
            self.findings.push(Finding::warning("identifying-column", message).in_columns(personal));
        }
        if !other.is_empty() {
            let message = format!("{} with other identifiers; not used, and no features", count(other.len(), "column"));
            self.findings.push(Finding::info("other-id-column", message).in_columns(other));
        }
        all
    }

    /// Identifiers of one file that are the same but for case, width, spaces or leading zeros.
    fn look_alikes(&mut self, ids: &[String], at: usize) {
        let mut spellings: HashMap<String, HashSet<&str>> = HashMap::new();
        for id in ids {
            spellings.entry(super::id_spelling::normal(id)).or_default().insert(id);
        }
        let doubtful = |row: &usize| spellings[&super::id_spelling::normal(&ids[*row])].len() > 1;
        let rows: Vec<usize> = (0..ids.len()).filter(doubtful).map(|row| self.table.row_number(row)).collect();
        if !rows.is_empty() {
            let message = format!(
                "{} whose identifiers differ from another's only in case, width, spaces or leading zeros; left apart",
                count(rows.len(), "row")
            );
            self.findings.push(Finding::warning("similar-id", message).in_columns([&self.table.columns[at].name]).at_rows(rows));
        }
    }
}

/// The rows whose identifier stands in an earlier row: (earlier, later).
fn repeats(ids: &[String]) -> Vec<(usize, usize)> {
    let mut first: HashMap<&str, usize> = HashMap::new();
    let mut repeats = Vec::new();
    for (row, id) in ids.iter().enumerate() {
        match first.get(id.as_str()) {
            Some(&earlier) => repeats.push((earlier, row)),
            None => drop(first.insert(id, row)),
        }
    }
    repeats
}

/// Whether a column of few values, such as the side, makes all identifiers different.
fn tells_apart(ids: &[String], column: &RawColumn) -> bool {
    let mut values = HashSet::new();
    let mut pairs = HashSet::new();
    for (row, id) in ids.iter().enumerate() {
        let Some(value) = column.text(row) else { return false };
        values.insert(value.to_string());
        if values.len() > 20 || !pairs.insert((id, value)) {
            return false;
        }
    }
    true
}
