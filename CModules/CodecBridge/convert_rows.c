#include "support.h"

#include <math.h>

/* Reads samples of 8 or 16 bits (native byte order) as numbers. */
static void load(const uint8_t *row, int32_t count, int32_t bits, float *to) {
    if (bits <= 8) {
        for (int32_t i = 0; i < count; i++) to[i] = (float)row[i];
    } else {
        const uint16_t *samples = (const uint16_t *)(const void *)row;
        for (int32_t i = 0; i < count; i++) to[i] = (float)samples[i];
    }
}

/* Interpolates the chroma of one row linearly to the luma samples; each chroma sample is at the
   centre of the luma samples it covers. */
static void load_chroma(const bridge_row_conversion *how, const uint8_t *near, const uint8_t *far, float *scratch,
                        float *to) {
    int32_t count = how->shift_x ? (how->width + 1) / 2 : how->width;
    float *row = how->shift_x ? scratch : to;
    load(near, count, how->bits, row);
    if (how->shift_y) {
        if (how->bits <= 8) {
            for (int32_t i = 0; i < count; i++) row[i] = 0.75f * row[i] + 0.25f * (float)far[i];
        } else {
            const uint16_t *samples = (const uint16_t *)(const void *)far;
            for (int32_t i = 0; i < count; i++) row[i] = 0.75f * row[i] + 0.25f * (float)samples[i];
        }
    }
    if (!how->shift_x) return;
    for (int32_t x = 0; x < how->width; x++) {
        int32_t nearest = x >> 1, other = (x & 1) ? nearest + 1 : nearest - 1;
        if (other < 0) other = 0;
        if (other >= count) other = count - 1;
        to[x] = 0.75f * row[nearest] + 0.25f * row[other];
    }
}

static inline float clamped(float value, float full) {
    value = value * full + 0.5f;
    return value < 0 ? 0 : value > full ? full : value;
}

static inline void store(uint8_t *target, size_t index, int32_t sample_bytes, float value) {
    if (sample_bytes == 1) {
        target[index] = (uint8_t)value;
    } else {
        ((uint16_t *)(void *)target)[index] = (uint16_t)value;
    }
}

bridge_status bridge_convert_row(const bridge_row_conversion *how, const bridge_plane_rows *rows, float *scratch,
                                 size_t scratch_count, uint8_t *target, size_t target_size) {
    const int32_t width = how->width, bytes = how->sample_bytes, channels = how->channels;
    if (width <= 0 || (bytes != 1 && bytes != 2) || (channels != 3 && channels != 4)) {
        return bridge_failure(BRIDGE_MISUSE, 0, "row conversion");
    }
    if (scratch_count < 4 * (size_t)width + 1) {
        return bridge_fits(scratch_count, 4 * (uint64_t)width + 1, 1, "scratch too small");
    }
    if (target_size < (size_t)width * (size_t)channels * (size_t)bytes) {
        return bridge_fits(target_size, (uint64_t)width * (uint64_t)channels, (uint64_t)bytes, "row buffer too small");
    }
    const float full = bytes == 1 ? 255 : 65535;
    const float most = (float)((1 << how->bits) - 1), step = ldexpf(1, how->bits - 8);
    /* ITU-T H.273, equations 20 to 37: the code of black, and the scale of luma and chroma. */
    const float black = how->full_range ? 0 : 16 * step;
    const float luma_scale = 1 / (how->full_range ? most : 219 * step);
    const float chroma_scale = 1 / (how->full_range ? most : 224 * step);
    const float neutral = ldexpf(1, how->bits - 1);
    float *const a = scratch, *const b = a + width, *const c = b + width, *const spare = c + width;
    load(rows->planes[0], width, how->bits, a);
    for (int32_t x = 0; x < width; x++) a[x] = (a[x] - black) * luma_scale;
    if (how->model == BRIDGE_ROWS_YCBCR) {
        load_chroma(how, rows->planes[1], rows->far[0], spare, b);
        load_chroma(how, rows->planes[2], rows->far[1], spare, c);
        const float *m = how->matrix;
        for (int32_t x = 0; x < width; x++) {
            const float luma = a[x], u = (b[x] - neutral) * chroma_scale, v = (c[x] - neutral) * chroma_scale;
            a[x] = luma + m[0] * u + m[1] * v;
            b[x] = luma + m[2] * u + m[3] * v;
            c[x] = luma + m[4] * u + m[5] * v;
        }
    } else if (how->model == BRIDGE_ROWS_RGB) {
        load(rows->planes[1], width, how->bits, b);
        load(rows->planes[2], width, how->bits, c);
        for (int32_t x = 0; x < width; x++) b[x] = (b[x] - black) * luma_scale;
        for (int32_t x = 0; x < width; x++) c[x] = (c[x] - black) * luma_scale;
    }
    const int is_grey = how->model == BRIDGE_ROWS_GREY;
    if (channels == 4) {
        load(rows->alpha, width, how->alpha_bits, spare);
        const float scale = 1 / (float)((1 << how->alpha_bits) - 1);
        for (int32_t x = 0; x < width; x++) spare[x] *= scale;
    }
    for (int32_t x = 0; x < width; x++) {
        float divisor = 1;
        if (channels == 4 && how->is_premultiplied) divisor = spare[x] > 0 ? 1 / spare[x] : 0;
        const size_t at = (size_t)x * (size_t)channels;
        store(target, at, bytes, clamped(a[x] * divisor, full));
        store(target, at + 1, bytes, clamped((is_grey ? a : b)[x] * divisor, full));
        store(target, at + 2, bytes, clamped((is_grey ? a : c)[x] * divisor, full));
        if (channels == 4) store(target, at + 3, bytes, clamped(spare[x], full));
    }
    return bridge_ok();
}
