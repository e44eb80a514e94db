"""What public programs read of series of images; the Rust reader is held against it.

python series_oracle.py REFERENCE > series_oracle.json

pydicom 3.0.2 and nibabel 5.4.2 read the real breast DCE (phases told apart by content time alone, slices by position
alone), dcm2niix v1.0.20260724 its protocol, and the b-values of diffusion files that this script makes for every vendor
with a public header. Only numbers are written.
"""

import datetime
import glob
import json
import pathlib
import subprocess
import sys
import tempfile

import nibabel
import numpy
import pydicom
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

reference = pathlib.Path(sys.argv[1])


def seconds(tm):
    return int(tm[:2]) * 3600 + int(tm[2:4]) * 60 + float(tm[4:])


def convert(folder, out):
    command = ["dcm2niix", "-b", "y", "-ba", "y", "-z", "n", "-f", "%s_%e", "-o", out, folder]
    subprocess.run(command, check=True, capture_output=True)


def dce():
    phases = {}
    for name in glob.glob(str(reference / "breast_dce/dicom/dce/*.dcm")):
        header = pydicom.dcmread(name)
        phases.setdefault(seconds(header.ContentTime), []).append(header)
    start = min(phases)
    rows = []
    for time, slices in sorted(phases.items()):
        axes = slices[0].ImageOrientationPatient
        normal = numpy.cross(axes[:3], axes[3:])
        slices.sort(key=lambda header: numpy.dot(header.ImagePositionPatient, normal))
        pixels = numpy.stack([header.pixel_array for header in slices]).astype(numpy.int64)
        ramp = numpy.arange(1, pixels.size + 1, dtype=numpy.int64) % 1009
        weighted = int((pixels.ravel() * ramp).sum())
        rows.append({"seconds": time - start, "slices": len(slices), "sum": int(pixels.sum()), "weighted": weighted})
    image = nibabel.load(reference / "breast_dce/UCSF-BR-06_dce4d.nii.gz")
    volumes = [int(numpy.asarray(image.dataobj[..., n]).astype(numpy.int64).sum()) for n in range(image.shape[3])]
    with tempfile.TemporaryDirectory() as out:
        convert(str(reference / "breast_dce/dicom/dce"), out)
        sidecar = json.load(open(sorted(glob.glob(out + "/*.json"))[0]))
    keep = ["RepetitionTime", "EchoTime", "FlipAngle", "SliceThickness", "Manufacturer", "ManufacturersModelName"]
    return {"phases": rows, "nifti_sums": volumes, "sidecar": {name: sidecar[name] for name in keep if name in sidecar}}


def diffusion(vendor, b_values, file_of_b):
    """A folder of diffusion images, three slices each, as the vendor writes them; the b-values that dcm2niix reads."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as out:
        series, study, frame = generate_uid(), generate_uid(), generate_uid()
        instance = 0
        for volume, b in enumerate(b_values):
            for place in range(3):
                instance += 1
                meta = FileMetaDataset()
                meta.TransferSyntaxUID = ExplicitVRLittleEndian
                meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.4"
                meta.MediaStorageSOPInstanceUID = generate_uid()
                d = FileDataset(None, {}, file_meta=meta, preamble=b"\0" * 128)
                d.SOPClassUID, d.SOPInstanceUID = meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID
                d.SeriesInstanceUID, d.StudyInstanceUID, d.FrameOfReferenceUID = series, study, frame
                d.Modality, d.Manufacturer, d.ImageType = "MR", vendor, ["ORIGINAL", "PRIMARY", "OTHER"]
                d.SeriesNumber, d.InstanceNumber, d.AcquisitionNumber = 4, instance, 1
                d.StudyDate = d.SeriesDate = d.AcquisitionDate = d.ContentDate = "20000101"
                d.StudyTime = d.SeriesTime = d.AcquisitionTime = d.ContentTime = "120000"
                d.PatientName, d.PatientID, d.ProtocolName, d.SeriesDescription = "x", "x", "dwi", "dwi"
                d.ScanningSequence, d.SequenceVariant, d.MRAcquisitionType = "EP", "SK", "2D"
                d.RepetitionTime, d.EchoTime, d.FlipAngle, d.MagneticFieldStrength = 5000, 60, 90, 3
                d.SliceThickness, d.SpacingBetweenSlices, d.PixelSpacing = 4, 4, [1.5, 1.5]
                d.ImagePositionPatient, d.ImageOrientationPatient = [0, 0, 4.0 * place], [1, 0, 0, 0, 1, 0]
                d.Rows = d.Columns = 8
                d.SamplesPerPixel, d.PhotometricInterpretation = 1, "MONOCHROME2"
                d.BitsAllocated, d.BitsStored, d.HighBit, d.PixelRepresentation = 16, 12, 11, 0
                d.PixelData = (numpy.arange(64, dtype=numpy.uint16) + 100 * volume + 10 * place).tobytes()
                file_of_b(d, b, volume, place)
                d.save_as(f"{folder}/{instance:03d}.dcm", enforce_file_format=True)
        convert(folder, out)
        files = sorted(glob.glob(out + "/*.bval"))
        return [float(b) for name in files for b in open(name).read().split()]


def ge(d, b, volume, place):
    d.SoftwareVersions = "27"
    block = d.private_block(0x0043, "GEMS_PARM_01", create=True)
    block.add_new(0x39, "IS", [b + 1_000_000_000, 8, 0, 0])
    block = d.private_block(0x0019, "GEMS_ACQU_01", create=True)
    for element, value in ((0xBB, 1.0), (0xBC, 0.0), (0xBD, 0.0)):
        block.add_new(element, "DS", value if b else 0.0)


def philips(d, b, volume, place):
    block = d.private_block(0x2001, "Philips Imaging DD 001", create=True)
    block.add_new(0x03, "FL", float(b))
    block.add_new(0x04, "CS", "S" if b else "N")
    block = d.private_block(0x2005, "Philips MR Imaging DD 001", create=True)
    for element, value in ((0xB0, 1.0), (0xB1, 0.0), (0xB2, 0.0)):
        block.add_new(element, "FL", value if b else 0.0)
    d.TemporalPositionIdentifier = volume + 1


def siemens(d, b, volume, place):
    block = d.private_block(0x0019, "SIEMENS MR HEADER", create=True)
    block.add_new(0x0C, "IS", b)
    if b:
        block.add_new(0x0E, "FD", [1.0, 0.0, 0.0])
    d.AcquisitionNumber = volume + 1


def standard(d, b, volume, place):
    d.add_new(0x00189087, "FD", float(b))
    d.add_new(0x00189089, "FD", [1.0, 0.0, 0.0] if b else [0.0, 0.0, 0.0])


b_values = [0, 50, 800]
answer = {
    "programs": "pydicom 3.0.2, nibabel 5.4.2, dcm2niix v1.0.20260724",
    "dce": dce(),
    "diffusion": {
        "b_values": b_values,
        "GE": diffusion("GE MEDICAL SYSTEMS", b_values, ge),
        "Philips": diffusion("Philips", b_values, philips),
        "Siemens": diffusion("SIEMENS", b_values, siemens),
        "standard": diffusion("Canon", b_values, standard),
    },
}
json.dump(answer, sys.stdout, indent=1)
