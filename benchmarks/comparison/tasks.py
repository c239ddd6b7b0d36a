"""The tasks, the peers that they are measured against, and the goals."""

from __future__ import annotations

from dataclasses import dataclass, field

@dataclass(frozen=True)
class Goal:
    """The largest allowed ratio of our figure to the peer's; `None`: no goal."""

    cpu: float | None = None
    wall: float | None = None
    peak: float | None = None


@dataclass(frozen=True)
class Task:
    """One image prepared in a loop, in one process for each contestant."""

    key: str
    title: str
    source: str
    stored: tuple[int, int]
    quality: int
    subsampling: str
    width: int | None = None  # of the output, if it is scaled
    height: int | None = None
    alpha: bool = False
    turned: bool = False
    keeps: bool = False  # our output is the input, unchanged
    against: str = "vips"  # the peer of the goal
    goal: Goal = field(default_factory=Goal)
    note: str = ""

    def options(self, in_memory: bool = False) -> dict:
        return {
            "in_memory": in_memory,
            "quality": self.quality,
            "subsampling": self.subsampling,
            "width": self.width,
            "height": self.height,
            "alpha": self.alpha,
            "turned": self.turned,
        }


CAP = (4729, 3547)  # 4:3 at 16,777,216 px², as seedream plans it; checked before anything is timed
BIG = ("20mp-420.jpg", (5216, 3912), 90, "4:2:0")

# T1 to T9, except T4, which is a command.
PICTURE_TASKS = [
    Task("T1", "20 MP JPEG 4:2:0 → cap", *BIG, *CAP, goal=Goal(0.55, 0.50, 0.40)),
    Task("T2", "the same, beside the floor", *BIG, *CAP, against="floor", goal=Goal(1.35, 0.90)),
    Task(
        "T3", "12 MP valid JPEG, EXIF and GPS → passes through", "12mp.jpg", (4000, 3000), 92, "4:2:0", keeps=True,
        goal=Goal(0.03, 0.04, 0.5), note="the peers decode it and encode it again at q92",
    ),
    Task(
        "T5", "640x480 JPEG → minimum area", "640.jpg", (640, 480), 90, "4:2:0", 1110, 832, goal=Goal(0.7, 0.7),
        note="seedream and Pillow enlarge with Lanczos3, OpenCV with its Lanczos4, libvips always with bicubic",
    ),
    Task("T6", "14.7 MP RGBA PNG → flattened JPEG", "rgba.png", (4428, 3320), 90, "4:4:4", alpha=True, goal=Goal(0.95, 1.0, 0.6)),
    Task("T7", "33 MP RGB PNG → cap, JPEG", "33mp.png", (6624, 4968), 90, "4:4:4", *CAP, goal=Goal(0.95, 1.0, 0.6)),
    Task("T8", "16.8 MP lossy WebP → cap, JPEG", "17mp.webp", (4736, 3552), 90, "4:4:4", *CAP, goal=Goal(0.8, 0.8)),
    Task(
        "T9", "12 MP JPEG, orientation 6 → upright", "12mp-6.jpg", (4000, 3000), 90, "4:2:0", turned=True, goal=Goal(0.6, 0.6),
        note="seedream rotates the coefficients, without loss; the peers decode, rotate and encode",
    ),
]
