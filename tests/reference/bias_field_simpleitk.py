"""Oracle for N4: the field that SimpleITK finds in an image that `tests/image_bias_field.rs` computes as well.

Python 3.11, SimpleITK 2.5.7:
    python tests/reference/bias_field_simpleitk.py tests/reference/bias_field_simpleitk.json
"""

import json
import sys

import numpy
import SimpleITK as sitk

SIZE = (36, 32, 20)


def phantom():
    k, j, i = numpy.meshgrid(*(numpy.arange(n, dtype=numpy.int64) for n in SIZE[::-1]), indexing="ij")
    r = (4 * i - 70) ** 2 + (5 * j - 77) ** 2 + (6 * k - 57) ** 2
    tissue = numpy.where(r < 4900, 100, 0) + numpy.where(r < 2500, 80, 0) + numpy.where((r < 900) | ((i > 20) & (r < 4900) & (j % 7 < 3)), 60, 0)
    x, y, z = i / 35, j / 31, k / 19
    field = numpy.exp(0.5 * x - 0.35 * y * y + 0.3 * x * z - 0.2 * z)
    noise = 1 + ((i * 7919 + j * 10473 + k * 12997 + i * j * 31 + j * k * 17) % 101 - 50) / 2500
    return tissue * field * noise, tissue > 0


values, inside = phantom()
image = sitk.GetImageFromArray(values)
mask = sitk.GetImageFromArray(inside.astype(numpy.uint8))
n4 = sitk.N4BiasFieldCorrectionImageFilter()
n4.Execute(image, mask)
log = sitk.GetArrayFromImage(n4.GetLogBiasFieldAsImage(image))
with open(sys.argv[1], "w") as out:
    json.dump({"tool": "SimpleITK " + sitk.Version_VersionString(), "every": 7, "log": [round(float(v), 7) for v in log.flatten()[::7]]}, out,
              separators=(",", ":"))
    out.write("\n")
