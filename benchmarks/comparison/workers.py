"""Runs a peer in a loop: `python -m comparison.workers PEER INPUT OUTPUT OPTIONS-AS-JSON`.

Prints one line when everything is imported, then does the work once for each line on standard input, and prints
its cost. The same protocol as benchmarks/Loop and benchmarks/Floor.
"""

from __future__ import annotations

import io
import json
import resource
import sys
import time


def vips(source: str, target: str, o: dict):
    import pyvips

    # Without the cache of results, which would replace the work.
    pyvips.cache_set_max(0)
    options = {"Q": o["quality"], "subsample_mode": "on" if o["subsampling"] == "4:2:0" else "off", "keep": "none"}

    def run():
        if o.get("width"):
            picture = pyvips.Image.thumbnail(source, o["width"], height=o["height"], size="force")
        else:
            # A quarter rotation needs the whole image; otherwise it streams.
            access = "random" if o["turned"] else "sequential"
            picture = pyvips.Image.new_from_file(source, access=access).autorot()
        if picture.hasalpha():
            picture = picture.flatten(background=[255, 255, 255])
        if o["in_memory"]:
            picture.jpegsave_buffer(**options)
        else:
            picture.jpegsave(target, **options)

    return run


def pillow(source: str, target: str, o: dict):
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None

    def run():
        with Image.open(source) as opened:
            picture = ImageOps.exif_transpose(opened)
            if picture.mode == "RGBA":
                ground = Image.new("RGB", picture.size, "white")
                ground.paste(picture, mask=picture.getchannel("A"))
                picture = ground
            if o.get("width"):
                picture = picture.resize((o["width"], o["height"]), Image.LANCZOS)
            to = io.BytesIO() if o["in_memory"] else target
            picture.save(to, "JPEG", quality=o["quality"], subsampling=2 if o["subsampling"] == "4:2:0" else 0)

    return run


def opencv(source: str, target: str, o: dict):
    import cv2

    sampling = cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420 if o["subsampling"] == "4:2:0" else cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444

    def run():
        picture = cv2.imread(source, cv2.IMREAD_UNCHANGED if o.get("alpha") else cv2.IMREAD_COLOR)
        if o.get("alpha"):
            cover = picture[:, :, 3:].astype("float32") / 255
            picture = (picture[:, :, :3] * cover + 255 * (1 - cover) + 0.5).astype("uint8")
        if o.get("width"):
            # OpenCV's Lanczos4 does not widen its support to reduce, so area averaging is used, as is common.
            shrinks = o["width"] < picture.shape[1]
            method = cv2.INTER_AREA if shrinks else cv2.INTER_LANCZOS4
            picture = cv2.resize(picture, (o["width"], o["height"]), interpolation=method)
        settings = [cv2.IMWRITE_JPEG_QUALITY, o["quality"], cv2.IMWRITE_JPEG_SAMPLING_FACTOR, sampling]
        if o["in_memory"]:
            cv2.imencode(".jpg", picture, settings)
        else:
            cv2.imwrite(target, picture, settings)

    return run


def resident(field: str) -> int:
    """A field of /proc/self/status, in KiB."""
    with open("/proc/self/status") as status:
        return int(next(line for line in status if line.startswith(field)).split()[1])


def main():
    peer, source, target, options = sys.argv[1:5]
    run = {"vips": vips, "pillow": pillow, "opencv": opencv}[peer](source, target, json.loads(options))
    print(json.dumps({"idle": resident("VmRSS")}), flush=True)
    for _ in sys.stdin:
        before, start = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
        run()
        wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        print(json.dumps({"cpu": cpu, "wall": wall, "peak": resident("VmHWM")}), flush=True)


if __name__ == "__main__":
    main()
