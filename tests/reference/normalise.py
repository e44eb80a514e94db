"""Oracles for normalisation, of images that `tests/image_normalise.rs` computes as well: Nyúl's standard scale, PyRadiomics' normalisation.

Python 3.11, SimpleITK 2.5.7, numpy 2.4, intensity-normalization 3.0.1:
    python tests/reference/normalise.py tests/reference/normalise.json
"""

import json
import sys

import numpy
import SimpleITK as sitk
from intensity_normalization.adapters.images import create_image
from intensity_normalization.normalizers.population.nyul import NyulNormalizer

SIZE = (10, 9, 8)


def values(number):
    """Integers of a skewed distribution that differs from image to image; axis i is fastest."""
    v = numpy.arange(SIZE[0] * SIZE[1] * SIZE[2], dtype=numpy.int64)
    digits = (v * 7919 + v * v * 31 + number * 104729) % 1009
    return (digits + digits * digits * (number + 1) // 700 + 50 * number).astype(float)


def inside(number):
    v = numpy.arange(SIZE[0] * SIZE[1] * SIZE[2], dtype=numpy.int64)
    return (v * 37 + number) % 5 != 0


def array(flat):
    return flat.reshape(SIZE[::-1])


images = [create_image(array(values(n))) for n in range(4)]
masks = [create_image(array(inside(n)).astype(float)) for n in range(4)]
nyul = NyulNormalizer(output_min_value=0.0)
nyul.fit_population(images[:3], masks[:3])
applied = nyul.transform(images[3], masks[3]).get_data()

normalised = {}
for kind in (sitk.sitkInt16, sitk.sitkFloat64):
    image = sitk.Cast(sitk.GetImageFromArray(array(values(2))), kind)
    normalised[sitk.GetPixelIDValueAsString(kind)] = sitk.GetArrayFromImage(sitk.Normalize(image)).flatten()[::5].tolist()

with open(sys.argv[1], "w") as out:
    json.dump({
        "tool": "SimpleITK %s, numpy %s, intensity-normalization 3.0.1" % (sitk.Version_VersionString(), numpy.__version__),
        "every": 5,
        "nyul": {"landmarks": nyul.standard_scale.tolist(), "percents": nyul.percentiles.tolist(), "applied": applied.flatten()[::5].tolist()},
        "normalize": normalised,
    }, out, separators=(",", ":"))
    out.write("\n")
