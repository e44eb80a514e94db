"""Oracles for habitats: what scikit-learn says of vectors from a formula that `tests/habitat_clusters.rs` computes as well, exactly.

Python 3.12, scikit-learn 1.9.1, numpy 2.x:
    python tests/reference/habitat_sklearn.py tests/reference/habitat_sklearn.json
"""

import json
import sys

import numpy
import sklearn
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, calinski_harabasz_score, davies_bouldin_score, silhouette_score
from sklearn.mixture import GaussianMixture


def digits(i, j):
    return ((i * 7919 + j * 104729 + i * j * 1299709 + i * i * 31) % 10007) / 10007 - 0.5


def vectors(n, maps, groups, apart):
    rows, columns = numpy.arange(1, n + 1)[:, None], numpy.arange(1, maps + 1)[None, :]
    # Sums of four digits are bell-shaped enough.
    noise = sum(digits(rows + 37 * s, columns + 11 * s) for s in range(4))
    group = rows % groups
    return noise + apart * digits(group + 5, columns + 3), group[:, 0]


def case(identifier, n, maps, groups, apart, k):
    x, planted = vectors(n, maps, groups, apart)
    start = x[:k].copy()
    fit = KMeans(k, init=start, n_init=1, max_iter=300, tol=0.0, algorithm="lloyd").fit(x)
    mixture = GaussianMixture(k, means_init=fit.cluster_centers_, tol=1e-10, max_iter=5000, reg_covar=1e-6).fit(x)
    # Labels that are nobody's nearest centroid: the indices must hold for any partition.
    other = (numpy.arange(n) * 7 // 3) % k
    return {
        "id": identifier, "n": n, "maps": maps, "groups": groups, "apart": apart, "k": k,
        "labels": fit.labels_.tolist(), "centroids": fit.cluster_centers_.tolist(), "inertia": fit.inertia_,
        "iterations": fit.n_iter_,
        "indices": [
            {
                "silhouette": silhouette_score(x, labels),
                "calinski_harabasz": calinski_harabasz_score(x, labels),
                "davies_bouldin": davies_bouldin_score(x, labels),
                "rand_planted": adjusted_rand_score(planted, labels),
            }
            for labels in (fit.labels_, other)
        ],
        "mixture": {
            "weights": mixture.weights_.tolist(), "means": mixture.means_.tolist(), "covariances": mixture.covariances_.tolist(),
            "log_likelihood": mixture.score(x) * n, "bic": mixture.bic(x), "aic": mixture.aic(x),
            "labels": mixture.predict(x).tolist(),
        },
    }


cases = [
    case("four groups, far apart", 400, 3, 4, 6.0, 4),
    case("five groups, near", 900, 6, 5, 2.0, 5),
    case("too few centroids", 300, 2, 4, 4.0, 3),
    case("no groups", 257, 4, 1, 0.0, 8),
]
version = {"scikit-learn": sklearn.__version__, "numpy": numpy.__version__, "python": sys.version.split()[0]}
with open(sys.argv[1], "w", encoding="utf-8") as file:
    json.dump({"version": version, "cases": cases}, file)
