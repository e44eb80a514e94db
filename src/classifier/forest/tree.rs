//! A grown tree: nodes in an arena, the root first.

/// A node.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Node {
    /// The column that is cut; meaningless in a leaf.
    pub column: u32,
    /// Cases with a value up to this go left.
    pub threshold: f64,
    /// The left child; 0 in a leaf (the root is nobody's child). The right child follows it.
    pub left: u32,
    /// Weighted cases in the node, in its training bag.
    pub cover: f64,
    /// Gini impurity of the node.
    pub impurity: f64,
}

impl Node {
    /// Whether the node has no children.
    pub fn is_leaf(&self) -> bool {
        self.left == 0
    }
}

/// A classification tree.
#[derive(Debug, Clone, PartialEq)]
pub struct Tree {
    pub(super) nodes: Vec<Node>,
    /// K class shares per node.
    pub(super) shares: Vec<f64>,
    pub(super) classes: usize,
}

impl Tree {
    /// The nodes; the root is the first.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The class shares of a node.
    pub fn shares(&self, node: usize) -> &[f64] {
        &self.shares[node * self.classes..(node + 1) * self.classes]
    }

    /// The class shares of the leaf into which a case falls.
    pub fn leaf(&self, value: impl Fn(usize) -> f64) -> &[f64] {
        let mut at = 0;
        loop {
            let node = &self.nodes[at];
            if node.is_leaf() {
                return self.shares(at);
            }
            at = node.left as usize + usize::from(value(node.column as usize) > node.threshold);
        }
    }

    /// Decrease of impurity per column, weighted by cover.
    pub(super) fn importance(&self, columns: usize) -> Vec<f64> {
        let mut sum = vec![0.0; columns];
        let loss = |node: &Node| node.cover * node.impurity;
        for node in self.nodes.iter().filter(|node| !node.is_leaf()) {
            let (left, right) = (&self.nodes[node.left as usize], &self.nodes[node.left as usize + 1]);
            sum[node.column as usize] += loss(node) - loss(left) - loss(right);
        }
        sum
    }
}
