"""Oracles for decimated wavelets: what PyWavelets makes of a small simulated image, which is written beside them.

Python 3.11 with PyWavelets 1.8, NumPy 1.26:
    python tests/reference/decimated_pywavelets.py tests/reference/decimated_pywavelets.json

PyWavelets keeps other samples for other boundaries, and more of them. So the image is continued by `pywt.pad` far enough that the
boundary of `dwtn` does not matter, by a width of the parity that puts the kept samples where those of `periodization` lie; the rest is cut
away. For sizes that can be halved, the periodic boundary is held against `wavedecn` with `periodization` itself.
"""

import json
import sys

import numpy
import pywt

MODES = {"zero": "zero", "nearest": "constant", "periodic": "periodic", "mirror": "symmetric"}
BANDS = {3: ["LLL", "LLH", "LHL", "LHH", "HLL", "HLH", "HHL", "HHH"], 2: ["LL", "LH", "HL", "HH"]}


def simulated(size):
    rng = numpy.random.default_rng(20261122)
    k, j, i = numpy.meshgrid(*[numpy.arange(n) for n in size[::-1]], indexing="ij")
    return numpy.round(50 * numpy.sin(0.8 * i) - 20 * j + 30 * numpy.cos(1.1 * k + 0.3 * j) + rng.normal(0, 20, i.shape), 2)


def level(image, wavelet, mode, axes):
    """All bands of one level, by their letters along the axes."""
    half = pywt.Wavelet(wavelet).dec_len // 2
    width = 2 * half + 2 + (half + 1) % 2
    widths = [(width, width) if axis in axes else (0, 0) for axis in range(3)]
    bands = pywt.dwtn(pywt.pad(image, widths, MODES[mode]), wavelet, mode="zero", axes=axes)
    first = (half + width - 1) // 2
    kept = tuple(slice(first, first + (n + 1) // 2) if axis in axes else slice(None) for axis, n in enumerate(image.shape))
    return {key.replace("a", "L").replace("d", "H"): band[kept] for key, band in bands.items()}


def bands(image, wavelet, mode, levels, dimensions):
    axes = (2, 1, 0)[:dimensions]
    low = "L" * dimensions
    found = []
    for _ in range(levels):
        found.append(level(image, wavelet, mode, axes))
        image = found[-1][low]
    return found


def checked(image, wavelet, levels):
    """The periodic boundary by padding is `periodization`."""
    theirs = pywt.wavedecn(image, wavelet, mode="periodization", level=levels, axes=(2, 1, 0))
    ours = bands(image, wavelet, "periodic", levels, 3)
    numpy.testing.assert_allclose(ours[-1]["LLL"], theirs[0], atol=1e-9)
    for deep, details in enumerate(reversed(theirs[1:])):
        for key, band in details.items():
            numpy.testing.assert_allclose(ours[deep][key.replace("a", "L").replace("d", "H")], band, atol=1e-9)


images, cases = [], []
for size, wavelets in [((12, 8, 8), ["haar", "db2", "sym4", "coif1"]), ((7, 9, 5), ["haar", "db3", "coif2"])]:
    image = simulated(size)
    images.append({"size": size, "values": image.ravel().tolist()})
    for wavelet in wavelets:
        if size == (12, 8, 8):
            checked(image, wavelet, 2)
        for mode in MODES:
            for dimensions in (3, 2):
                found = bands(image, wavelet, mode, 2, dimensions)
                # The bands take turns, and so do the levels.
                for _ in range(3 if dimensions == 3 else 1):
                    turn = sum(len(case["filter"]["separable-wavelet"]["band"]) == dimensions for case in cases)
                    letters, deep = BANDS[dimensions][turn % len(BANDS[dimensions])], int(turn % 3 == 2)
                    values = [float(f"{value:.10g}") for value in found[deep][letters].ravel()]
                    wanted = {"wavelet": wavelet, "band": letters, "level": deep + 1, "boundary": mode, "decimated": True}
                    cases.append({"image": len(images) - 1, "filter": {"separable-wavelet": wanted}, "values": values})
versions = {"PyWavelets": pywt.__version__, "numpy": numpy.__version__}
with open(sys.argv[1], "w", encoding="utf-8") as file:
    file.write(json.dumps({"versions": versions, "images": images, "cases": cases}).replace('{"image"', '\n{"image"'))
