//! Points, rectangles and the placing of things that must not overlap. Everything is in print points (1/72 inch), the origin
//! is the upper left corner, and y grows downwards, as in SVG.

/// A position: x, y.
pub type Point = [f64; 2];

/// An upright rectangle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rect {
    /// Left edge.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// Width.
    pub w: f64,
    /// Height.
    pub h: f64,
}

impl Rect {
    /// The rectangle with this upper left corner and size.
    pub fn new(x: f64, y: f64, w: f64, h: f64) -> Self {
        Rect { x, y, w, h }
    }

    /// Right edge.
    pub fn right(&self) -> f64 {
        self.x + self.w
    }

    /// Lower edge.
    pub fn bottom(&self) -> f64 {
        self.y + self.h
    }

    /// Centre.
    pub fn centre(&self) -> Point {
        [self.x + self.w / 2.0, self.y + self.h / 2.0]
    }

    /// The same centre, `margin` larger on every side.
    pub fn grown(&self, margin: f64) -> Rect {
        Rect::new(self.x - margin, self.y - margin, self.w + 2.0 * margin, self.h + 2.0 * margin)
    }
}

/// Small multiples: `count` cells of equal width in rows of `columns`, with `gap` between columns; row tops are the caller's.
///
/// Returns the left edge and the width of each column.
pub fn columns(width: f64, columns: usize, gap: f64) -> Vec<(f64, f64)> {
    let cell = (width - gap * (columns.max(1) - 1) as f64) / columns.max(1) as f64;
    (0..columns.max(1)).map(|column| (column as f64 * (cell + gap), cell)).collect()
}

/// Moves labels along a line until none overlaps its neighbour, each as little as possible.
///
/// `wanted` are centres and lengths in ascending order of centre; the result has one centre per label, `gap` apart at least, and
/// within `[low, high]` as long as they fit there.
///
/// # Definition
/// Minimises Σ (pᵢ − wᵢ)² subject to p₍ᵢ₊₁₎ − pᵢ ≥ (lengthᵢ + length₍ᵢ₊₁₎)/2 + gap: after subtraction of the cumulative
/// distances this is isotonic regression, solved by pooling adjacent violators.
pub fn spread(wanted: &[(f64, f64)], gap: f64, low: f64, high: f64) -> Vec<f64> {
    let mut offset = Vec::with_capacity(wanted.len());
    let mut total = 0.0;
    for (i, &(_, length)) in wanted.iter().enumerate() {
        if i > 0 {
            total += (wanted[i - 1].1 + length) / 2.0 + gap;
        }
        offset.push(total);
    }
    let mut blocks: Vec<(f64, usize)> = Vec::new();
    for (&(centre, _), shift) in wanted.iter().zip(&offset) {
        let mut block = (centre - shift, 1);
        while let Some(&(mean, size)) = blocks.last() {
            if mean <= block.0 {
                break;
            }
            let merged = size + block.1;
            block = ((mean * size as f64 + block.0 * block.1 as f64) / merged as f64, merged);
            blocks.pop();
        }
        blocks.push(block);
    }
    let first = wanted.first().map_or(0.0, |w| w.1 / 2.0);
    let last = wanted.last().map_or(0.0, |w| w.1 / 2.0);
    let lowest = low + first;
    let highest = (high - last - total).max(lowest);
    let levels = blocks.iter().flat_map(|&(mean, size)| std::iter::repeat_n(mean.clamp(lowest, highest), size));
    levels.zip(&offset).map(|(level, shift)| level + shift).collect()
}

/// Drops the points of a polyline that no print can show: what remains lies within `tolerance` of what was there.
///
/// # Reference
/// Ramer 1972, Douglas and Peucker 1973; here after a first pass that merges points closer than a fifth of the tolerance, so that a curve of a
/// million steps stays cheap.
pub fn thinned(points: &[Point], tolerance: f64) -> Vec<Point> {
    let mut coarse: Vec<Point> = Vec::with_capacity(points.len().min(4096));
    for (i, &point) in points.iter().enumerate() {
        let near = coarse.last().is_some_and(|last| (last[0] - point[0]).hypot(last[1] - point[1]) < tolerance / 5.0);
        if !near || i + 1 == points.len() {
            coarse.push(point);
        }
    }
    if coarse.len() < 3 {
        return coarse;
    }
    let mut keep = vec![false; coarse.len()];
    keep[0] = true;
    keep[coarse.len() - 1] = true;
    let mut open = vec![(0, coarse.len() - 1)];
    while let Some((from, to)) = open.pop() {
        let farthest = (from + 1..to)
            .map(|i| (i, distance_to_segment(coarse[i], coarse[from], coarse[to])))
            .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
        if let Some((i, distance)) = farthest
            && distance > tolerance
        {
            keep[i] = true;
            open.push((from, i));
            open.push((i, to));
        }
    }
    coarse.into_iter().zip(keep).filter_map(|(point, keep)| keep.then_some(point)).collect()
}

fn distance_to_segment(point: Point, from: Point, to: Point) -> f64 {
    let [dx, dy] = [to[0] - from[0], to[1] - from[1]];
    let length2 = dx * dx + dy * dy;
    let along = if length2 > 0.0 { ((point[0] - from[0]) * dx + (point[1] - from[1]) * dy) / length2 } else { 0.0 };
    let along = along.clamp(0.0, 1.0);
    (point[0] - from[0] - along * dx).hypot(point[1] - from[1] - along * dy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_that_fit_stay_where_they_are() {
        assert_eq!(spread(&[(10.0, 4.0), (20.0, 4.0)], 1.0, 0.0, 30.0), [10.0, 20.0]);
    }

    #[test]
    fn crowded_labels_move_apart_symmetrically_and_stay_inside() {
        let centres = spread(&[(10.0, 4.0), (10.0, 4.0), (10.0, 4.0)], 1.0, 0.0, 30.0);
        assert_eq!(centres, [5.0, 10.0, 15.0]);
        let centres = spread(&[(1.0, 4.0), (1.0, 4.0)], 1.0, 0.0, 30.0);
        assert_eq!(centres, [2.0, 7.0]);
        let centres = spread(&[(29.0, 4.0), (30.0, 4.0)], 1.0, 0.0, 30.0);
        assert_eq!(centres, [23.0, 28.0]);
    }

    #[test]
    fn no_labels_no_centres() {
        assert!(spread(&[], 1.0, 0.0, 1.0).is_empty());
    }

    #[test]
    fn thinning_keeps_corners_and_drops_what_lies_on_a_line() {
        let steps: Vec<Point> = (0..=100).map(|i| [f64::from(i), 0.0]).chain((1..=100).map(|i| [100.0, f64::from(i)])).collect();
        assert_eq!(thinned(&steps, 0.05), [[0.0, 0.0], [100.0, 0.0], [100.0, 100.0]]);
    }
}
