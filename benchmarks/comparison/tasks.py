"""The tasks that prepare one image, the peers that they are measured against, and the goals."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

PEERS = ("vips", "vipsthumbnail", "pillow", "opencv", "magick")


@dataclass(frozen=True)
class Goal:
    """The largest allowed ratio of our figure to the peer's; `None`: no goal."""

    cpu: float | None = None
    wall: float | None = None
    peak: float | None = None


@dataclass(frozen=True)
class Task:
    """One image prepared in a loop, in one process for each contestant.

    The keys of photographs end in a letter, so that T1 chooses the synthetic image and the photographs.
    """

    key: str
    title: str
    source: str
    stored: tuple[int, int]
    quality: int
    subsampling: str
    width: int | None = None  # of the output, if it is scaled
    height: int | None = None
    area: int | None = None  # the largest allowed, px², if it is not the cap
    alpha: bool = False
    turned: bool = False
    converts: bool = False  # the result is sRGB, the input is not
    keeps: bool = False  # our output is the input, unchanged
    lossless: bool = False  # our output has the coefficients of the input, so that no quality is set
    goals: dict[str, Goal] = field(default_factory=dict)  # by peer
    others: tuple[str, ...] = ()  # contestants of this task alone
    unable: dict[str, str] = field(default_factory=dict)  # peers that cannot do it, and why
    lighter: dict[str, str] = field(default_factory=dict)  # peers that do less, and what
    memory_limit: float | None = None  # MiB
    libheif: tuple[int, int] | None = None  # the goals are for this version and later ones
    note: str = ""

    def contestants(self, peers: list[str]) -> list[str]:
        """Returns ours and the floor first; T2 has no others."""
        if self.key.startswith("T2"):
            return ["seedream", "floor"]
        floor = [] if self.source.endswith(".heic") else ["floor"]
        return ["seedream", *floor, *peers, *self.others]

    def options(self, in_memory: bool = False) -> dict:
        return {
            "in_memory": in_memory,
            "quality": self.quality,
            "subsampling": self.subsampling,
            "width": self.width,
            "height": self.height,
            "alpha": self.alpha,
            "turned": self.turned,
            "converts": self.converts,
            "shrink": self.shrink,
        }

    @property
    def shrink(self) -> int:
        """The largest factor by which libjpeg can reduce while it decodes, and still be larger than the result."""
        return max(factor for factor in (1, 2, 4, 8) if factor == 1 or self.width and self.width * factor <= self.stored[0])


