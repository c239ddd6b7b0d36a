#include "support.h"

#ifdef WITH_GIF

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gif_lib.h>

const char *bridge_gif_version(void) {
    static char text[16];
    snprintf(text, sizeof text, "%d.%d.%d", GIFLIB_MAJOR, GIFLIB_MINOR, GIFLIB_RELEASE);
    return text;
}

struct gif_memory {
    const uint8_t *bytes;
    size_t size, offset;
    int ended; /* giflib asked for bytes past the end */
    /* Replaces the four bytes at offset `sizes`, the size of a frame that states none; unused if
       `sizes` is 0. */
    size_t sizes;
    uint8_t frame_size[4];
};

static int read_memory(GifFileType *file, GifByteType *target, int count) {
    struct gif_memory *memory = file->UserData;
    size_t left = memory->size - memory->offset;
    size_t step = (size_t)count < left ? (size_t)count : left;
    memcpy(target, memory->bytes + memory->offset, step);
    for (size_t i = 0; memory->sizes != 0 && i < step; i++) {
        size_t place = memory->offset + i - memory->sizes; /* wraps before `sizes` */
        if (place < sizeof memory->frame_size) target[i] = memory->frame_size[place];
    }
    memory->offset += step;
    if (step < (size_t)count) memory->ended = 1;
    if (step == 0 && count == 1) {
        /* Supplies the end of a list of blocks, which some files lack. giflib refuses it if samples
           are missing. */
        *target = 0;
        return 1;
    }
    return (int)step;
}

static bridge_status failure(const struct gif_memory *memory, int error) {
    const char *words = GifErrorString(error);
    if (error == D_GIF_ERR_NOT_ENOUGH_MEM) return bridge_failure(BRIDGE_OUT_OF_MEMORY, error, words);
    return bridge_failure(memory->ended || error == D_GIF_ERR_EOF_TOO_SOON ? BRIDGE_TRUNCATED : BRIDGE_CORRUPT, error,
                          words);
}

/* Moves to the first image descriptor and sets `*transparent` to the transparent index, or -1. */
static bridge_status find_first_frame(GifFileType *file, struct gif_memory *memory, int *transparent) {
    *transparent = NO_TRANSPARENT_COLOR;
    for (;;) {
        GifRecordType type;
        if (DGifGetRecordType(file, &type) == GIF_ERROR) return failure(memory, file->Error);
        if (type == IMAGE_DESC_RECORD_TYPE) break;
        if (type == TERMINATE_RECORD_TYPE) return bridge_failure(BRIDGE_CORRUPT, 0, "no frame before the end");
        if (type != EXTENSION_RECORD_TYPE) continue;
        int code;
        GifByteType *block;
        if (DGifGetExtension(file, &code, &block) == GIF_ERROR) return failure(memory, file->Error);
        if (code == GRAPHICS_EXT_FUNC_CODE && block != NULL) {
            GraphicsControlBlock control;
            if (DGifExtensionToGCB(block[0], block + 1, &control) == GIF_OK) *transparent = control.TransparentColor;
        }
        while (block != NULL) {
            if (DGifGetExtensionNext(file, &block) == GIF_ERROR) return failure(memory, file->Error);
        }
    }
    if (memory->size - memory->offset >= 8) {
        const uint8_t *size = memory->bytes + memory->offset + 4;
        int is_empty = (size[0] | size[1]) == 0 || (size[2] | size[3]) == 0;
        /* Takes the screen's size, as browsers do; giflib would decode nothing. */
        if (is_empty && memory->offset >= 13) {
            memory->sizes = memory->offset + 4;
            memcpy(memory->frame_size, memory->bytes + 6, sizeof memory->frame_size);
        }
    }
    if (DGifGetImageDesc(file) == GIF_ERROR) return failure(memory, file->Error);
    return bridge_ok();
}

static bridge_status decode_frame(GifFileType *file, const struct gif_memory *memory, int transparent, uint8_t *pixels,
                                  int32_t width, int32_t height) {
    static const int starts[4] = {0, 4, 2, 1}, steps[4] = {8, 8, 4, 2};
    const GifImageDesc *frame = &file->Image;
    const ColorMapObject *colors = frame->ColorMap != NULL ? frame->ColorMap : file->SColorMap;
    if (frame->Width <= 0 || frame->Height <= 0) return bridge_failure(BRIDGE_CORRUPT, 0, "the first frame is empty");
    GifPixelType *row = malloc((size_t)frame->Width);
    if (row == NULL) return bridge_failure(BRIDGE_OUT_OF_MEMORY, 0, NULL);
    int passes = frame->Interlace ? 4 : 1;
    for (int pass = 0; pass < passes; pass++) {
        int start = frame->Interlace ? starts[pass] : 0, step = frame->Interlace ? steps[pass] : 1;
        for (int line = start; line < frame->Height; line += step) {
            if (DGifGetLine(file, row, frame->Width) == GIF_ERROR) {
                bridge_status status = failure(memory, file->Error);
                free(row);
                return status;
            }
            int64_t y = (int64_t)frame->Top + line;
            if (y < 0 || y >= height) continue;
            for (int column = 0; column < frame->Width; column++) {
                int64_t x = (int64_t)frame->Left + column;
                if (x < 0 || x >= width || row[column] == transparent) continue;
                uint8_t *pixel = pixels + ((size_t)y * (size_t)width + (size_t)x) * 4;
                int index = row[column];
                if (colors == NULL) { /* no palette at all: grey levels, as in other decoders */
                    pixel[0] = pixel[1] = pixel[2] = (uint8_t)index;
                } else if (index < colors->ColorCount) {
                    pixel[0] = colors->Colors[index].Red;
                    pixel[1] = colors->Colors[index].Green;
                    pixel[2] = colors->Colors[index].Blue;
                }
                pixel[3] = 255;
            }
        }
    }
    free(row);
    return bridge_ok();
}

bridge_status bridge_gif_decode(const uint8_t *bytes, size_t size, uint8_t *pixels, size_t capacity, int32_t width,
                                int32_t height) {
    if (width <= 0 || height <= 0 || capacity / 4 / (size_t)width < (size_t)height) {
        return bridge_failure(BRIDGE_MISUSE, 0, "pixel buffer too small");
    }
    struct gif_memory memory = {.bytes = bytes, .size = size};
    int error = 0;
    GifFileType *file = DGifOpen(&memory, read_memory, &error);
    if (file == NULL) return failure(&memory, error);
    int transparent;
    bridge_status status = find_first_frame(file, &memory, &transparent);
    if (status.code == BRIDGE_OK) {
        status = decode_frame(file, &memory, transparent, pixels, width, height);
    }
    DGifCloseFile(file, &error);
    return status;
}

#endif
