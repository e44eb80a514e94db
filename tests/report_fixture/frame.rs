//! Everything of a study but its arms.

use vbx::study::results::{
    CohortSummary, Count, FlowStep, Level, Measure, ModalitySummary, Notice, Origin, OutcomeSummary, PatternCount, Results,
    SiteCount, TableOne, TableOneRow, ValidationSummary,
};

fn count(name: &str, n: usize) -> Count {
    Count { name: name.into(), n }
}

fn notice(level: Level, code: &str, message: &str, columns: &[&str]) -> Notice {
    Notice { level, code: code.into(), message: message.into(), columns: columns.iter().map(|c| (*c).into()).collect() }
}

fn blank(title: &str, cases: usize, outcome: OutcomeSummary) -> Results {
    Results {
        layout: 1,
        software: "vbx 0.1.0".into(),
        origin: Origin::Study,
        title: title.into(),
        question: None,
        outcome,
        cohort: CohortSummary { cases, patients: cases, sites: vec![], modalities: vec![], patterns: vec![] },
        images: Vec::new(),
        flow: vec![],
        notices: vec![],
        validation: ValidationSummary {
            scheme: "repeated-k-fold".into(),
            sentence:
                "Five-fold cross-validation, repeated five times, grouped by patient and stratified by outcome; everything that \
                       is learned from data was learned inside the training folds."
                    .into(),
            folds: 5,
            repeats: 5,
            inner_folds: 5,
            seed: 20_260_722,
            folds_hash: "9f2b6d0c3a5e48719d1c0be6f7a2435881c3d9e0b47f6a1528e3c7d90b6a4f12".into(),
        },
        arms: vec![],
        comparisons: vec![],
        joint: None,
        table_one: None,
        associations: vec![],
        statement: vec![],
        limitations: vec![],
        methods: vec![],
    }
}

/// A two-class HER2 study in the manner of ISPY1.
pub fn her2(cases: usize, events: usize) -> Results {
    let outcome = OutcomeSummary {
        name: "HER2 positive versus low or zero".into(),
        classes: vec![count("HER2 low or zero", cases - events), count("HER2 positive", events)],
        event: Some("HER2 positive".into()),
        ordered: false,
        rules: vec![
            "HER2 positive: IHC 3+, or IHC 2+ with amplification by ISH.".into(),
            "IHC 2+ without an ISH result is undetermined and was excluded.".into(),
        ],
    };
    let mut results = blank("HER2 status from breast MRI and clinical variables", cases, outcome);
    results.question =
        Some("Does adding MRI radiomics to clinical variables predict HER2 status better than clinical variables alone?".into());
    results.cohort.sites = [("A", 31, 14), ("B", 22, 9), ("C", 18, 11), ("D", 13, 8), ("E", 11, 5), ("F", 7, 3), ("G", 4, 2)]
        .map(|(name, a, b)| SiteCount { name: format!("Site {name}"), classes: vec![a, b] })
        .to_vec();
    results.cohort.modalities = vec![
        ModalitySummary {
            name: "clinical".into(),
            label: "Clinical".into(),
            source: "clinical adapter, ispy1_her2.csv".into(),
            features: 9,
            present: cases,
            missing: 0,
            rules: Vec::new(),
        },
        ModalitySummary {
            name: "mri".into(),
            label: "MRI radiomics".into(),
            source: "imported, ispy1_her2.csv (rad__*)".into(),
            features: 352,
            present: cases - 6,
            missing: 6,
            rules: Vec::new(),
        },
    ];
    results.cohort.patterns = vec![
        PatternCount { present: vec!["clinical".into(), "mri".into()], n: cases - 6 },
        PatternCount { present: vec!["clinical".into()], n: 6 },
    ];
    results.flow = vec![
        FlowStep {
            label: "Patients in the clinical table".into(),
            cases: cases + 11,
            patients: cases + 11,
            excluded: vec![count("No MRI and no clinical variables", 5), count("Treated before MRI", 3)],
        },
        FlowStep {
            label: "Patients with at least one modality".into(),
            cases: cases + 3,
            patients: cases + 3,
            excluded: vec![count("HER2 status unknown", 2), count("IHC 2+ without ISH", 1)],
        },
        FlowStep { label: "Analysed".into(), cases, patients: cases, excluded: vec![] },
    ];
    results.notices = vec![
        notice(
            Level::Warning,
            "leakage-suspect",
            "One column separates the classes almost perfectly and looks like a treatment that follows from HER2 status. It \
             was not given to any arm.",
            &["clin__trastuzumab"],
        ),
        notice(
            Level::Caution,
            "few-events",
            "52 events allow about five coefficients to be estimated steadily; the arms with more rely on penalties.",
            &[],
        ),
        notice(
            Level::Info,
            "duplicate-columns",
            "18 columns repeat another column and were dropped.",
            &["rad__a", "rad__b", "rad__c"],
        ),
        notice(Level::Info, "missing-values", "Age is missing in 4 cases; it is imputed inside the folds.", &["clin__age"]),
    ];
    results.table_one = Some(table_one(&results));
    results.limitations = vec![
        "One cohort, collected for another purpose; no external validation was done.".into(),
        "The interval of the primary comparison includes differences that would matter in practice, in both directions.".into(),
        "Intervals describe the sampling of cases. They do not include the choice among arms.".into(),
    ];
    results.methods = vec![
        "All arms were fitted and tested on identical folds (five-fold cross-validation, repeated five times, grouped by \
         patient and stratified by outcome). Imputation, standardisation, feature selection and tuning took place inside the \
         training folds."
            .into(),
        "Discrimination is the area under the ROC curve (AUC) with DeLong intervals on the logit scale; arms were compared \
         by the paired DeLong test with Holm's correction. Calibration was assessed by intercept, slope, Brier score and the \
         integrated calibration index; clinical utility by decision curves."
            .into(),
    ];
    results
}

