"""Makes the synthetic images of the comparison from the photographs in fixtures/photos; always the same.

`python -m comparison.inputs FOLDER PHOTOS PATTERN…` makes the missing ones whose names match.
"""

from __future__ import annotations

import random
import sys
from fnmatch import fnmatch
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms

PHOTOS = ["rocket.jpg", "coffee.png", "chelsea.png", "dandelion.jpg"]


def mosaic(photos: Path, width: int, height: int, seed: int) -> Image.Image:
    """Crops of the photographs at twice their size, mirrored at random, side by side until the image is full.

    Enlarged, because a photograph of many megapixels has less detail in a pixel than a thumbnail.
    """
    draw = random.Random(seed)
    sources = []
    for name in PHOTOS:
        with Image.open(photos / name) as picture:
            rgb = picture.convert("RGB")
            sources.append(np.asarray(rgb.resize((rgb.width * 2, rgb.height * 2), Image.LANCZOS)))
    result = np.empty((height, width, 3), np.uint8)
    for top in range(0, height, 512):
        for left in range(0, width, 512):
            source = draw.choice(sources)
            y = draw.randrange(max(1, source.shape[0] - 512))
            x = draw.randrange(max(1, source.shape[1] - 512))
            tile = source[y : y + 512, x : x + 512]
            if draw.random() < 0.5:
                tile = tile[:, ::-1]
            place = result[top : top + 512, left : left + 512]
            place[:] = np.pad(tile, ((0, 512), (0, 512), (0, 0)), "reflect")[: place.shape[0], : place.shape[1]]
    return Image.fromarray(result)


def camera_exif(orientation: int = 1) -> Image.Exif:
    """Returns EXIF data like that of a phone, with a position."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F], exif[0x0110] = "Example", "Phone"
    place = exif.get_ifd(0x8825)
    place[1], place[2], place[3], place[4] = "N", (52.0, 31.0, 12.0), "E", (13.0, 24.0, 18.0)
    return exif


class Inputs:
    """Makes the requested files that are missing; never leaves an incomplete file."""

    def __init__(self, folder: Path, photos: Path, patterns: list[str]):
        self.folder, self.photos, self.patterns = folder, photos, patterns
        folder.mkdir(parents=True, exist_ok=True)

    def _made(self, name: str, make) -> Path:
        path = self.folder / name
        if not path.exists() and any(fnmatch(name, pattern) for pattern in self.patterns):
            print(f"making {path}", flush=True)
            part = path.with_name(f".part-{name}")
            make(part)
            part.rename(path)
        return path

    def jpeg(self, name: str, width: int, height: int, *, seed=1, quality=90, subsampling=2, orientation=None) -> Path:
        def make(part):
            exif = {} if orientation is None else {"exif": camera_exif(orientation)}
            mosaic(self.photos, width, height, seed).save(part, "JPEG", quality=quality, subsampling=subsampling, **exif)

        return self._made(name, make)

    def png(self, name: str, width: int, height: int, *, alpha=False, seed=1) -> Path:
        def make(part):
            picture = mosaic(self.photos, width, height, seed)
            if alpha:
                # A disc with a soft edge: three quarters opaque, as cut-outs are.
                y, x = np.ogrid[:height, :width]
                away = np.hypot((x - width / 2) / width, (y - height / 2) / height)
                picture.putalpha(Image.fromarray(np.clip((0.5 - away) * 4000, 0, 255).astype(np.uint8)))
            picture.save(part, "PNG", compress_level=6)

        return self._made(name, make)

    def webp(self, name: str, width: int, height: int, *, seed=1) -> Path:
        return self._made(
            name, lambda part: mosaic(self.photos, width, height, seed).save(part, "WEBP", quality=85, method=4)
        )

    def srgb(self, name: str) -> Path:
        """Makes a profile for ImageMagick, which has none."""
        return self._made(name, lambda part: part.write_bytes(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()))

    def mixed(self, count: int) -> list[Path]:
        """Photographs of 2.5 to 12 megapixels, 4:3: most of them JPEG, some rotated, some PNG, some WebP."""
        draw, paths = random.Random(7), []
        for index in range(count):
            scale = draw.choice([456, 576, 720, 864, 1000])
            width, height = scale * 4, scale * 3
            kind = index % 10
            name = f"mixed-{index:03d}"
            if kind == 8:
                paths.append(self.png(f"{name}.png", width // 2, height // 2, seed=index))
            elif kind == 9:
                paths.append(self.webp(f"{name}.webp", width, height, seed=index))
            else:
                turn = 6 if kind in (3, 6) else 1
                sampling = 1 if kind == 1 else 2
                paths.append(
                    self.jpeg(f"{name}.jpg", width, height, seed=index, quality=88, subsampling=sampling, orientation=turn)
                )
        return paths


def main():
    inputs = Inputs(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])
    inputs.jpeg("20mp-420.jpg", 5216, 3912, seed=1)
    inputs.jpeg("12mp.jpg", 4000, 3000, seed=2, orientation=1)
    inputs.jpeg("12mp-6.jpg", 4000, 3000, seed=2, orientation=6)
    inputs.jpeg("640.jpg", 640, 480, seed=3)
    inputs.png("rgba.png", 4428, 3320, alpha=True, seed=4)
    inputs.png("33mp.png", 6624, 4968, seed=5)
    inputs.srgb("srgb.icc")
    inputs.webp("17mp.webp", 4736, 3552, seed=6)
    inputs.jpeg("256mp.jpg", 16000, 16000, seed=8)
    for index in range(20):
        # About 5 MB each: valid, with metadata to remove.
        inputs.jpeg(f"five-{index:02d}.jpg", 4600, 3450, seed=100 + index, quality=97, orientation=1)
    for index in range(10):
        inputs.jpeg(f"body-{index}.jpg", 2000, 1500, seed=200 + index, orientation=1)
    inputs.mixed(100)


if __name__ == "__main__":
    main()
