//! Connected supervoxels: what was cut off, or is too small, joins a neighbour.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use super::Scene;

/// A connected piece of one supervoxel, or several pieces that were joined.
struct Piece {
    voxels: usize,
    /// Sums of the looks, map by map.
    looks: Vec<f64>,
    /// Whether it stays: the largest piece of its supervoxel, and not too small.
    stays: bool,
    neighbours: BTreeSet<usize>,
    /// What it joined.
    joined: Option<usize>,
}

/// Supervoxels of one connected piece each, counted from 1 in the order of memory.
pub(super) fn connected(scene: &Scene, label: &[u32], smallest: f64) -> Vec<u32> {
    let (piece_of, mut pieces) = found(scene, label, smallest);
    // The smallest first; sizes in the queue that are out of date are passed over.
    let mut queue: BinaryHeap<Reverse<(usize, usize)>> =
        pieces.iter().enumerate().filter(|(_, piece)| !piece.stays).map(|(n, piece)| Reverse((piece.voxels, n))).collect();
    while let Some(Reverse((voxels, small))) = queue.pop() {
        let piece = &pieces[small];
        if piece.joined.is_some() || piece.voxels != voxels {
            continue;
        }
        let likest = piece.neighbours.iter().map(|other| (unlike(piece, &pieces[*other]), *other));
        let likest = likest.fold(None, |best: Option<(f64, usize)>, next| match best {
            Some(best) if best.0 <= next.0 => Some(best),
            _ => Some(next),
        });
        // Without a neighbour it is an island of the region.
        let Some((_, into)) = likest else { continue };
        join(&mut pieces, small, into);
        if !pieces[into].stays {
            queue.push(Reverse((pieces[into].voxels, into)));
        }
    }
    let mut number: BTreeMap<usize, u32> = BTreeMap::new();
    let numbered = |piece: &usize| {
        let mut at = *piece;
        while let Some(into) = pieces[at].joined {
            at = into;
        }
        let next = number.len() as u32 + 1;
        *number.entry(at).or_insert(next)
    };
    piece_of.iter().map(numbered).collect()
}

/// The piece of every member, by flooding over faces, and the pieces.
fn found(scene: &Scene, label: &[u32], smallest: f64) -> (Vec<usize>, Vec<Piece>) {
    let mut piece_of = vec![usize::MAX; label.len()];
    let mut pieces: Vec<Piece> = Vec::new();
    let mut largest: BTreeMap<u32, usize> = BTreeMap::new();
    for start in 0..label.len() {
        if piece_of[start] != usize::MAX {
            continue;
        }
        let own = pieces.len();
        let mut piece =
            Piece { voxels: 0, looks: vec![0.0; scene.looks.len()], stays: false, neighbours: BTreeSet::new(), joined: None };
        let mut open = vec![start];
        piece_of[start] = own;
        while let Some(member) = open.pop() {
            piece.voxels += 1;
            piece.looks.iter_mut().zip(&scene.looks).for_each(|(sum, look)| *sum += look[member]);
            for other in scene.faces(member) {
                if label[other] == label[start] && piece_of[other] == usize::MAX {
                    piece_of[other] = own;
                    open.push(other);
                }
            }
        }
        let first = largest.entry(label[start]).or_insert(own);
        if *first != own && pieces[*first].voxels < piece.voxels {
            *first = own;
        }
        pieces.push(piece);
    }
    for member in 0..label.len() {
        for other in scene.faces(member).filter(|other| piece_of[*other] != piece_of[member]) {
            pieces[piece_of[member]].neighbours.insert(piece_of[other]);
        }
    }
    let least = smallest * label.len() as f64 / scene.count as f64;
    largest.values().for_each(|piece| pieces[*piece].stays = pieces[*piece].voxels as f64 >= least);
    (piece_of, pieces)
}

fn unlike(a: &Piece, b: &Piece) -> f64 {
    let (n, m) = (a.voxels as f64, b.voxels as f64);
    a.looks.iter().zip(&b.looks).map(|(a, b)| (a / n - b / m).powi(2)).sum()
}

fn join(pieces: &mut [Piece], small: usize, into: usize) {
    let neighbours = std::mem::take(&mut pieces[small].neighbours);
    let (voxels, looks) = (pieces[small].voxels, std::mem::take(&mut pieces[small].looks));
    pieces[small].joined = Some(into);
    pieces[into].voxels += voxels;
    pieces[into].looks.iter_mut().zip(looks).for_each(|(sum, look)| *sum += look);
    pieces[into].neighbours.remove(&small);
    for other in neighbours.into_iter().filter(|other| *other != into) {
        pieces[other].neighbours.remove(&small);
        pieces[other].neighbours.insert(into);
        pieces[into].neighbours.insert(other);
    }
}
