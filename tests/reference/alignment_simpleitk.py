"""Oracles for transforms and resampling through them: files that SimpleITK writes, where it maps points, what it resamples.

Python 3.11, SimpleITK 2.5.7:
    python tests/reference/alignment_simpleitk.py tests/reference/alignment_simpleitk.json tests/alignment_fixture
"""

import json
import math
import pathlib
import sys

import numpy
import SimpleITK as sitk

POINTS = [(0.0, 0.0, 0.0), (10.0, -20.0, 30.0), (-81.5, 44.25, 7.125), (3.0, 5.0, -8.0)]


def similarity():
    t = sitk.Similarity3DTransform()
    t.SetCenter((3, -2, 9))
    t.SetRotation((0.6, 0.0, 0.8), 0.35)
    t.SetScale(1.07)
    t.SetTranslation((1.5, 2.5, -3.5))
    return t


def transforms():
    euler = sitk.Euler3DTransform((1, 2, 3), 0.1, -0.2, 0.3, (4, 5, 6))
    zyx = sitk.Euler3DTransform((1, 2, 3), 0.1, -0.2, 0.3, (4, 5, 6))
    zyx.SetComputeZYX(True)
    versor = sitk.VersorRigid3DTransform((0.48, 0.6, 0.64), 0.4, (7, -3, 2), (11, 12, -13))
    affine = sitk.AffineTransform((1.1, 0.1, 0.2, -0.1, 0.9, 0.05, 0.02, 0.03, 1.05), (4, 5, 6), (10, 20, 30))
    shift = sitk.TranslationTransform(3, (1.25, -2.5, 1e-3))
    composite = sitk.CompositeTransform([euler, affine, shift, sitk.Transform(3, sitk.sitkIdentity)])
    return {
        "euler": euler, "euler_zyx": zyx, "versor": versor, "affine": affine, "translation": shift,
        "identity": sitk.Transform(3, sitk.sitkIdentity), "similarity": similarity(), "composite": composite,
    }


def direction(degrees, flip):
    """About the axis (1, 2, 2)/3, the last index axis turned round when `flip`."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    u = numpy.array([1, 2, 2]) / 3
    cross = numpy.array([[0, -u[2], u[1]], [u[2], 0, -u[0]], [-u[1], u[0], 0]])
    m = c * numpy.eye(3) + s * cross + (1 - c) * numpy.outer(u, u)
    return (m @ numpy.diag([1, 1, -1 if flip else 1])).flatten().tolist()


def volume(grid):
    k, j, i = numpy.meshgrid(*(numpy.arange(n, dtype=numpy.int64) for n in reversed(grid["size"])), indexing="ij")
    values = (i * 7919 + j * 10473 + k * 12997 + i * j * 31 + j * k * 17 + i * k * 13) % 1009 - 200 + 40 * i - 30 * j
    image = sitk.GetImageFromArray(values.astype(numpy.float64))
    image.SetSpacing(grid["spacing"])
    image.SetOrigin(grid["origin"])
    image.SetDirection(grid["direction"])
    return image


def grid(size, spacing, origin, axes):
    return {"size": size, "spacing": spacing, "origin": origin, "direction": axes}


def resampled(name, transform):
    """A moving image on an oblique, flipped grid onto a fixed grid that is turned otherwise."""
    moving = grid([13, 12, 9], [1.0, 1.25, 2.0], [-5.0, -6.0, 11.0], direction(20, True))
    fixed = grid([9, 8, 7], [1.5, 1.4, 2.2], [-6.0, -5.5, -4.0], direction(-15, False))
    image = volume(moving)
    found = {"transform": name, "moving": moving, "fixed": fixed, "values": {}}
    onto = volume(fixed)
    for kind, interpolator in {"nearest": sitk.sitkNearestNeighbor, "linear": sitk.sitkLinear, "cubic-spline": sitk.sitkBSpline}.items():
        out = sitk.Resample(image, onto, transform, interpolator, -1e6, sitk.sitkFloat64)
        found["values"][kind] = sitk.GetArrayFromImage(out).flatten().tolist()
    inside = sitk.Cast(image > 300, sitk.sitkUInt8)
    out = sitk.Resample(inside, onto, transform, sitk.sitkNearestNeighbor, 0, sitk.sitkUInt8)
    found["mask_nearest"] = sitk.GetArrayFromImage(out).flatten().tolist()
    return found


def main(target, folder):
    folder = pathlib.Path(folder)
    folder.mkdir(exist_ok=True)
    oracle = {"tool": "SimpleITK " + sitk.__version__, "points": POINTS, "transforms": {}, "resampled": []}
    for name, transform in transforms().items():
        sitk.WriteTransform(transform, str(folder / f"{name}.tfm"))
        oracle["transforms"][name] = [transform.TransformPoint(point) for point in POINTS]
    # What ANTs calls `0GenericAffine.mat`: ITK's MATLAB writer, as here.
    sitk.WriteTransform(transforms()["affine"], str(folder / "affine.mat"))
    sitk.WriteTransform(transforms()["euler"], str(folder / "euler.mat"))
    bspline = sitk.BSplineTransformInitializer(sitk.Image(4, 4, 4, sitk.sitkFloat32), [1, 1, 1])
    sitk.WriteTransform(bspline, str(folder / "bspline.tfm"))
    sitk.WriteTransform(sitk.Euler2DTransform((1, 2), 0.1, (3, 4)), str(folder / "euler_2d.tfm"))
    small = sitk.Euler3DTransform((3, -2, 6), 0.08, -0.05, 0.1, (1.2, -0.7, 0.9))
    sheared = sitk.AffineTransform((1.05, 0.04, -0.03, 0.02, 0.97, 0.05, -0.02, 0.03, 1.04), (0.8, -1.1, 0.4), (2, 3, 4))
    for name, transform in {"small": small, "sheared": sheared}.items():
        sitk.WriteTransform(transform, str(folder / f"{name}.tfm"))
        oracle["resampled"].append(resampled(name, transform))
    pathlib.Path(target).write_text(json.dumps(oracle) + "\n")


main(*sys.argv[1:])
