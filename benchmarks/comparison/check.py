"""`python -m comparison.check OURS THEIRS` prints the size, chroma subsampling, profile and length of two results, and
their PSNR as sRGB. `python -m comparison.check --facts FILE…` prints the upright size, the subsampling and
the profile of each.
"""

from __future__ import annotations

import io
import json
import math
import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms, JpegImagePlugin

Image.MAX_IMAGE_PIXELS = None
SAMPLINGS = {0: "4:4:4", 1: "4:2:2", 2: "4:2:0", -1: "other"}


def sampling(picture: Image.Image) -> str | None:
    return SAMPLINGS[JpegImagePlugin.get_sampling(picture)] if picture.format == "JPEG" else None


def profile(picture: Image.Image) -> tuple[str | None, ImageCms.ImageCmsProfile | None]:
    """Returns the name of an embedded profile and the profile, unless there is none or it is sRGB."""
    embedded = picture.info.get("icc_profile")
    if not embedded or picture.mode != "RGB":
        return None, None
    opened = ImageCms.ImageCmsProfile(io.BytesIO(embedded))
    name = ImageCms.getProfileDescription(opened).strip()
    return (None, None) if "sRGB" in name else (name, opened)


def upright_size(picture: Image.Image) -> tuple[int, int]:
    return picture.size[::-1] if picture.getexif().get(0x0112, 1) >= 5 else picture.size


def read(path: str) -> tuple[dict, np.ndarray]:
    with Image.open(path) as picture:
        pixels = picture.convert("RGB")
        name, embedded = profile(picture)
        if embedded:
            intent, flags = ImageCms.Intent.RELATIVE_COLORIMETRIC, ImageCms.Flags.BLACKPOINTCOMPENSATION
            pixels = ImageCms.profileToProfile(pixels, embedded, ImageCms.createProfile("sRGB"), renderingIntent=intent, flags=flags)
        found = {"size": list(pixels.size), "sampling": sampling(picture), "profile": name, "bytes": Path(path).stat().st_size}
        return found, np.asarray(pixels)


def main():
    if sys.argv[1] == "--facts":
        found = []
        for path in sys.argv[2:]:
            with Image.open(path) as picture:
                found.append({"size": upright_size(picture), "sampling": sampling(picture), "profile": profile(picture)[0]})
        print(json.dumps(found))
        return
    (ours, a), (theirs, b) = read(sys.argv[1]), read(sys.argv[2])
    psnr = None
    if a.shape == b.shape:
        # Row by row: a 16-megapixel image as floats would be 400 MB.
        error = sum(float(np.square(x.astype(np.int16) - y.astype(np.int16), dtype=np.int32).sum()) for x, y in zip(a, b))
        psnr = 99.0 if error == 0 else 10 * math.log10(255**2 * a.size / error)
    print(json.dumps({"ours": ours, "theirs": theirs, "psnr": psnr}))


if __name__ == "__main__":
    main()
