//! Regions of interest made from other regions: rings, largest slice, perturbed contours; and how well two readers agree.
