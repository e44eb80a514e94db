//! How pure the two sides of a cut are. Cases move from the right side to the left one by one, and the purity of both sides follows
//! without counting anew.

/// Class weights left and right of a cut. The purer the sides, the larger [`Sides::purity`].
pub(super) trait Sides {
    /// Whether [`super::counted`] may find the same cut.
    const COUNTED: bool = false;

    /// Everything to the right; `all` holds the weight of each class.
    fn start(&mut self, all: &[f64]);
    /// Moves a case to the left.
    fn shift(&mut self, class: u32, weight: f64);
    /// Of the cut as it stands; both sides hold cases.
    fn purity(&self) -> f64;
}

/// Gini impurity `1 - sum_k share_k^2`, two classes; purity is `sum_k left_k^2 / left + sum_k right_k^2 / right`.
#[derive(Debug, Default)]
pub(super) struct GiniOfTwo {
    left: [f64; 2],
    all: [f64; 2],
}

impl Sides for GiniOfTwo {
    const COUNTED: bool = true;

    #[inline(always)]
    fn start(&mut self, all: &[f64]) {
        self.left = [0.0; 2];
        self.all = [all[0], all[1]];
    }

    #[inline(always)]
    fn shift(&mut self, class: u32, weight: f64) {
        // Both are added to, one of them nothing: a class is as likely as the other, and a wrong guess costs more than a sum.
        let one = weight * f64::from(class);
        self.left[0] += weight - one;
        self.left[1] += one;
    }

    #[inline(always)]
    fn purity(&self) -> f64 {
        let [a, b] = self.left;
        let (c, d) = (self.all[0] - a, self.all[1] - b);
        let (left, right) = (a + b, c + d);
        ((a * a + b * b) * right + (c * c + d * d) * left) / (left * right)
    }
}

/// Gini impurity, any number of classes.
#[derive(Debug, Default)]
pub(super) struct Gini {
    left: Vec<f64>,
    right: Vec<f64>,
    totals: [f64; 2],
    squares: [f64; 2],
}

impl Sides for Gini {
    fn start(&mut self, all: &[f64]) {
        self.left.clear();
        self.left.resize(all.len(), 0.0);
        self.right.clear();
        self.right.extend_from_slice(all);
        self.totals = [0.0, all.iter().sum()];
        self.squares = [0.0, all.iter().map(|weight| weight * weight).sum()];
    }

    #[inline(always)]
    fn shift(&mut self, class: u32, weight: f64) {
        let (left, right) = (&mut self.left[class as usize], &mut self.right[class as usize]);
        self.squares[0] += weight * (2.0 * *left + weight);
        self.squares[1] -= weight * (2.0 * *right - weight);
        self.totals[0] += weight;
        self.totals[1] -= weight;
        *left += weight;
        *right -= weight;
    }

    #[inline(always)]
    fn purity(&self) -> f64 {
        (self.squares[0] * self.totals[1] + self.squares[1] * self.totals[0]) / (self.totals[0] * self.totals[1])
    }
}

/// Entropy `-sum_k share_k ln share_k`; purity is its negative, weighted: `sum_k left_k ln left_k - left ln left`, and so for the right.
#[derive(Debug, Default)]
pub(super) struct Entropy {
    left: Vec<f64>,
    right: Vec<f64>,
    totals: [f64; 2],
    /// `sum_k x ln x` of each side.
    sums: [f64; 2],
}

fn x_ln_x(x: f64) -> f64 {
    if x > 0.0 { x * x.ln() } else { 0.0 }
}

impl Sides for Entropy {
    fn start(&mut self, all: &[f64]) {
        self.left.clear();
        self.left.resize(all.len(), 0.0);
        self.right.clear();
        self.right.extend_from_slice(all);
        self.totals = [0.0, all.iter().sum()];
        self.sums = [0.0, all.iter().map(|&weight| x_ln_x(weight)).sum()];
    }

    fn shift(&mut self, class: u32, weight: f64) {
        let (left, right) = (&mut self.left[class as usize], &mut self.right[class as usize]);
        self.sums[0] += x_ln_x(*left + weight) - x_ln_x(*left);
        self.sums[1] += x_ln_x(*right - weight) - x_ln_x(*right);
        self.totals[0] += weight;
        self.totals[1] -= weight;
        *left += weight;
        *right -= weight;
    }

    fn purity(&self) -> f64 {
        self.sums[0] - x_ln_x(self.totals[0]) + self.sums[1] - x_ln_x(self.totals[1])
    }
}
