//! A column of features: a scalar, a category, or an array per case.

use std::collections::HashSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::raw::{Cells, RawColumn};
use crate::error::{Error, Result};

/// What a column holds per case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A number.
    Scalar,
    /// One of a set of levels.
    Category,
    /// An array of numbers, of the same shape in every case: a bag of supervoxel vectors, an image crop.
    Array,
}

/// A column of features, one value per case. What is missing is `None`, never NaN.
#[derive(Debug, Clone, PartialEq)]
pub struct Column(Values);

#[derive(Debug, Clone, PartialEq)]
enum Values {
    Scalar(Vec<Option<f64>>),
    Category { codes: Vec<Option<u32>>, levels: Vec<String> },
    Array(Array),
}

#[derive(Debug, Clone, PartialEq)]
struct Array {
    shape: Vec<usize>,
    /// Case after case; a missing case is filled with zeros that nobody sees.
    values: Vec<f32>,
    present: Vec<bool>,
}

/// A look at a [`Column`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ColumnView<'a> {
    /// A number per case, finite or missing.
    Scalar(&'a [Option<f64>]),
    /// A level per case.
    Category {
        /// The position of the case's level in `levels`.
        codes: &'a [Option<u32>],
        /// The levels, each once; some may occur in no case.
        levels: &'a [String],
    },
    /// An array per case.
    Array(ArrayView<'a>),
}

/// A look at the arrays of a column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ArrayView<'a> {
    array: &'a Array,
}

impl<'a> ArrayView<'a> {
    /// The shape of each case's array.
    pub fn shape(&self) -> &'a [usize] {
        &self.array.shape
    }

    /// The array of case `row`, last axis fastest, or `None` where it is missing.
    pub fn case(&self, row: usize) -> Option<&'a [f32]> {
        let size = self.array.size();
        self.array.present[row].then(|| &self.array.values[row * size..(row + 1) * size])
    }
}

impl Array {
    fn size(&self) -> usize {
        self.shape.iter().product()
    }
}

impl Column {
    /// A column of numbers. What is not finite becomes missing.
    pub fn scalar(values: impl IntoIterator<Item = Option<f64>>) -> Self {
        Column(Values::Scalar(values.into_iter().map(|value| value.filter(|value| value.is_finite())).collect()))
    }

    /// A column of levels by their position in `levels`.
    ///
    /// # Errors
    /// [`Error::Usage`] for a level that occurs twice or a position beyond the last level.
    pub fn category(codes: Vec<Option<u32>>, levels: Vec<String>) -> Result<Self> {
        if let Some(twice) = first_repeated(&levels) {
            return Err(Error::usage(format!("level `{twice}` occurs twice")));
        }
        if let Some(code) = codes.iter().flatten().find(|&&code| code as usize >= levels.len()) {
            return Err(Error::usage(format!("level {code} of {} levels", levels.len())));
        }
        Ok(Column(Values::Category { codes, levels }))
    }

    /// A column of words; the levels are those that occur, in alphabetical order.
    pub fn words<S: AsRef<str>>(words: &[Option<S>]) -> Self {
        let mut levels: Vec<String> = words.iter().flatten().map(|word| word.as_ref().to_owned()).collect();
        levels.sort_unstable();
        levels.dedup();
        let code = |word: &Option<S>| {
            word.as_ref().and_then(|word| levels.binary_search_by(|level| level.as_str().cmp(word.as_ref())).ok())
        };
        let codes = words.iter().map(|word| code(word).map(|code| code as u32)).collect();
        Column(Values::Category { codes, levels })
    }

    /// A column of arrays of one shape, last axis fastest.
    ///
    /// # Errors
    /// [`Error::Usage`] for an array of another size, or a shape without elements.
    pub fn array(shape: Vec<usize>, cases: Vec<Option<Vec<f32>>>) -> Result<Self> {
        let size =
            shape.iter().try_fold(1usize, |size, &axis| size.checked_mul(axis)).filter(|&size| size > 0 && !shape.is_empty());
        let Some(size) = size else { return Err(Error::usage(format!("an array of shape {shape:?} has no elements"))) };
        let mut array = Array { shape, values: Vec::with_capacity(size * cases.len()), present: Vec::with_capacity(cases.len()) };
        for case in cases {
            array.present.push(case.is_some());
            match case {
                Some(values) if values.len() == size => array.values.extend(values),
                Some(values) => {
                    return Err(Error::usage(format!("{} numbers for an array of shape {:?}", values.len(), array.shape)));
                }
                None => array.values.resize(array.values.len() + size, 0.0),
            }
        }
        Ok(Column(Values::Array(array)))
    }

