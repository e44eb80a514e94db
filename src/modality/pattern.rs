//! Column names with `*` for any run of characters.

/// Whether `name` fits `pattern`, in which `*` stands for any run of characters, also none. Capitals count.
pub fn fits(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let (first, last) = (parts.next().unwrap_or_default(), parts.next_back());
    let Some(rest) = name.strip_prefix(first) else { return false };
    let Some(last) = last else { return rest.is_empty() };
    let Some(mut rest) = rest.strip_suffix(last) else { return false };
    // The earliest place for each middle part leaves most room for the next.
    parts.all(|part| {
        rest.find(part).is_some_and(|at| {
            rest = &rest[at + part.len()..];
            true
        })
    })
}

/// Whether `name` fits any of the patterns.
pub fn fits_any(patterns: &[String], name: &str) -> bool {
    patterns.iter().any(|pattern| fits(pattern, name))
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn a_star_stands_for_any_run_of_characters() {
        for (pattern, name) in [
            ("rad__*", "rad__x"),
            ("rad__*", "rad__"),
            ("*", ""),
            ("*_glcm_*", "mri_glcm_Contrast"),
            ("a*b*c", "aXbbYc"),
            ("年*", "年龄"),
            ("x", "x"),
        ] {
            assert!(fits(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in
            [("rad__*", "rad_x"), ("x", "xy"), ("*_glcm_*", "glcm_"), ("a*b*c", "acb"), ("ab*ba", "aba"), ("", "x")]
        {
            assert!(!fits(pattern, name), "{pattern} {name}");
        }
    }

    proptest::proptest! {
        #[test]
        fn every_name_fits_itself_and_its_halves(name in "[^*]{0,12}", cut in 0usize..12) {
            proptest::prop_assert!(fits(&name, &name));
            let cut = name.char_indices().nth(cut).map_or(name.len(), |(at, _)| at);
            let (head, tail) = (format!("{}*", &name[..cut]), format!("*{}", &name[cut..]));
            proptest::prop_assert!(fits(&head, &name) && fits(&tail, &name));
        }
    }
}