fn table_one(results: &Results) -> TableOne {
    let row = |label: &str,
               overall: &str,
               a: &str,
               b: &str,
               missing: Option<usize>,
               test: Option<&str>,
               p: Option<f64>,
               smd: Option<f64>| {
        TableOneRow {
            label: label.into(),
            indent: u8::from(test.is_none()),
            overall: overall.into(),
            groups: vec![a.into(), b.into()],
            missing,
            test: test.map(Into::into),
            p,
            smd: smd.map(Measure::of),
        }
    };
    TableOne {
        groups: results.outcome.classes.clone(),
        rows: vec![
            row("Age, years", "48.4 (9.1)", "48.9 (9.3)", "47.3 (8.7)", Some(4), Some("Welch t"), Some(0.304_5), Some(0.176)),
            row("Menopausal status", "", "", "", Some(0), Some("χ²"), Some(0.052_1), Some(0.331)),
            row("pre", "76 (48.1%)", "45 (42.5%)", "31 (59.6%)", None, None, None, None),
            row("peri", "21 (13.3%)", "15 (14.2%)", "6 (11.5%)", None, None, None, None),
            row("post", "61 (38.6%)", "46 (43.4%)", "15 (28.8%)", None, None, None, None),
            row(
                "Tumour size on MRI, mm",
                "62.0 [44.0, 85.0]",
                "60.0 [43.0, 84.0]",
                "66.5 [47.5, 88.0]",
                Some(2),
                Some("Mann–Whitney"),
                Some(0.413),
                Some(0.118),
            ),
            row("Oestrogen receptor", "", "", "", Some(0), Some("χ²"), Some(0.017_2), Some(0.412)),
            row("positive", "90 (57.0%)", "67 (63.2%)", "23 (44.2%)", None, None, None, None),
            row("negative", "68 (43.0%)", "39 (36.8%)", "29 (55.8%)", None, None, None, None),
            row("Grade", "", "", "", Some(7), Some("Fisher exact"), Some(0.000_62), Some(0.489)),
            row("1", "11 (7.3%)", "10 (9.9%)", "1 (2.0%)", None, None, None, None),
            row("2", "67 (44.4%)", "51 (50.5%)", "16 (32.0%)", None, None, None, None),
            row("3", "73 (48.3%)", "40 (39.6%)", "33 (66.0%)", None, None, None, None),
        ],
        notes: vec!["Mean (SD), median [quartiles] or number (percentage of the known).".into()],
    }
}

