"""Oracles for forests: what scikit-learn's forests say of data from a formula that `tests/classifier_forest.rs` computes as well, exactly.

Forests are random: the numbers are means over seeds, with the spread of one forest. Python 3.12, scikit-learn 1.9.1, numpy 2.x:
    python tests/reference/forest_sklearn.py tests/reference/forest_sklearn.json
"""

import json
import sys

import numpy
import sklearn
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.metrics import roc_auc_score

SEEDS = 20
TREES = 500


def digits(i, j):
    return ((i * 7919 + j * 104729 + i * j * 1299709 + i * i * 31) % 10007) / 10007 - 0.5


def table(n, p, classes):
    rows, columns = numpy.arange(1, n + 1)[:, None], numpy.arange(1, p + 1)[None, :]
    raw = digits(rows, columns)
    x = raw + 0.6 * numpy.roll(raw, 1, axis=1)
    noise = digits(rows, p + 10 + numpy.arange(1, classes + 1)[None, :])
    scores = 3 * x[:, :classes] - 2 * x[:, 4 : 4 + classes] + 0.5 * numpy.arange(1, classes + 1) + 2 * noise
    # Some columns take few values, so that ties occur.
    x[:, p // 2 :] = numpy.round(4 * x[:, p // 2 :]) / 4
    return x, scores.argmax(axis=1)


def case(identifier, kind, n, p, classes, **options):
    x, y = table(n, p, classes)
    train, test = slice(0, n // 2), slice(n // 2, n)
    probabilities, aucs, importances, out_of_bag, leaves = [], [], [], [], []
    for seed in range(SEEDS):
        extra = {"oob_score": True} if options.get("bootstrap", kind is RandomForestClassifier) else {}
        forest = kind(n_estimators=TREES, random_state=seed, **options, **extra).fit(x[train], y[train])
        probability = forest.predict_proba(x[test])
        probabilities.append(probability)
        importances.append(forest.feature_importances_)
        leaves.append(numpy.mean([tree.get_n_leaves() for tree in forest.estimators_]))
        if extra:
            out_of_bag.append(forest.oob_decision_function_)
        if classes == 2:
            aucs.append(roc_auc_score(y[test], probability[:, 1]))
    return {
        "id": identifier, "n": n, "p": p, "classes": classes,
        "options": {key: value for key, value in options.items()}, "extra_trees": kind is ExtraTreesClassifier,
        "probability": numpy.mean(probabilities, axis=0).tolist(), "probability_sd": numpy.std(probabilities, axis=0, ddof=1).tolist(),
        "importance": numpy.mean(importances, axis=0).tolist(), "importance_sd": numpy.std(importances, axis=0, ddof=1).tolist(),
        "leaves": [float(numpy.mean(leaves)), float(numpy.std(leaves, ddof=1))],
        "out_of_bag": numpy.mean(out_of_bag, axis=0).tolist() if out_of_bag else None,
        "auc": [float(numpy.mean(aucs)), float(numpy.std(aucs, ddof=1))] if aucs else None,
    }


cases = [
    case("two classes", RandomForestClassifier, 240, 16, 2),
    case("two classes, leaves of five, all columns", RandomForestClassifier, 240, 16, 2, min_samples_leaf=5, max_features=None),
    case("three classes, entropy, depth 4", RandomForestClassifier, 240, 16, 3, criterion="entropy", max_depth=4),
    case("two classes, class weights", RandomForestClassifier, 240, 16, 2, class_weight={0: 1.0, 1: 3.0}, min_samples_leaf=3),
    case("three classes, extra trees", ExtraTreesClassifier, 240, 16, 3),
    case("two classes, splits of twelve, no bootstrap", RandomForestClassifier, 240, 16, 2, min_samples_split=12, bootstrap=False),
]
version = {"scikit-learn": sklearn.__version__, "numpy": numpy.__version__, "python": sys.version.split()[0]}
with open(sys.argv[1], "w", encoding="utf-8") as file:
    json.dump({"version": version, "seeds": SEEDS, "trees": TREES, "cases": cases}, file)
