//! Results as a study would leave them, made from simulated scores: what the tests of tables and page render.
//!
//! Three studies: five arms without evidence of a difference (`her2`), three ordered classes (`three_classes`), and twelve
//! cases with one arm and hardly a number that is defined (`tiny`).

#![allow(dead_code)] // Each test file uses a part.

mod arms;
mod frame;
mod numbers;
mod views;

use vbx::study::results::Results;

/// 158 cases, 52 events, five arms with AUCs near 0.57: no evidence that fusion helps.
pub fn her2() -> Results {
    let mut results = frame::her2(158, 52);
    results.arms = arms::binary(&results, &arms::HER2, 181);
    results.comparisons = arms::comparisons(&results, &arms::HER2, 181);
    views::attach(&mut results);
    frame::answer(&mut results);
    results
}

/// The same study with `k` arms: the largest page that is likely.
pub fn many_arms(k: usize) -> Results {
    let mut results = frame::her2(158, 52);
    let plan: Vec<arms::Plan> = (0..k).map(arms::generic).collect();
    results.arms = arms::binary(&results, &plan, 5);
    results.comparisons = arms::comparisons(&results, &plan, 5);
    views::attach(&mut results);
    frame::answer(&mut results);
    results
}

/// Three ordered classes, three arms.
pub fn three_classes() -> Results {
    let mut results = frame::three_classes();
    results.arms = arms::three(&results, 3);
    results.comparisons = arms::comparisons_of_three(&results);
    views::attach_ordinal(&mut results);
    frame::answer(&mut results);
    results
}

/// The same with a multinomial nomogram.
pub fn multinomial() -> Results {
    let mut results = three_classes();
    views::attach_multinomial(&mut results);
    results
}

/// Twelve cases, one arm, undefined numbers with their reasons.
pub fn tiny() -> Results {
    let mut results = frame::tiny();
    results.arms = arms::binary(&results, &arms::HER2[..1], 2);
    arms::undefine(&mut results.arms[0]);
    results
}

/// `her2` with hostile names wherever a user can put one.
pub fn hostile() -> Results {
    const EVIL: &str = "<script>alert(1)</script>\"'&";
    let mut results = her2();
    results.title = format!("Title {EVIL}");
    results.question = Some(format!("Question {EVIL}"));
    results.outcome.name = format!("Outcome {EVIL}");
    results.arms[1].label = format!("=Arm {EVIL}");
    results.arms[1].description = EVIL.into();
    results.arms[1].features[0].name = format!("feature|{EVIL}\\_{{x}}");
    results.notices[0].message = EVIL.into();
    results.notices[0].columns = vec![EVIL.into()];
    results.statement[0] = format!("Statement {EVIL}");
    results.flow[0].label = EVIL.into();
    results.cohort.modalities[0].label = EVIL.into();
    if let Some(one) = &mut results.table_one {
        one.rows[0].label = EVIL.into();
    }
    if let Some(nomogram) = results.arms.iter_mut().find_map(|arm| arm.nomograms.first_mut()) {
        nomogram.axes[0].label = EVIL.into();
        nomogram.axes[0].ticks[0].0 = EVIL.into();
        nomogram.probabilities[0].label = format!("</script>{EVIL}");
    }
    results
}