    /// The column of a file as features: numbers are scalars, words are categories.
    pub fn from_raw(column: &RawColumn) -> Self {
        match &column.cells {
            Cells::Number(values) => Column::scalar(values.iter().copied()),
            Cells::Text(values) => Column::words(values),
        }
    }

    /// The values.
    pub fn view(&self) -> ColumnView<'_> {
        match &self.0 {
            Values::Scalar(values) => ColumnView::Scalar(values),
            Values::Category { codes, levels } => ColumnView::Category { codes, levels },
            Values::Array(array) => ColumnView::Array(ArrayView { array }),
        }
    }

    /// What the column holds.
    pub fn kind(&self) -> Kind {
        match &self.0 {
            Values::Scalar(_) => Kind::Scalar,
            Values::Category { .. } => Kind::Category,
            Values::Array(_) => Kind::Array,
        }
    }

    /// How many cases there are, those without a value included.
    pub fn len(&self) -> usize {
        match &self.0 {
            Values::Scalar(values) => values.len(),
            Values::Category { codes, .. } => codes.len(),
            Values::Array(array) => array.present.len(),
        }
    }

    /// Whether there is no case.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether case `row` has no value.
    pub fn is_missing(&self, row: usize) -> bool {
        match &self.0 {
            Values::Scalar(values) => values[row].is_none(),
            Values::Category { codes, .. } => codes[row].is_none(),
            Values::Array(array) => !array.present[row],
        }
    }

    /// The column with the cases `rows` in that order; `None` is a case without a value.
    pub(super) fn take(&self, rows: &[Option<usize>]) -> Self {
        fn pick<T: Copy>(values: &[Option<T>], rows: &[Option<usize>]) -> Vec<Option<T>> {
            rows.iter().map(|row| row.and_then(|row| values[row])).collect()
        }
        Column(match &self.0 {
            Values::Scalar(values) => Values::Scalar(pick(values, rows)),
            Values::Category { codes, levels } => Values::Category { codes: pick(codes, rows), levels: levels.clone() },
            Values::Array(array) => {
                let size = array.size();
                let mut taken =
                    Array { shape: array.shape.clone(), values: Vec::with_capacity(size * rows.len()), present: Vec::new() };
                for row in rows {
                    match row.filter(|&row| array.present[row]) {
                        Some(row) => taken.values.extend_from_slice(&array.values[row * size..(row + 1) * size]),
                        None => taken.values.resize(taken.values.len() + size, 0.0),
                    }
                    taken.present.push(row.is_some_and(|row| array.present[row]));
                }
                Values::Array(taken)
            }
        })
    }
}

fn first_repeated(levels: &[String]) -> Option<&String> {
    let mut seen = HashSet::new();
    levels.iter().find(|level| !seen.insert(level.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_finite_is_missing() {
        let column = Column::scalar([Some(1.0), Some(f64::NAN), Some(f64::INFINITY), None]);
        assert_eq!(column.view(), ColumnView::Scalar(&[Some(1.0), None, None, None]));
    }

    #[test]
    fn levels_are_sorted_and_codes_point_at_them() {
        let column = Column::words(&[Some("b"), None, Some("a"), Some("b")]);
        let levels = ["a".to_owned(), "b".to_owned()];
        assert_eq!(column.view(), ColumnView::Category { codes: &[Some(1), None, Some(0), Some(1)], levels: &levels });
        assert!(Column::category(vec![Some(2)], levels.to_vec()).is_err());
        assert!(Column::category(vec![], vec!["a".into(), "a".into()]).is_err());
    }

    #[test]
    fn arrays_keep_their_shape() {
        let column = Column::array(vec![2, 2], vec![Some(vec![1., 2., 3., 4.]), None, Some(vec![5., 6., 7., 8.])]).unwrap();
        let taken = column.take(&[Some(2), None, Some(1)]);
        let ColumnView::Array(view) = taken.view() else { panic!("{taken:?}") };
        assert_eq!(
            (view.shape(), view.case(0), view.case(1), view.case(2)),
            (&[2, 2][..], Some(&[5., 6., 7., 8.][..]), None, None)
        );
        assert!(Column::array(vec![2], vec![Some(vec![1.0])]).is_err());
        assert!(Column::array(vec![], vec![]).is_err());
        assert!(Column::array(vec![usize::MAX, 2], vec![]).is_err());
    }
}
