//! Dates as people write them.

/// Whether a text is a date: year, month and day in some order between `-`, `/`, `.` or 年月日.
pub fn is_date(text: &str) -> bool {
    let day = text.split([' ', 'T']).next().unwrap_or_default();
    let parts: Vec<&str> = day.split(['-', '/', '.', '年', '月', '日']).filter(|part| !part.is_empty()).collect();
    let numbers: Option<Vec<u32>> = parts.iter().map(|part| part.parse().ok()).collect();
    match numbers.as_deref() {
        Some([a, b, c]) => {
            let year = |y: u32| (1900..2100).contains(&y);
            let month_and_day = |x: u32, y: u32| (1..=31).contains(&x) && (1..=31).contains(&y) && x.min(y) <= 12;
            (year(*a) && month_and_day(*b, *c)) || (year(*c) && month_and_day(*a, *b))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_known_in_the_usual_forms() {
        for date in ["2024-05-31", "2024/5/3", "31.12.2024", "5/31/2024", "2024年5月31日", "2024-05-31 10:30:00"] {
            assert!(is_date(date), "{date}");
        }
        for other in ["1.2.3", "2024", "2024-13-32", "12-34", "T2", "1/2/3"] {
            assert!(!is_date(other), "{other}");
        }
    }
}
