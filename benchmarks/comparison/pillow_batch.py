"""What a Pillow user writes for a folder: two processes. `pillow_batch.py FOLDER SIDE FILE…`"""

import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path


def reduce(job):
    from PIL import Image, ImageOps

    source, folder, side = job
    with Image.open(source) as opened:
        # Lets libjpeg decode at a part of the size, as far as the filter has something left to do.
        opened.draft("RGB", (side, side))
        picture = ImageOps.exif_transpose(opened).convert("RGB")
    picture.thumbnail((side, side), Image.LANCZOS)
    picture.save(Path(folder) / (Path(source).name + ".jpg"), "JPEG", quality=90)


if __name__ == "__main__":
    folder, side, *files = sys.argv[1:]
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(reduce, [(file, folder, int(side)) for file in files]))
