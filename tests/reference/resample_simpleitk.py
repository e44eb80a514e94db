"""Oracles for resampling: what SimpleITK and PyRadiomics make of an image and a mask that `tests/image_resample.rs` computes as well.

Python 3.11, SimpleITK 2.5.7, PyRadiomics 3.0.1:
    python tests/reference/resample_simpleitk.py tests/reference/resample_simpleitk.json
"""

import json
import math
import sys

import numpy
import SimpleITK as sitk
from radiomics import imageoperations

KINDS = {"nearest": sitk.sitkNearestNeighbor, "linear": sitk.sitkLinear, "cubic-spline": sitk.sitkBSpline}
TYPES = {"int16": numpy.int16, "float32": numpy.float32, "float64": numpy.float64}


def turned(degrees):
    """About the axis (1, 2, 2)/3."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    u = numpy.array([1, 2, 2]) / 3
    cross = numpy.array([[0, -u[2], u[1]], [u[2], 0, -u[0]], [-u[1], u[0], 0]])
    return (c * numpy.eye(3) + s * cross + (1 - c) * numpy.outer(u, u)).flatten().tolist()


def indices(size):
    k, j, i = numpy.meshgrid(*(numpy.arange(n, dtype=numpy.int64) for n in reversed(size)), indexing="ij")
    return i, j, k


def placed(array, grid):
    image = sitk.GetImageFromArray(array)
    image.SetSpacing(grid["spacing"])
    image.SetOrigin(grid["origin"])
    image.SetDirection(grid["direction"])
    return image


def image_of(grid, kind):
    i, j, k = indices(grid["size"])
    values = (i * 7919 + j * 10473 + k * 12997 + i * j * 31 + j * k * 17 + i * k * 13) % 1009 - 200 + 40 * i - 30 * j
    return placed(values.astype(TYPES[kind]), grid)


def mask_of(grid, box):
    i, j, k = indices(grid["size"])
    inside = numpy.ones(i.shape, dtype=bool)
    for x, (low, high) in zip((i, j, k), box):
        inside &= (x >= low) & (x < high)
    # Some corners are cut, some voxels are missing.
    inside &= (i * 5 + j * 3 + k * 7) % 11 != 0
    return placed(inside.astype(numpy.uint8), grid)


def grid(size, spacing, origin=(0, 0, 0), direction=(1, 0, 0, 0, 1, 0, 0, 0, 1)):
    return {"size": list(size), "spacing": list(spacing), "origin": list(origin), "direction": list(direction)}


def described(image):
    return grid(image.GetSize(), image.GetSpacing(), image.GetOrigin(), image.GetDirection())


def numbers(image):
    return [float(v) for v in sitk.GetArrayFromImage(image).flatten()]


def pyradiomics(identifier, image, kind, mask, box, spacing, pad, interpolator="cubic-spline"):
    resampled, region = imageoperations.resampleImage(
        image_of(image, kind), mask_of(mask, box), resampledPixelSpacing=spacing, padDistance=pad, label=1,
        interpolator=KINDS[interpolator])
    return {
        "id": identifier, "image": image, "type": kind, "mask": mask, "box": box, "spacing": spacing, "pad": pad, "interpolator": interpolator,
        "grid": described(resampled), "values": numbers(resampled),
        "region": "".join(str(int(v)) for v in sitk.GetArrayFromImage(region).flatten()),
    }


def plain(identifier, image, target, interpolator):
    rif = sitk.ResampleImageFilter()
    rif.SetOutputSpacing(target["spacing"])
    rif.SetOutputOrigin(target["origin"])
    rif.SetOutputDirection(target["direction"])
    rif.SetSize(target["size"])
    rif.SetInterpolator(KINDS[interpolator])
    rif.SetDefaultPixelValue(-5000)
    return {
        "id": identifier, "image": image, "type": "float64", "grid": target, "interpolator": interpolator,
        "values": numbers(rif.Execute(image_of(image, "float64"))),
    }


FLIPPED = (1, 0, 0, 0, -1, 0, 0, 0, 1)
BOX = [[3, 9], [2, 8], [1, 5]]
even = grid((12, 11, 7), (1, 1, 3))
uneven = grid((12, 11, 7), (0.7, 0.8, 2.5), (-99.609375, 13.1, -78.3), FLIPPED)
breast = grid((12, 11, 7), (0.6640620231628418, 0.6640620231628418, 2.0999999046325684), (-116.54303741455078, -48.1446533203125, 9.449999809265137))
oblique = grid((12, 11, 7), (0.9, 0.9, 4), (10.5, -20.25, 3), turned(25))
coarse = grid((8, 8, 5), (1.3, 1.2, 3.5), (0.4, 0.1, 1.2))
tilted = grid((8, 8, 6), (1.1, 1.1, 2.0), (3.0, 1.5, 4.0), turned(12))

result = {
    "tool": "SimpleITK %s, PyRadiomics 3.0.1" % sitk.Version_VersionString(),
    "pyradiomics": [
        pyradiomics("coarser by two: ties", even, "int16", even, BOX, [2, 2, 2], 5),
        pyradiomics("coarser by two, reals", even, "float64", even, BOX, [2, 2, 2], 1),
        pyradiomics("flipped axis", uneven, "float64", uneven, BOX, [1, 1, 1], 2),
        pyradiomics("flipped, ties", grid((12, 11, 7), (0.7, 0.7, 1.4), (-3.3, 2.1, 0.7), FLIPPED), "float64",
                    grid((12, 11, 7), (0.7, 0.7, 1.4), (-3.3, 2.1, 0.7), FLIPPED), BOX, [1.4, 1.4, 2.8], 0),
        pyradiomics("breast spacing", breast, "int16", breast, BOX, [2, 2, 2], 5),
        pyradiomics("breast spacing, 1 mm", breast, "float32", breast, BOX, [1, 1, 1], 1),
        pyradiomics("oblique, within the slices", oblique, "float32", oblique, BOX, [0.61, 0.61, 0], 1),
        pyradiomics("oblique", oblique, "float64", oblique, BOX, [1.7, 1.75, 2.3], 1),
        pyradiomics("one slice", even, "int16", even, [[3, 9], [2, 8], [4, 5]], [1.5, 1.5, 1], 2),
        pyradiomics("linear", uneven, "float64", uneven, BOX, [1, 1, 2], 1, "linear"),
        pyradiomics("nearest", uneven, "int16", uneven, BOX, [1.1, 1.3, 2], 1, "nearest"),
        pyradiomics("same spacing: a crop", even, "int16", even, BOX, [1, 1, 3], 5),
        pyradiomics("mask on another grid", even, "float64", coarse, [[2, 6], [2, 6], [1, 4]], [1, 1, 2], 1),
        pyradiomics("mask on another grid, image's spacing", even, "int16", coarse, [[2, 6], [2, 6], [1, 4]], [1, 1, 3], 1),
        pyradiomics("mask on a turned grid", even, "float64", tilted, [[2, 5], [2, 5], [1, 4]], [0.97, 1.03, 1.5], 0),
    ],
    "simpleitk": [
        plain(f"{name}, {kind}", image, target, kind)
        for name, image, target in [
            ("onto a turned grid", even, tilted),
            ("from a turned grid", oblique, grid((7, 6, 5), (1.1, 1.3, 3.1), (8.0, -19.0, 5.0))),
            ("finer and shifted", uneven, grid((11, 9, 9), (0.45, 0.55, 1.1), (-99.2, 12.7, -78.0), FLIPPED)),
        ]
        for kind in KINDS
    ],
}
with open(sys.argv[1], "w") as out:
    json.dump(result, out, separators=(",", ":"))
    out.write("\n")