/// Zero, low, positive.
pub fn three_classes() -> Results {
    let outcome = OutcomeSummary {
        name: "HER2 zero, low or positive".into(),
        classes: vec![count("zero", 59), count("low", 79), count("positive", 67)],
        event: None,
        ordered: true,
        rules: vec!["Zero: IHC 0. Low: IHC 1+, or 2+ without amplification. Positive: IHC 3+, or 2+ with amplification.".into()],
    };
    let mut results = blank("HER2 zero, low or positive from ultrasound and MRI", 205, outcome);
    results.question = Some("Can ultrasound and MRI together tell HER2 zero, low and positive tumours apart?".into());
    let modality = |name: &str, label: &str, features, present| ModalitySummary {
        name: name.into(),
        label: label.into(),
        source: "imported".into(),
        features,
        present,
        missing: 205 - present,
        rules: Vec::new(),
    };
    results.cohort.modalities = vec![modality("us", "Ultrasound", 107, 205), modality("mri", "MRI", 428, 190)];
    results.cohort.patterns = vec![
        PatternCount { present: vec!["us".into(), "mri".into()], n: 190 },
        PatternCount { present: vec!["us".into()], n: 15 },
    ];
    results.flow = vec![
        FlowStep {
            label: "Patients with breast cancer and surgery".into(),
            cases: 231,
            patients: 224,
            excluded: vec![count("IHC 2+ without ISH", 19), count("Image quality", 7)],
        },
        FlowStep { label: "Analysed".into(), cases: 205, patients: 199, excluded: vec![] },
    ];
    results.cohort.patients = 199;
    results.limitations = vec!["Reference standard from core biopsy; heterogeneity within the tumour is not seen.".into()];
    results.methods = vec!["Multinomial elastic net per modality; an ordinal model for the nomogram.".into()];
    results
}

/// Twelve cases of which three are events.
pub fn tiny() -> Results {
    let outcome = OutcomeSummary {
        name: "HER2 positive versus rest".into(),
        classes: vec![count("rest", 9), count("positive", 3)],
        event: Some("positive".into()),
        ordered: false,
        rules: vec![],
    };
    let mut results = blank("A pilot of twelve", 12, outcome);
    results.cohort.modalities = vec![ModalitySummary {
        name: "clinical".into(),
        label: "Clinical".into(),
        source: "clinical adapter".into(),
        features: 3,
        present: 12,
        missing: 0,
        rules: Vec::new(),
    }];
    results.notices = vec![notice(
        Level::Warning,
        "too-few-cases",
        "Twelve cases, three of them events: every number here is compatible with almost anything.",
        &[],
    )];
    results.statement = vec![
        "With 12 cases and 3 events this study cannot answer its question.".into(),
        "The AUC of the only arm is shown with its interval; no comparison was made.".into(),
    ];
    results.limitations = vec!["Too few cases for any conclusion.".into()];
    results
}

/// Puts the primary comparison into words, as `study::compare` does.
pub fn answer(results: &mut Results) {
    let Some(primary) = results.comparisons.iter().find(|c| c.primary).cloned() else { return };
    let label = |name: &str| results.arm(name).map_or(name.to_owned(), |arm| arm.label.clone());
    let auc = |name: &str| {
        results.arm(name).and_then(|arm| arm.performance.primary()).and_then(|p| p.measure.value).unwrap_or(f64::NAN)
    };
    let d = &primary.difference;
    let (value, low, high) = (d.value.unwrap_or(0.0), d.lower.unwrap_or(0.0), d.upper.unwrap_or(0.0));
    let signed = |x: f64| format!("{x:.3}").replace('-', "−");
    results.statement = vec![
        format!(
            "No evidence of a difference: {} reached an AUC of {:.3}, {} {:.3}.",
            label(&primary.new),
            auc(&primary.new),
            label(&primary.reference),
            auc(&primary.reference)
        ),
        format!(
            "The difference is {} (95% CI {} to {}; {}, p = {:.2}) on the same {} cases.",
            signed(value),
            signed(low),
            signed(high),
            primary.test.as_ref().map_or("no test", |t| &t.name),
            primary.test.as_ref().and_then(|t| t.p).unwrap_or(f64::NAN),
            primary.cases
        ),
        format!(
            "The interval leaves room for a gain of {} and for a loss of {}: this study neither shows that fusion helps nor \
             that it does not. No evidence of a difference is not evidence of no difference.",
            signed(high.abs()),
            signed(low.abs())
        ),
        "It says nothing about other scanners, other hospitals or other treatments: no external cases were seen.".into(),
    ];
}
