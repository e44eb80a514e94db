//! Columns that two conventions read differently, settled by the other columns of the file.

use super::super::number::Decimal;
use super::super::sheet::SheetColumn;
use super::attempt::Attempt;
use super::{Draft, DraftCells, Notation};

/// Settles the ambiguous columns, or leaves them as text.
///
/// A file has one convention: `1,234` is a thousand beside `0.5`, and a fraction beside `0,5` or between semicolons. Where the
/// file shows both conventions or none, nobody can tell.
pub(super) fn settle(drafts: &mut [Draft], columns: &[SheetColumn], notation: &Notation) {
    let shows = |drafts: &[Draft], decimal| drafts.iter().any(|draft| draft.decimal() == Some(decimal));
    let comma = shows(drafts, Decimal::Comma);
    if comma && notation.decimal.is_none() {
        doubt_points(drafts, columns, notation);
    }
    let convention = match (shows(drafts, Decimal::Point), comma) {
        (true, false) => Some(Decimal::Point),
        (false, true) => Some(Decimal::Comma),
        (false, false) if notation.semicolons => Some(Decimal::Comma),
        _ => None,
    };
    for draft in drafts {
        let DraftCells::Ambiguous { point, comma } = &mut draft.cells else { continue };
        let values = match convention {
            Some(Decimal::Point) => std::mem::take(point),
            Some(Decimal::Comma) => std::mem::take(comma),
            None => {
                draft.notes.unsettled = true;
                draft.cells = DraftCells::Text;
                continue;
            }
        };
        draft.notes.grouped = convention == Some(Decimal::Point);
        draft.cells = DraftCells::Number { values, decimal: convention };
    }
}

/// In a file with decimal commas, a column whose points could all be thousands separators (`1.234`) may come from a program that
/// writes decimal points, or may not: it is left as text.
fn doubt_points(drafts: &mut [Draft], columns: &[SheetColumn], notation: &Notation) {
    for (draft, column) in drafts.iter_mut().zip(columns) {
        let DraftCells::Number { values, decimal: Some(Decimal::Point) } = &mut draft.cells else { continue };
        let comma = Attempt::new(column, notation, values, &[], Decimal::Comma);
        if comma.strays.is_empty() && &comma.values != values {
            draft.notes.unsettled = true;
            draft.cells = DraftCells::Text;
        }
    }
}
