"""Oracle for supervoxels: how well scikit-image's SLIC within a mask follows planted borders on an anisotropic phantom that
`tests/habitat_slic.rs` computes as well, exactly. Several compactnesses are tried: the test holds ours against the best of them.

Python 3.11, scikit-image 0.26.0, scikit-learn 1.9.1:
    python tests/reference/habitat_slic.py tests/reference/habitat_slic.json
"""

import json
import sys

import numpy
import skimage
from skimage.segmentation import slic
from sklearn.metrics import adjusted_rand_score

SIZE, SPACING, MAPS = (40, 36, 12), (1.0, 1.0, 3.0), 3


def digits(i, j):
    return ((i * 7919 + j * 104729 + i * j * 1299709 + i * i * 31) % 10007) / 10007 - 0.5


def phantom(apart):
    """Planted 0 outside, 1 the core, 2 and 3 halves of the shell (whole numbers only), and maps; axis order (k, j, i)."""
    nx, ny, nz = SIZE
    k, j, i = numpy.meshgrid(numpy.arange(nz), numpy.arange(ny), numpy.arange(nx), indexing="ij")
    u, v, w = (2 * i + 1 - nx) * ny * nz, (2 * j + 1 - ny) * nx * nz, (2 * k + 1 - nz) * nx * ny
    square, radius = u * u + v * v + w * w, nx * ny * nz
    planted = numpy.where(100 * square < 30 * radius * radius, 1, numpy.where(2 * i + j < nx + ny // 2, 2, 3))
    planted = numpy.where(square < radius * radius, planted, 0)
    at = i + nx * (j + ny * k) + 1
    maps = []
    for m in range(MAPS):
        noise = sum(digits(at + 37 * s, m + 1 + 11 * s) for s in range(4))
        maps.append(apart * (planted == m + 1) + noise)
    return planted, maps


def borders(labels, mask):
    found = numpy.zeros(labels.shape, bool)
    for axis in range(3):
        a, b = [slice(None)] * 3, [slice(None)] * 3
        a[axis], b[axis] = slice(None, -1), slice(1, None)
        a, b = tuple(a), tuple(b)
        apart = mask[a] & mask[b] & (labels[a] != labels[b])
        found[a] |= apart
        found[b] |= apart
    return found


def measures(labels, planted):
    mask = planted > 0
    truth = borders(planted, mask)
    voted = numpy.zeros(planted.shape, int)
    for label in numpy.unique(labels[mask]):
        inside = (labels == label) & mask
        voted[inside] = numpy.bincount(planted[inside]).argmax()
    return {
        "supervoxels": int(len(numpy.unique(labels[mask]))),
        "boundary_recall": float((borders(labels, mask) & truth).sum() / truth.sum()),
        "boundary_share": float(borders(labels, mask).sum() / mask.sum()),
        "rand": float(adjusted_rand_score(planted[mask], voted[mask])),
    }


cases = []
for apart, count in [(2.0, 50), (1.0, 50), (2.0, 20)]:
    planted, maps = phantom(apart)
    mask = planted > 0
    scaled = numpy.stack([numpy.where(mask, (m - m[mask].mean()) / m[mask].std(), 0.0) for m in maps], -1)
    tried = []
    for compactness in (0.1, 1.0, 3.0, 5.0, 7.0, 10.0, 15.0, 20.0, 30.0, 50.0, 100.0):
        labels = slic(
            scaled, n_segments=count, compactness=compactness, max_num_iter=10, sigma=0, spacing=SPACING[::-1], mask=mask,
            channel_axis=-1, enforce_connectivity=True, start_label=1,
        )
        tried.append({"compactness": compactness, **measures(labels, planted)})
    cases.append({"apart": apart, "count": count, "voxels": int(mask.sum()), "tried": tried})
version = {"scikit-image": skimage.__version__, "numpy": numpy.__version__, "python": sys.version.split()[0]}
with open(sys.argv[1], "w", encoding="utf-8") as file:
    json.dump({"version": version, "cases": cases}, file)
for case in cases:
    print(case["apart"], case["count"], case["voxels"])
    for row in case["tried"]:
        print("  ", row)
