//! Plain statistics for the fixture, so that its tables and curves agree with each other. They show layouts and prove nothing
//! about `statistic`, which has its own oracles.

use rand::Rng;
use rand_distr::StandardNormal;
use vbx::study::results::{CurvePoint, Measure};

pub fn normal(rng: &mut impl Rng) -> f64 {
    rng.sample(StandardNormal)
}

pub fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

pub fn logit(p: f64) -> f64 {
    (p / (1.0 - p)).ln()
}

pub fn mean(x: &[f64]) -> f64 {
    x.iter().sum::<f64>() / x.len() as f64
}

pub fn covariance(a: &[f64], b: &[f64]) -> f64 {
    let (ma, mb) = (mean(a), mean(b));
    a.iter().zip(b).map(|(x, y)| (x - ma) * (y - mb)).sum::<f64>() / (a.len() as f64 - 1.0)
}

pub fn sd(x: &[f64]) -> f64 {
    covariance(x, x).sqrt()
}

/// Two-sided normal p value (Abramowitz and Stegun 26.2.17, good to 1e-7: enough to print).
pub fn p_of_z(z: f64) -> f64 {
    let x = z.abs();
    let t = 1.0 / (1.0 + 0.231_641_9 * x);
    let tail = t * (0.319_381_530 + t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
    (2.0 * tail * (-x * x / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt()).clamp(0.0, 1.0)
}

/// Placements of events among non-events and the reverse, and the AUC.
pub fn placements(score: &[f64], event: &[bool]) -> (Vec<f64>, Vec<f64>, f64) {
    let split = |want: bool| score.iter().zip(event).filter(|(_, e)| **e == want).map(|(s, _)| *s).collect::<Vec<_>>();
    let (pos, neg) = (split(true), split(false));
    let beats = |a: f64, b: f64| {
        if a > b {
            1.0
        } else if a == b {
            0.5
        } else {
            0.0
        }
    };
    let up: Vec<f64> = pos.iter().map(|p| neg.iter().map(|n| beats(*p, *n)).sum::<f64>() / neg.len() as f64).collect();
    let down: Vec<f64> = neg.iter().map(|n| pos.iter().map(|p| beats(*p, *n)).sum::<f64>() / pos.len() as f64).collect();
    let auc = mean(&up);
    (up, down, auc)
}

/// AUC with a DeLong interval on the logit scale.
pub fn auc(score: &[f64], event: &[bool]) -> Measure {
    let (up, down, auc) = placements(score, event);
    let var = covariance(&up, &up) / up.len() as f64 + covariance(&down, &down) / down.len() as f64;
    if !var.is_finite() || auc >= 1.0 || auc <= 0.0 {
        return Measure { value: Some(auc), note: Some("no interval".into()), ..Measure::default() };
    }
    let half = 1.959_964 * var.sqrt() / (auc * (1.0 - auc));
    Measure {
        value: Some(auc),
        lower: Some(logistic(logit(auc) - half)),
        upper: Some(logistic(logit(auc) + half)),
        se: Some(var.sqrt()),
        note: Some("DeLong, logit".into()),
    }
}

/// Difference of two AUCs on the same cases: estimate, interval, z.
pub fn difference(new: &[f64], reference: &[f64], event: &[bool]) -> (Measure, f64) {
    let (u1, d1, a1) = placements(new, event);
    let (u0, d0, a0) = placements(reference, event);
    let minus = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x - y).collect::<Vec<_>>();
    let (u, d) = (minus(&u1, &u0), minus(&d1, &d0));
    let se = (covariance(&u, &u) / u.len() as f64 + covariance(&d, &d) / d.len() as f64).sqrt();
    let delta = a1 - a0;
    (interval(delta, se, "paired DeLong"), if se > 0.0 { delta / se } else { 0.0 })
}

pub fn interval(value: f64, se: f64, note: &str) -> Measure {
    Measure {
        value: Some(value),
        lower: Some(value - 1.959_964 * se),
        upper: Some(value + 1.959_964 * se),
        se: Some(se),
        note: Some(note.into()),
    }
}

/// A share with Wilson's interval.
pub fn share(k: f64, n: f64) -> Measure {
    if n == 0.0 {
        return Measure::undefined("no case was called positive");
    }
    let (p, z) = (k / n, 1.959_964);
    let middle = (p + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z / (1.0 + z * z / n) * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    Measure {
        value: Some(p),
        lower: Some((middle - half).max(0.0)),
        upper: Some((middle + half).min(1.0)),
        se: None,
        note: Some("Wilson".into()),
    }
}

/// Empirical ROC curve with a pointwise Wilson interval of the sensitivity.
pub fn roc(score: &[f64], event: &[bool]) -> Vec<CurvePoint> {
    let events = event.iter().filter(|e| **e).count() as f64;
    let others = event.len() as f64 - events;
    let mut order: Vec<usize> = (0..score.len()).collect();
    order.sort_by(|a, b| score[*b].total_cmp(&score[*a]));
    let mut points = vec![CurvePoint { x: 0.0, y: 0.0, lower: Some(0.0), upper: Some(0.0), n: None }];
    let (mut tp, mut fp) = (0.0, 0.0);
    for (i, case) in order.iter().enumerate() {
        if event[*case] {
            tp += 1.0
        } else {
            fp += 1.0
        }
        if order.get(i + 1).is_none_or(|next| score[*next] != score[*case]) {
            let wilson = share(tp, events);
            points.push(CurvePoint { x: fp / others, y: tp / events, lower: wilson.lower, upper: wilson.upper, n: None });
        }
    }
    points
}

/// Net benefit over thresholds 0.01 … 0.80, and that of treating all.
pub fn decision(p: &[f64], event: &[bool]) -> (Vec<CurvePoint>, Vec<f64>) {
    let n = p.len() as f64;
    let prevalence = event.iter().filter(|e| **e).count() as f64 / n;
    (1..=80)
        .map(|i| {
            let t = f64::from(i) / 100.0;
            let called = |want: bool| p.iter().zip(event).filter(|(p, e)| **p >= t && **e == want).count() as f64;
            let odds = t / (1.0 - t);
            let benefit = called(true) / n - called(false) / n * odds;
            (CurvePoint { x: t, y: benefit, lower: None, upper: None, n: None }, prevalence - (1.0 - prevalence) * odds)
        })
        .unzip()
}

/// Logistic regression of the event on one variable by Newton's method: intercept and slope with standard errors.
pub fn recalibration(lp: &[f64], event: &[bool]) -> [(f64, f64); 2] {
    let (mut a, mut b) = (0.0, 1.0);
    let mut inverse = [0.0; 3];
    for _ in 0..30 {
        let (mut g0, mut g1, mut h00, mut h01, mut h11) = (0.0, 0.0, 1e-9, 0.0, 1e-9);
        for (x, e) in lp.iter().zip(event) {
            let p = logistic(a + b * x);
            let (r, w) = (f64::from(u8::from(*e)) - p, p * (1.0 - p));
            g0 += r;
            g1 += r * x;
            h00 += w;
            h01 += w * x;
            h11 += w * x * x;
        }
        let det = h00 * h11 - h01 * h01;
        inverse = [h11 / det, -h01 / det, h00 / det];
        a += inverse[0] * g0 + inverse[1] * g1;
        b += inverse[1] * g0 + inverse[2] * g1;
    }
    [(a, inverse[0].sqrt()), (b, inverse[2].sqrt())]
}

/// Observed share by predicted probability, smoothed with a Gaussian kernel.
pub fn smooth(p: &[f64], event: &[bool]) -> Vec<CurvePoint> {
    let (low, high) = p.iter().fold((1.0f64, 0.0f64), |(l, h), x| (l.min(*x), h.max(*x)));
    let width = (high - low).max(0.02) / 6.0;
    (0..=40)
        .map(|i| {
            let x = low + (high - low) * f64::from(i) / 40.0;
            let weight = |q: &f64| (-0.5 * ((q - x) / width).powi(2)).exp();
            let total: f64 = p.iter().map(weight).sum();
            let y = p.iter().zip(event).filter(|(_, e)| **e).map(|(q, _)| weight(q)).sum::<f64>() / total;
            let half = 1.96 * (y * (1.0 - y) / total).sqrt();
            CurvePoint { x, y, lower: Some((y - half).max(0.0)), upper: Some((y + half).min(1.0)), n: None }
        })
        .collect()
}
