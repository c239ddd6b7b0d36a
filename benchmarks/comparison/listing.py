"""Lists the images of a folder as a Markdown table: `python -m comparison.listing FOLDER`."""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

import pillow_heif
from PIL import Image, ImageCms, JpegImagePlugin

from .photographs import DERIVED, REAL

Image.MAX_IMAGE_PIXELS = None
pillow_heif.register_heif_opener()


def kind(picture: Image.Image) -> str:
    """`JPEG, progressive, 4:2:0, orientation 6`"""
    parts = [picture.format.replace("HEIF", "HEIC")]
    if picture.format == "JPEG":
        parts.append("progressive" if picture.info.get("progressive") else "baseline")
        parts.append({0: "4:4:4", 1: "4:2:2", 2: "4:2:0"}.get(JpegImagePlugin.get_sampling(picture), "grey"))
        orientation = picture.getexif().get(0x0112, 1)
        parts += [f"orientation {orientation}"] if orientation != 1 else []
    tiling = picture.info.get("tiling") or {}
    if tiling.get("num_columns", 1) > 1:
        parts.append(f"tiles of {tiling['tile_width']}x{tiling['tile_height']}")
    return ", ".join(parts)


def origin(path: Path) -> str:
    """Returns where an image is from, and how it was made of that."""
    if path.parent.name != "photographs":
        return "synthetic, comparison/inputs.py"
    return DERIVED.get(path.name) or f"as it is, from {REAL[path.stem][1]}"


def listing(folder: Path) -> str:
    """Returns a Markdown table of the images of a folder."""
    lines = ["| image | MP | kind | profile | bits per pixel | from |", "| --- | --- | --- | --- | --- | --- |"]
    # Of a series, the first image says enough.
    later = re.compile(r"batch-|(mixed|five|body)-0*[1-9]")
    for path in sorted(folder.glob("[!.]*.*")):
        if later.match(path.name) or path.suffix == ".icc":
            continue
        with Image.open(path) as picture:
            area, profile, described = picture.width * picture.height, picture.info.get("icc_profile"), "none"
            if profile:
                described = ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(profile))).strip()
            cells = [path.name, f"{area / 1e6:.1f}", kind(picture), described, f"{path.stat().st_size * 8 / area:.2f}"]
        lines.append(f"| {' | '.join([*cells, origin(path)])} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(listing(Path(sys.argv[1])))