def reduced(size: tuple[int, int], area: int) -> tuple[int, int]:
    """Returns the size that seedream plans for a larger image; checked before anything is timed."""
    short, long = sorted(size)
    side = math.isqrt(area * short // long)
    return (side, side * long // short) if size[0] < size[1] else (side * long // short, side)


def chosen(key: str, only: set[str]) -> bool:
    return not only or key in only or key.rstrip("pqd") in only


CAP_AREA, TWO_MEGAPIXELS = 16_777_216, 1_999_000
CAP = reduced((5216, 3912), CAP_AREA)
BIG = ("20mp-420.jpg", (5216, 3912), 90, "4:2:0")
REAL_BIG = ("photographs/20mp.jpg", (6028, 3391), 90, "4:2:0", *reduced((6028, 3391), CAP_AREA))
PHONE = (4032, 3024)
T1_GOALS = {"vips": Goal(0.55, 0.45, 0.40)}
T2_GOALS = {"floor": Goal(1.30, 0.75)}
HEIC = {
    "quality": 90,
    "subsampling": "4:2:0",
    "converts": True,
    "others": ("pillow-heif", "heif-dec"),
    "unable": {
        "vips": "the wheel's libheif has no decoder for HEVC",
        "pillow": "reads HEIC with pillow-heif",
        "opencv": "does not read HEIC",
    },
    "lighter": {"heif-dec": "keeps Display P3: less work"},
    "goals": {"pillow-heif": Goal(0.80, 0.60)},
    "memory_limit": 48,
    "libheif": (1, 19),
}
NO_COLOUR = {"opencv": "converts no colours"}

# T1 to T9, except T4, and T14 to T16. The others are commands.
IMAGE_TASKS = [
    Task("T1", "synthetic 20 MP JPEG 4:2:0 → cap", *BIG, *CAP, goals=T1_GOALS),
    Task("T1p", "photograph, 20 MP baseline JPEG 4:2:0 → cap", *REAL_BIG, goals=T1_GOALS),
    Task(
        "T1q", "photographs, 25 MP baseline JPEG 4:4:4 → cap", "photographs/25mp-444.jpg", (7680, 3200), 90, "4:4:4",
        *reduced((7680, 3200), CAP_AREA), note="the floor of a 4:4:4 JPEG decodes to RGB and encodes from it",
    ),
    Task("T2", "synthetic, as T1, beside the floor", *BIG, *CAP, goals=T2_GOALS),
    Task("T2p", "photograph, as T1p, beside the floor", *REAL_BIG, goals=T2_GOALS),
    Task(
        "T3", "synthetic 12 MP valid JPEG, EXIF and GPS → passes through", "12mp.jpg", (4000, 3000), 92, "4:2:0", keeps=True,
        goals={"vips": Goal(0.03, 0.04, 0.5)}, note="the peers decode it and encode it again at q92",
    ),
    Task(
        "T5", "synthetic 640x480 JPEG → minimum area", "640.jpg", (640, 480), 90, "4:2:0", 1110, 832, goals={"vips": Goal(0.7, 0.7)},
        note="seedream and Pillow enlarge with Lanczos3, OpenCV with its Lanczos4, libvips always with bicubic",
    ),
    Task("T6", "synthetic 14.7 MP RGBA PNG → flattened JPEG", "rgba.png", (4428, 3320), 90, "4:4:4", alpha=True, goals={"vips": Goal(0.95, 1.0, 0.6)}),
    Task("T7", "synthetic 33 MP RGB PNG → cap, JPEG", "33mp.png", (6624, 4968), 90, "4:4:4", *CAP, goals={"vips": Goal(0.95, 1.0, 0.6)}),
    Task("T8", "synthetic 16.8 MP lossy WebP → cap, JPEG", "17mp.webp", (4736, 3552), 90, "4:4:4", *CAP, goals={"vips": Goal(0.8, 0.8)}),
    Task(
        "T9", "synthetic 12 MP JPEG, orientation 6 → upright", "12mp-6.jpg", (4000, 3000), 90, "4:2:0", turned=True,
        goals={"vips": Goal(0.66, 0.80)}, note="4000x3000 is not whole MCUs, so that seedream, too, decodes, rotates and encodes",
    ),
    Task(
        "T9p", "photograph, 12 MP JPEG, orientation 6 → upright", "photographs/12mp-6.jpg", PHONE, 90, "4:2:0", turned=True, lossless=True,
        others=("turbojpeg", "jpegtran"), goals={"vips": Goal(0.66, 0.80), "jpegtran": Goal(1.0, 1.0)},
        note="seedream, jpegtran and libjpeg-turbo rotate the coefficients, without loss; the other peers decode, rotate and encode",
    ),
    Task("T14p", "photograph, 12 MP HEIC of an iPhone, tiles, Display P3, irot → JPEG", "photographs/arrow.heic", PHONE[::-1], **HEIC),
    Task("T14q", "photograph, the same with more detail, encoded by libheif → JPEG", "photographs/12mp-detail.heic", PHONE[::-1], **HEIC),
    Task(
        "T15p", "photograph, 12 MP Display P3 JPEG → 2 MP, sRGB", "photographs/12mp-p3.jpg", PHONE, 90, "4:2:0", *reduced(PHONE, TWO_MEGAPIXELS),
        area=TWO_MEGAPIXELS, converts=True, goals={"vips": Goal(0.45, 0.45, 0.6)}, unable=NO_COLOUR,
    ),
    Task(
        "T16p", "photographs, 24 MP progressive JPEG → 2 MP", "photographs/24mp-progressive.jpg", (4208, 5696), 90, "4:2:0",
        *reduced((4208, 5696), TWO_MEGAPIXELS), area=TWO_MEGAPIXELS, goals={"vips": Goal(0.75, 0.75, 0.8)},
        note="libvips, Pillow, OpenCV and ImageMagick have libjpeg-turbo decode at a reduced size",
    ),
]
