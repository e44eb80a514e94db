"""Oracles for image filters: what PyRadiomics' filters make of a small simulated image, which is written beside them.

Python 3.9 with pyradiomics 3.1.0, SimpleITK 2.5, PyWavelets 1.6, scikit-image 0.24, SciPy 1.11, trimesh 4.12:
    python tests/reference/filters_pyradiomics.py tests/reference/filters_pyradiomics.json
"""

import json
import logging
import sys
from unittest import mock

# PyRadiomics imports its validator of parameter files, which is not used here.
for module in ("pykwalify", "pykwalify.core", "pykwalify.compat"):
    sys.modules.setdefault(module, mock.MagicMock())

import numpy
import pywt
import radiomics
import scipy
import SimpleITK as sitk
import skimage
import trimesh
from radiomics import imageoperations

SIZE = (7, 6, 5)  # i, j, k
SPACING = (0.8, 1.1, 2.0)


def simulated():
    rng = numpy.random.default_rng(20261122)
    k, j, i = numpy.meshgrid(*[numpy.arange(n) for n in SIZE[::-1]], indexing="ij")
    smooth = 60 * numpy.sin(0.9 * i) + 25 * j - 40 * numpy.cos(1.3 * k + 0.4 * j)
    return numpy.round(smooth + rng.normal(0, 30, smooth.shape), 3)


def run(name, filter_of, settings):
    image = sitk.GetImageFromArray(simulated())
    image.SetSpacing(SPACING)
    mask = sitk.GetImageFromArray(numpy.ones(SIZE[::-1], dtype=numpy.uint8))
    mask.SetSpacing(SPACING)
    maps = []
    for response, kind, _ in filter_of(image, mask, **settings):
        # Ten digits are enough for a tolerance of 1e-8; what ITK gives in 32 bits has seven.
        values = [float(f"{value:.11g}") for value in sitk.GetArrayFromImage(response).ravel()]
        maps.append({"name": kind, "values": values})
    return {"filter": name, "settings": settings, "maps": maps}


logging.getLogger("radiomics").setLevel(logging.ERROR)
cases = [
    run("square", imageoperations.getSquareImage, {}),
    run("square-root", imageoperations.getSquareRootImage, {}),
    run("logarithm", imageoperations.getLogarithmImage, {}),
    run("exponential", imageoperations.getExponentialImage, {}),
    run({"gradient": {}}, imageoperations.getGradientImage, {}),
    run({"gradient": {"use-spacing": False}}, imageoperations.getGradientImage, {"gradientUseSpacing": False}),
    *[run({"recursive-log": {"sigma": sigma}}, imageoperations.getLoGImage, {"sigma": [sigma]}) for sigma in (0.5, 1.0, 3.0)],
    run({"wavelet": {}}, imageoperations.getWaveletImage, {}),
    run({"wavelet": {"wavelet": "db3", "start-level": 1, "level": 2}}, imageoperations.getWaveletImage,
        {"wavelet": "db3", "start_level": 1, "level": 2}),
    run({"wavelet": {"wavelet": "haar", "leave": "k"}}, imageoperations.getWaveletImage, {"wavelet": "haar", "force2D": True}),
    run({"wavelet": {"wavelet": "sym4", "leave": "j"}}, imageoperations.getWaveletImage,
        {"wavelet": "sym4", "force2D": True, "force2Ddimension": 1}),
    run({"lbp-2d": {}}, imageoperations.getLBP2DImage, {"force2D": True}),
    *[run({"lbp-2d": {"radius": 2.5, "samples": 12, "method": method.replace("_", "-"), "normal": "j"}}, imageoperations.getLBP2DImage,
          {"force2D": True, "force2Ddimension": 1, "lbp2DRadius": 2.5, "lbp2DSamples": 12, "lbp2DMethod": method})
      for method in ("default", "ror", "uniform", "nri_uniform")],
    run({"lbp-3d": {}}, imageoperations.getLBP3DImage, {}),
    run({"lbp-3d": {"levels": 3, "radius": 1.5, "subdivision": 2}}, imageoperations.getLBP3DImage,
        {"lbp3DLevels": 3, "lbp3DIcosphereRadius": 1.5, "lbp3DIcosphereSubdivision": 2}),
]
versions = {
    "pyradiomics": radiomics.__version__, "SimpleITK": sitk.Version_VersionString(), "PyWavelets": pywt.__version__,
    "scikit-image": skimage.__version__, "scipy": scipy.__version__, "trimesh": trimesh.__version__, "numpy": numpy.__version__,
}
image = {"size": SIZE, "spacing": SPACING, "values": simulated().ravel().tolist()}
with open(sys.argv[1], "w", encoding="utf-8") as file:
    file.write(json.dumps({"versions": versions, "image": image, "cases": cases}).replace('{"filter"', '\n{"filter"'))
