"""`python -m comparison.check OURS THEIRS` prints the size, chroma subsampling and length of two results, and their PSNR."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

Image.MAX_IMAGE_PIXELS = None
SAMPLINGS = {0: "4:4:4", 1: "4:2:2", 2: "4:2:0", -1: "other"}


def facts(path: str) -> tuple[dict, np.ndarray]:
    from PIL import JpegImagePlugin

    with Image.open(path) as picture:
        sampling = SAMPLINGS[JpegImagePlugin.get_sampling(picture)] if picture.format == "JPEG" else None
        upright = ImageOps.exif_transpose(picture).convert("RGB")
        found = {"size": list(upright.size), "sampling": sampling, "bytes": Path(path).stat().st_size}
        return found, np.asarray(upright)


def main():
    (ours, a), (theirs, b) = facts(sys.argv[1]), facts(sys.argv[2])
    psnr = None
    if a.shape == b.shape:
        # Row by row: a 16-megapixel image as floats would be 400 MB.
        error = sum(float(np.square(x.astype(np.int16) - y.astype(np.int16), dtype=np.int32).sum()) for x, y in zip(a, b))
        psnr = 99.0 if error == 0 else 10 * math.log10(255**2 * a.size / error)
    print(json.dumps({"ours": ours, "theirs": theirs, "psnr": psnr}))


if __name__ == "__main__":
    main()
