//! Frames of several phases, mixed in one folder, to phases.
//!
//! A phase holds every place once. Frames that share a place are told apart by the first attribute that parts them into sets
//! which cover the same places; attributes that merely differ from slice to slice (the times of a slice-by-slice acquisition)
//! part nothing, and count only as an order at each place.

use std::collections::BTreeMap;
use std::path::Path;

use crate::error::{Error, InputError, Result};
use crate::image::read::geometry::{cross, dot};
use crate::image::read::series::slice::Slice;
use crate::image::series::Clock;

/// An attribute of a slice as whole numbers, so that equal ones are equal.
type Key = fn(&Slice) -> Option<[i64; 3]>;

/// What may tell phases apart, the surest first.
const KEYS: [Key; 8] = [
    |slice| slice.b.map(|b| whole(b.round())),
    |slice| slice.direction.map(|direction| direction.map(|n| (n * 1e3).round() as i64)),
    |slice| slice.temporal.map(whole),
    |slice| slice.acquisition.map(whole),
    |slice| slice.time.offset.map(|seconds| whole(seconds * 1e3)),
    |slice| slice.time.trigger.map(|seconds| whole(seconds * 1e3)),
    |slice| slice.time.acquisition.map(clock),
    |slice| slice.time.content.map(clock),
];

fn whole(number: f64) -> [i64; 3] {
    [number.round() as i64, 0, 0]
}

fn clock(clock: Clock) -> [i64; 3] {
    [clock.day.unwrap_or(0), (clock.seconds * 1e3).round() as i64, 0]
}

/// A slice, by its number, and its place, by its number from the first along the slice axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Placed {
    slice: usize,
    place: usize,
}

/// The phases within one series of one geometry, in no particular order; each a list of slices.
///
/// # Errors
/// [`InputError`] when a phase lacks slices that others have (it is named), or two frames of one place differ in nothing.
pub fn phases(path: &Path, slices: &[Slice], members: &[usize]) -> Result<Vec<Vec<usize>>> {
    let (placed, positions) = places(slices, members);
    let groups = part(path, slices, &placed, &positions, &KEYS)?;
    for (at, group) in groups.iter().enumerate() {
        let mut there = vec![false; positions.len()];
        group.iter().for_each(|placed| there[placed.place] = true);
        let missing: Vec<usize> = (0..positions.len()).filter(|place| !there[*place]).collect();
        if !missing.is_empty() {
            let first = group.first().map(|placed| slices[placed.slice].words()).unwrap_or_default();
            return Err(lacks(path, &format!("phase {} of {} ({first})", at + 1, groups.len()), &missing, &positions));
        }
    }
    Ok(groups.into_iter().map(|group| group.into_iter().map(|placed| placed.slice).collect()).collect())
}

fn lacks(path: &Path, phase: &str, missing: &[usize], positions: &[f64]) -> Error {
    let list: Vec<String> = missing.iter().take(5).map(|place| format!("{:.2}", positions[*place])).collect();
    let more = if missing.len() > list.len() { ", …" } else { "" };
    let found = format!(
        "{phase}: {} of {} slices; none at {}{more} mm along the slice axis",
        positions.len() - missing.len(),
        positions.len(),
        list.join(", ")
    );
    InputError::new(path, found, "every slice in every phase (is the transfer complete?)").into()
}

/// Every member with its place, and the places' positions along the slice axis.
fn places(slices: &[Slice], members: &[usize]) -> (Vec<Placed>, Vec<f64>) {
    let Some(first) = members.first().map(|at| &slices[*at]) else { return (Vec::new(), Vec::new()) };
    let normal = first.frame.plane.map_or([0.0, 0.0, 1.0], |plane| cross(plane.row, plane.column));
    // Positions are written with a few decimals; a tenth of a slice, at most, is the same place.
    let tolerance = first.frame.thickness.map_or(1e-3, |thickness| (0.1 * thickness).min(1e-2));
    let along = |at: usize| slices[at].frame.plane.map_or(0.0, |plane| dot(plane.position, normal));
    let mut order: Vec<(f64, usize)> = members.iter().map(|at| (along(*at), *at)).collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let mut positions: Vec<f64> = Vec::new();
    let mut last = f64::NEG_INFINITY;
    let placed = order.into_iter().map(|(position, slice)| {
        if !(position - last <= tolerance) {
            positions.push(position);
        }
        last = position;
        Placed { slice, place: positions.len() - 1 }
    });
    (placed.collect(), positions)
}

/// Frames per place.
fn counts(group: &[Placed], places: usize) -> Vec<usize> {
    let mut counts = vec![0; places];
    group.iter().for_each(|placed| counts[placed.place] += 1);
    counts
}

