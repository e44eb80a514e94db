"""Oracles for habitat features: public code on habitat maps from a formula that `tests/habitat_features.rs` computes as well, exactly.

ITH score: the authors' package. Interaction matrix: scikit-image's grey level co-occurrence of the padded map (8 neighbours of the slice,
both directions), the background's own pairs set to 0, as in the MATLAB code of Wu et al. Texture: scikit-image, but for homogeneity, where
MATLAB's `graycoprops` divides by 1 + |i - j| and scikit-image by 1 + (i - j)^2. Transitions: scikit-learn's confusion matrix.

Python 3.11, ITHscore 0.3.3 (source archive of PyPI unpacked; only `calculate.py` is used), scikit-image 0.26.0, scikit-learn 1.9.1:
    python tests/reference/habitat_features_public.py ITHscore-0.3.3/ITHscore/calculate.py tests/reference/habitat_features_public.json
"""

import contextlib
import importlib.util
import io
import json
import sys

import numpy
import scipy.stats
import skimage
import sklearn
from skimage.feature import graycomatrix, graycoprops
from sklearn.metrics import confusion_matrix

spec = importlib.util.spec_from_file_location("calculate", sys.argv[1])
calculate = importlib.util.module_from_spec(spec)
spec.loader.exec_module(calculate)


def habitat_map(nx, ny, nz, habitats, patch, salt):
    """Blocks of `patch` voxels within an ellipse, with every `salt`-th voxel of a sequence turned; axis order (k, j, i)."""
    k, j, i = numpy.meshgrid(numpy.arange(nz), numpy.arange(ny), numpy.arange(nx), indexing="ij")
    block = (i // patch) * 7 + (j // patch) * 13 + (k // patch) * 29
    label = 1 + (block * block + 3 * block) % 11 % habitats
    turned = (i * 7919 + j * 104729 + k * 1299709) % salt == 0
    label = numpy.where(turned, 1 + (label % habitats), label)
    # Whole numbers only: (2i + 1 - nx)^2 ny^2 + (2j + 1 - ny)^2 nx^2 < nx^2 ny^2.
    inside = (2 * i + 1 - nx) ** 2 * ny**2 + (2 * j + 1 - ny) ** 2 * nx**2 < nx**2 * ny**2
    return numpy.where(inside, label, 0)


def interaction(labels, habitats):
    counts = numpy.zeros((habitats + 1, habitats + 1))
    for piece in labels:
        padded = numpy.pad(piece, 1).astype(numpy.uint8)
        angles = [0, numpy.pi / 4, numpy.pi / 2, 3 * numpy.pi / 4]
        counts += graycomatrix(padded, [1], angles, levels=habitats + 1, symmetric=True)[:, :, 0, :].sum(-1)
    counts[0, 0] = 0
    return counts


def ith(labels, thresh):
    with contextlib.redirect_stdout(io.StringIO()):
        return calculate.calITHscore(labels, min_area=200, thresh=thresh)


cases = []
for nx, ny, nz, habitats, patch, salt in [(31, 24, 1, 4, 3, 9), (15, 12, 1, 3, 2, 5), (12, 14, 1, 3, 4, 7), (20, 18, 6, 5, 3, 8), (40, 40, 1, 2, 7, 1000)]:
    labels = habitat_map(nx, ny, nz, habitats, patch, salt)
    counts = interaction(labels, habitats)
    p = counts / counts.sum()
    cube = p[:, :, None, None]
    a, b = numpy.indices(p.shape)
    shares = numpy.bincount(labels[labels > 0], minlength=habitats + 1)[1:] / (labels > 0).sum()
    later = numpy.where(labels > 0, 1 + (labels + (numpy.arange(labels.size).reshape(labels.shape) % 3 == 0)) % habitats, 0)
    cases.append({
        "size": [nx, ny, nz], "habitats": habitats, "patch": patch, "salt": salt,
        "ith": {str(thresh): ith(labels[0], thresh) for thresh in (1, 2)} if nz == 1 else None,
        "counts": counts.astype(int).tolist(),
        "contrast": float(graycoprops(cube, "contrast")[0, 0]),
        "correlation": float(graycoprops(cube, "correlation")[0, 0]),
        "energy": float(graycoprops(cube, "ASM")[0, 0]),
        "homogeneity": float((p / (1 + abs(a - b))).sum()),
        "entropy": float(scipy.stats.entropy(p.ravel())),
        "shannon": float(scipy.stats.entropy(shares)),
        "simpson": float(1 - (shares**2).sum()),
        "transitions": confusion_matrix(labels.ravel(), later.ravel(), labels=range(habitats + 1)).tolist(),
    })
version = {
    "ITHscore": "0.3.3", "scikit-image": skimage.__version__, "scikit-learn": sklearn.__version__, "scipy": scipy.__version__,
    "numpy": numpy.__version__, "python": sys.version.split()[0],
}
with open(sys.argv[2], "w", encoding="utf-8") as file:
    json.dump({"version": version, "cases": cases}, file)
