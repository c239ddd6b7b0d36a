"""Encodes a HEIC as a phone does: a grid of 512x512 tiles, a profile, a rotation that the file states.

Calls the libheif (1.19 or later, with x265) that the wheel of pillow-heif contains, because pillow-heif has no function
for grids.
"""

from __future__ import annotations

import ctypes
from ctypes import POINTER, byref, c_char_p, c_int, c_size_t, c_ubyte, c_uint32, c_void_p
from pathlib import Path

import numpy as np

SIDE = 512
HEVC, RGB, INTERLEAVED_RGB, INTERLEAVED = 1, 1, 10, 10  # heif_compression_format, …_colorspace, …_chroma, …_channel


class Error(ctypes.Structure):
    """`heif_error`, which most functions return."""

    _fields_ = [("code", c_int), ("subcode", c_int), ("message", c_char_p)]


FUNCTIONS = {
    "heif_context_alloc": (c_void_p, []),
    "heif_context_free": (None, [c_void_p]),
    "heif_context_get_encoder_for_format": (Error, [c_void_p, c_int, POINTER(c_void_p)]),
    "heif_encoder_set_lossy_quality": (Error, [c_void_p, c_int]),
    "heif_encoder_release": (None, [c_void_p]),
    "heif_image_create": (Error, [c_int, c_int, c_int, c_int, POINTER(c_void_p)]),
    "heif_image_add_plane": (Error, [c_void_p, c_int, c_int, c_int, c_int]),
    "heif_image_get_plane": (c_void_p, [c_void_p, c_int, POINTER(c_int)]),
    "heif_image_set_raw_color_profile": (Error, [c_void_p, c_char_p, c_char_p, c_size_t]),
    "heif_image_release": (None, [c_void_p]),
    "heif_context_add_grid_image": (Error, [c_void_p, c_uint32, c_uint32, c_uint32, c_uint32, c_void_p, POINTER(c_void_p)]),
    "heif_context_add_image_tile": (Error, [c_void_p, c_void_p, c_uint32, c_uint32, c_void_p, c_void_p]),
    "heif_image_handle_get_item_id": (c_uint32, [c_void_p]),
    "heif_image_handle_release": (None, [c_void_p]),
    "heif_item_add_raw_property": (Error, [c_void_p, c_uint32, c_uint32, c_char_p, c_char_p, c_size_t, c_int, POINTER(c_uint32)]),
    "heif_context_set_primary_image": (Error, [c_void_p, c_void_p]),
    "heif_context_write_to_file": (Error, [c_void_p, c_char_p]),
}


def library():
    """Returns a function that calls one of the wheel's libheif, and raises what it returns as an error."""
    import pillow_heif

    folder = Path(pillow_heif.__file__).parents[1] / "pillow_heif.libs"
    loaded = ctypes.CDLL(str(next(folder.glob("libheif-*.so*"))))
    for name, (result, arguments) in FUNCTIONS.items():
        getattr(loaded, name).restype, getattr(loaded, name).argtypes = result, arguments

    def call(name: str, *arguments):
        result = getattr(loaded, f"heif_{name}")(*arguments)
        if isinstance(result, Error) and result.code:
            raise RuntimeError(f"heif_{name}: {result.message.decode()}")
        return result

    return call


def encode_grid(pixels: np.ndarray, path: Path, profile: bytes, quality: int, quarter_turns: int = 0):
    """Encodes RGB pixels, top row first; `quarter_turns` counterclockwise are stated for the display (`irot`)."""
    call = library()
    height, width = pixels.shape[:2]
    columns, rows = -(-width // SIDE), -(-height // SIDE)
    # A phone, too, fills up the tiles at the edges.
    padded = np.pad(pixels, ((0, rows * SIDE - height), (0, columns * SIDE - width), (0, 0)), "edge")
    context, encoder, grid, added = call("context_alloc"), c_void_p(), c_void_p(), c_uint32()
    call("context_get_encoder_for_format", context, HEVC, byref(encoder))
    call("encoder_set_lossy_quality", encoder, quality)
    call("context_add_grid_image", context, width, height, columns, rows, None, byref(grid))
    for row in range(rows):
        for column in range(columns):
            tile = padded[row * SIDE : (row + 1) * SIDE, column * SIDE : (column + 1) * SIDE]
            image, stride = c_void_p(), c_int()
            call("image_create", SIDE, SIDE, RGB, INTERLEAVED_RGB, byref(image))
            call("image_add_plane", image, INTERLEAVED, SIDE, SIDE, 8)
            plane = call("image_get_plane", image, INTERLEAVED, byref(stride))
            memory = np.ctypeslib.as_array((c_ubyte * (stride.value * SIDE)).from_address(plane))
            memory.reshape(SIDE, stride.value)[:, : SIDE * 3] = tile.reshape(SIDE, -1)
            call("image_set_raw_color_profile", image, b"prof", profile, len(profile))
            call("context_add_image_tile", context, grid, column, row, image, encoder)
            call("image_release", image)
    item = call("image_handle_get_item_id", grid)
    state = {b"colr": (b"prof" + profile, 0), b"irot": (bytes([quarter_turns]), 1)}
    for kind, (content, essential) in state.items():
        call("item_add_raw_property", context, item, int.from_bytes(kind, "big"), None, content, len(content), essential, byref(added))
    call("context_set_primary_image", context, grid)
    call("context_write_to_file", context, str(path).encode())
    call("image_handle_release", grid)
    call("encoder_release", encoder)
    call("context_free", context)
