"""A typical Pillow script for a folder, with two processes: `pillow_batch.py FOLDER SIDE FILE…`"""

import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path


def reduce(job):
    from PIL import Image, ImageOps

    source, folder, side = job
    with Image.open(source) as opened:
        # Lets libjpeg decode at a reduced size that is still larger than the result.
        opened.draft("RGB", (side, side))
        picture = ImageOps.exif_transpose(opened).convert("RGB")
    picture.thumbnail((side, side), Image.LANCZOS)
    picture.save(Path(folder) / (Path(source).name + ".jpg"), "JPEG", quality=90)


if __name__ == "__main__":
    folder, side, *files = sys.argv[1:]
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(reduce, [(file, folder, int(side)) for file in files]))
