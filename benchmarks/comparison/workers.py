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
    color = {"output_profile": "srgb", "intent": "relative"} if o["converts"] else {}

    def run():
        if o.get("width"):
            picture = pyvips.Image.thumbnail(source, o["width"], height=o["height"], size="force", **color)
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
    from PIL import Image, ImageCms, ImageOps

    Image.MAX_IMAGE_PIXELS = None

    def run():
        with Image.open(source) as opened:
            profile = opened.info.get("icc_profile")
            if o.get("width"):
                # Lets libjpeg decode at a reduced size that is still larger than the result.
                opened.draft(None, (o["width"], o["height"]))
            picture = ImageOps.exif_transpose(opened)
            if picture.mode == "RGBA":
                ground = Image.new("RGB", picture.size, "white")
                ground.paste(picture, mask=picture.getchannel("A"))
                picture = ground
            if o.get("width"):
                picture = picture.resize((o["width"], o["height"]), Image.LANCZOS)
            if o["converts"]:
                embedded = ImageCms.ImageCmsProfile(io.BytesIO(profile))
                intent, flags = ImageCms.Intent.RELATIVE_COLORIMETRIC, ImageCms.Flags.BLACKPOINTCOMPENSATION
                ImageCms.profileToProfile(picture, embedded, ImageCms.createProfile("sRGB"), renderingIntent=intent, flags=flags, inPlace=True)
            # Pillow would write the metadata and the profile of the input.
            picture.info.clear()
            to = io.BytesIO() if o["in_memory"] else target
            picture.save(to, "JPEG", quality=o["quality"], subsampling=2 if o["subsampling"] == "4:2:0" else 0)

    return run


def pillow_heif(source: str, target: str, o: dict):
    import pillow_heif

    pillow_heif.register_heif_opener()
    return pillow(source, target, o)


def opencv(source: str, target: str, o: dict):
    import cv2

    sampling = cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420 if o["subsampling"] == "4:2:0" else cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444
    # Lets libjpeg decode at a reduced size that is still larger than the result.
    mode = {1: cv2.IMREAD_COLOR, 2: cv2.IMREAD_REDUCED_COLOR_2, 4: cv2.IMREAD_REDUCED_COLOR_4, 8: cv2.IMREAD_REDUCED_COLOR_8}[o["shrink"]]

    def run():
        picture = cv2.imread(source, cv2.IMREAD_UNCHANGED if o.get("alpha") else mode)
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


def turbojpeg(source: str, target: str, o: dict):
    """Rotates the coefficients as jpegtran does, without a process each time, with the libjpeg-turbo that seedream uses."""
    from ctypes import CDLL, Structure, byref, c_int, c_ubyte, c_ulong, c_void_p, POINTER, string_at

    class Transform(Structure):
        """`tjtransform`: a region, here none; what to do; options; two pointers."""

        _fields_ = [("region", c_int * 4), ("operation", c_int), ("options", c_int), ("data", c_void_p), ("filter", c_void_p)]

    rotate_90, perfect_and_no_metadata = 5, 1 | 64
    library = CDLL("libturbojpeg.so.0")
    library.tjInitTransform.restype = c_void_p
    library.tjTransform.argtypes = [c_void_p, c_void_p, c_ulong, c_int, POINTER(POINTER(c_ubyte)), POINTER(c_ulong), POINTER(Transform), c_int]
    library.tjFree.argtypes = [POINTER(c_ubyte)]
    handle = library.tjInitTransform()

    def run():
        with open(source, "rb") as file:
            data = file.read()
        result, size = POINTER(c_ubyte)(), c_ulong()
        transform = Transform(operation=rotate_90, options=perfect_and_no_metadata)
        if library.tjTransform(handle, data, len(data), 1, byref(result), byref(size), byref(transform), 0):
            raise RuntimeError("tjTransform failed")
        with open(target, "wb") as file:
            file.write(string_at(result, size.value))
        library.tjFree(result)

    return run


PEERS = {"vips": vips, "pillow": pillow, "pillow-heif": pillow_heif, "opencv": opencv, "turbojpeg": turbojpeg}


def resident(field: str) -> int:
    """A field of /proc/self/status, in KiB."""
    with open("/proc/self/status") as status:
        return int(next(line for line in status if line.startswith(field)).split()[1])


def main():
    peer, source, target, options = sys.argv[1:5]
    run = PEERS[peer](source, target, json.loads(options))
    print(json.dumps({"idle": resident("VmRSS")}), flush=True)
    for _ in sys.stdin:
        before, start = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
        run()
        wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        print(json.dumps({"cpu": cpu, "wall": wall, "peak": resident("VmHWM")}), flush=True)


if __name__ == "__main__":
    main()
