#include "LibpngReport.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>
#include <zlib.h>

typedef struct {
    const uint8_t *bytes;
    size_t left;
    jmp_buf escape;
    libpng_report report;
} reading;

static void note(reading *state, png_const_charp message) {
    strncpy(state->report.message, message, sizeof state->report.message - 1);
}

static void on_error(png_structp codec, png_const_charp message) {
    reading *state = png_get_error_ptr(codec);
    note(state, message);
    state->report.is_refused = 1;
    longjmp(state->escape, 1);
}

static void on_warning(png_structp codec, png_const_charp message) {
    reading *state = png_get_error_ptr(codec);
    note(state, message);
    state->report.warnings++;
}

static void read_bytes(png_structp codec, png_bytep target, size_t count) {
    reading *state = png_get_io_ptr(codec);
    if (count > state->left) png_error(codec, "the data end");
    memcpy(target, state->bytes, count);
    state->bytes += count;
    state->left -= count;
}

static int32_t valid_chunks(png_structp codec, png_infop info) {
    static const struct { uint32_t flag; int32_t bit; } known[] = {
        {PNG_INFO_gAMA, LIBPNG_REPORT_gAMA}, {PNG_INFO_cHRM, LIBPNG_REPORT_cHRM},
        {PNG_INFO_sRGB, LIBPNG_REPORT_sRGB}, {PNG_INFO_iCCP, LIBPNG_REPORT_iCCP},
        {PNG_INFO_sBIT, LIBPNG_REPORT_sBIT}, {PNG_INFO_eXIf, LIBPNG_REPORT_eXIf},
#ifdef PNG_cICP_SUPPORTED
        {PNG_INFO_cICP, LIBPNG_REPORT_cICP},
#endif
    };
    int32_t valid = 0;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (png_get_valid(codec, info, known[i].flag) != 0) valid |= known[i].bit;
    }
    return valid;
}

libpng_report libpng_report_on(const uint8_t *bytes, size_t size, const char *color) {
    reading *state = calloc(1, sizeof *state);
    state->bytes = bytes;
    state->left = size;
    state->report.version = png_access_version_number();
#ifdef PNG_cICP_SUPPORTED
    state->report.knows_cicp = 1;
#endif
    png_bytep *volatile rows = NULL;
    volatile png_uint_32 height = 0;
    png_structp volatile codec = png_create_read_struct(PNG_LIBPNG_VER_STRING, state, on_error, on_warning);
    png_infop volatile info = png_create_info_struct(codec);
    if (setjmp(state->escape) == 0) {
        png_set_read_fn(codec, state, read_bytes);
        static const char *const colors[] = {"gAMA", "cHRM", "sRGB", "iCCP", "cICP"};
        for (int i = 0; color != NULL && i < 5; i++) {
            if (strcmp(color, colors[i]) == 0) continue;
            png_set_keep_unknown_chunks(codec, PNG_HANDLE_CHUNK_NEVER, (png_const_bytep)colors[i], 1);
        }
        png_read_info(codec, info);
        height = png_get_image_height(codec, info);
        png_set_expand(codec);
        (void)png_set_interlace_handling(codec);
        png_read_update_info(codec, info);
        state->report.channels = png_get_channels(codec, info);
        rows = calloc(height, sizeof *rows);
        for (png_uint_32 y = 0; y < height; y++) rows[y] = malloc(png_get_rowbytes(codec, info));
        png_read_image(codec, rows);
        png_read_end(codec, info);
    }
    state->report.valid = valid_chunks(codec, info);
    for (png_uint_32 y = 0; rows != NULL && y < height; y++) free(rows[y]);
    free(rows);
    png_structp dead_codec = codec;
    png_infop dead_info = info;
    png_destroy_read_struct(&dead_codec, &dead_info, NULL);
    libpng_report report = state->report;
    free(state);
    return report;
}

size_t libpng_report_inflate(const uint8_t *bytes, size_t size, uint8_t *output, size_t capacity) {
    uLongf count = (uLongf)capacity;
    (void)uncompress(output, &count, bytes, (uLong)size);
    return count;
}
