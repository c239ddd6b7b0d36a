"""A typical Pillow script for a folder, with two processes: `pillow_batch.py FOLDER AREA FILE…`"""

import io
import math
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path


def reduce(job):
    from PIL import Image, ImageCms, ImageOps, JpegImagePlugin

    source, folder, area = job
    with Image.open(source) as opened:
        profile = opened.info.get("icc_profile")
        sampling = JpegImagePlugin.get_sampling(opened) if opened.format == "JPEG" else 0
        short, long = sorted(opened.size)
        side = math.isqrt(area * short // long)
        size = (side, side * long // short) if opened.width < opened.height else (side * long // short, side)
        # Lets libjpeg decode at a reduced size that is still larger than the result.
        opened.draft(None, size)
        picture = opened if opened.mode == "L" else opened.convert("RGB")
        picture = picture.resize(size, Image.LANCZOS)
        picture = ImageOps.exif_transpose(picture)
    if profile and picture.mode == "RGB":
        embedded = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        ImageCms.profileToProfile(picture, embedded, ImageCms.createProfile("sRGB"), renderingIntent=1, inPlace=True)
    picture.info.clear()
    picture.save(Path(folder) / (Path(source).name + ".jpg"), "JPEG", quality=90, subsampling=max(sampling, 0))


if __name__ == "__main__":
    folder, area, *files = sys.argv[1:]
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(reduce, [(file, folder, int(area)) for file in files]))