fn part(path: &Path, slices: &[Slice], group: &[Placed], positions: &[f64], keys: &[Key]) -> Result<Vec<Vec<Placed>>> {
    if counts(group, positions.len()).into_iter().max().unwrap_or(0) <= 1 {
        return Ok(vec![group.to_vec()]);
    }
    let Some((key, rest)) = keys.split_first() else { return by_rank(path, slices, group, positions) };
    let mut sets: BTreeMap<Option<[i64; 3]>, Vec<Placed>> = BTreeMap::new();
    for placed in group {
        sets.entry(key(&slices[placed.slice])).or_default().push(*placed);
    }
    if sets.len() == 1 || !cover_the_same(sets.values(), positions.len()) {
        return part(path, slices, group, positions, rest);
    }
    let mut phases = Vec::new();
    for set in sets.values() {
        phases.extend(part(path, slices, set, positions, rest)?);
    }
    Ok(phases)
}

/// Whether every set lies, by half at least, on places of the largest: else the key tells slices apart, not phases.
fn cover_the_same<'a>(sets: impl Iterator<Item = &'a Vec<Placed>> + Clone, places: usize) -> bool {
    let Some(largest) = sets.clone().max_by_key(|set| set.len()) else { return false };
    let covered = counts(largest, places);
    sets.into_iter().all(|set| {
        let own = counts(set, places);
        let mine = own.iter().filter(|n| **n > 0).count();
        let shared = own.iter().zip(&covered).filter(|(own, covered)| **own > 0 && **covered > 0).count();
        2 * shared >= mine
    })
}

/// What orders the frames of one place.
fn order(slice: &Slice) -> [[i64; 3]; 6] {
    let or = |key: Option<[i64; 3]>| key.unwrap_or([0; 3]);
    let time = slice.time;
    [
        or(slice.temporal.map(whole)),
        or(slice.acquisition.map(whole)),
        or(time.trigger.map(|seconds| whole(seconds * 1e3))),
        or(time.acquisition.map(clock)),
        or(time.content.map(clock)),
        or(slice.instance.map(whole)),
    ]
}

/// Phases by their order at each place.
fn by_rank(path: &Path, slices: &[Slice], group: &[Placed], positions: &[f64]) -> Result<Vec<Vec<Placed>>> {
    let mut columns: Vec<Vec<Placed>> = vec![Vec::new(); positions.len()];
    group.iter().for_each(|placed| columns[placed.place].push(*placed));
    for column in &mut columns {
        column.sort_by_key(|placed| order(&slices[placed.slice]));
        if column.windows(2).any(|pair| order(&slices[pair[0].slice]) == order(&slices[pair[1].slice])) {
            let words = column.first().map(|placed| slices[placed.slice].words()).unwrap_or_default();
            let found = format!("frames of one place that differ in no time, weighting or number ({words})");
            return Err(InputError::new(path, found, "frames of different phases, each of them once").into());
        }
    }
    columns.retain(|column| !column.is_empty());
    let phases = columns.iter().map(Vec::len).max().unwrap_or(0);
    if let Some(short) = columns.iter().find(|column| column.len() < phases) {
        let phase = absent(slices, &columns, short, phases);
        let place = short.first().map_or(0, |placed| placed.place);
        return Err(lacks(path, &format!("phase {} of {phases}", phase + 1), &[place], positions));
    }
    Ok((0..phases).map(|rank| columns.iter().map(|column| column[rank]).collect()).collect())
}

/// Which phase a place lacks: the first whose order is not near that of the frame that stands there.
fn absent(slices: &[Slice], columns: &[Vec<Placed>], short: &[Placed], phases: usize) -> usize {
    let scale = |placed: &Placed| {
        // All of the order as one number, so that distances can be compared: only its first varying part matters here.
        order(&slices[placed.slice]).map(|part| part[0] as f64 * 86_400_000.0 + part[1] as f64)
    };
    let whole: Vec<&Vec<Placed>> = columns.iter().filter(|column| column.len() == phases).collect();
    let Some(example) = whole.first() else { return 0 };
    let varying = (0..6).find(|&part| example.windows(2).all(|pair| scale(&pair[0])[part] != scale(&pair[1])[part]));
    let Some(part) = varying else { return 0 };
    let median = |rank: usize| {
        let mut values: Vec<f64> = whole.iter().map(|column| scale(&column[rank])[part]).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    let middles: Vec<f64> = (0..phases).map(median).collect();
    let nearest = |value: f64| {
        let by = |a: &usize, b: &usize| (middles[*a] - value).abs().total_cmp(&(middles[*b] - value).abs());
        (0..phases).min_by(by).unwrap_or(0)
    };
    let there: Vec<usize> = short.iter().map(|placed| nearest(scale(placed)[part])).collect();
    (0..phases).find(|phase| !there.contains(phase)).unwrap_or(0)
}
