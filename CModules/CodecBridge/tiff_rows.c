#ifdef WITH_TIFF

#include "tiff_private.h"

#include <stdlib.h>
#include <string.h>

/* Computes a * b * c; 0 if that exceeds size_t. */
static int multiply(uint64_t a, uint64_t b, uint64_t c, size_t *product) {
    uint64_t part;
    return !__builtin_mul_overflow(a, b, &part) && !__builtin_mul_overflow(part, c, product);
}

/* Allocates the buffers, before the first row. */
static bridge_status start(bridge_tiff_decoder *decoder) {
    uint64_t planes = decoder->planar == PLANARCONFIG_SEPARATE ? decoder->samples : 1;
    size_t size, samples_size, tile_size = 0;
    int fits = decoder->uses_rgba ? multiply(decoder->unit_rows, decoder->width, 4, &size)
                                  : multiply(decoder->row_bytes, decoder->unit_rows, planes, &size);
    fits = fits && multiply(decoder->width, decoder->used, sizeof *decoder->samples_row, &samples_size)
        && (!libtiff.IsTiled(decoder->tiff) || multiply(libtiff.TileSize64(decoder->tiff), 1, 1, &tile_size));
    if (!fits) return bridge_failure(BRIDGE_OUT_OF_MEMORY, 0, NULL);
    /* unpack and the plain copy read this many bits of each row. */
    uint64_t row_bits = (uint64_t)decoder->width * (decoder->samples / planes) * decoder->bits;
    if (!decoder->uses_rgba && decoder->row_bytes < (row_bits + 7) / 8) {
        return bridge_failure(BRIDGE_CORRUPT, 0, "rows shorter than the image width");
    }
    decoder->unit = calloc(1, size);
    decoder->samples_row = malloc(samples_size);
    if (libtiff.IsTiled(decoder->tiff)) decoder->tile = malloc(tile_size);
    if (decoder->unit == NULL || decoder->samples_row == NULL || (libtiff.IsTiled(decoder->tiff) && decoder->tile == NULL)) {
        return bridge_failure(BRIDGE_OUT_OF_MEMORY, 0, NULL);
    }
    if (decoder->uses_rgba) {
        char words[1024] = "";
        if (!libtiff.RGBAImageOK(decoder->tiff, words) || !libtiff.RGBAImageBegin(&decoder->rgba, decoder->tiff, 1, words)) {
            words[sizeof decoder->message - 1] = 0;
            decoder->uses_rgba = 0;
            free(decoder->unit);
            decoder->unit = NULL;
            return bridge_failure(BRIDGE_UNSUPPORTED, 0, words);
        }
        /* Rows as stored: libtiff must not rotate them. */
        decoder->rgba.req_orientation = decoder->rgba.orientation;
    }
    decoder->is_decoding = 1;
    return bridge_ok();
}

/* Looks for warnings hidden by the first one of a strip or tile: decodes its JPEG data again, with
   bridge_jpeg_check. */
static void check_jpeg(bridge_tiff_decoder *decoder, uint32_t index) {
    TIFF *tiff = decoder->tiff;
    decoder->has_warned = 0;
    uint16_t compression = 0;
    uint32_t count = 0;
    const uint8_t *tables = NULL;
    libtiff.GetField(tiff, TIFFTAG_COMPRESSION, &compression);
    uint64_t size = libtiff.GetStrileByteCount(tiff, index);
    if (compression != COMPRESSION_JPEG || size < 2 || size > decoder->input.size) return;
    if (!libtiff.GetField(tiff, TIFFTAG_JPEGTABLES, &count, &tables) || count < 4) {
        static const uint8_t no_tables[4] = {0xFF, 0xD8, 0xFF, 0xD9};
        tables = no_tables;
        count = sizeof no_tables;
    }
    /* The tables without their end marker, then the data without their start marker. */
    size_t head = count - 2;
    uint8_t *bytes = malloc(head + (size_t)size);
    if (bytes == NULL) {
        decoder->is_damaged = 1;
        return;
    }
    tmsize_t read = libtiff.IsTiled(tiff) ? libtiff.ReadRawTile(tiff, index, bytes + head - 2, (tmsize_t)size)
                                      : libtiff.ReadRawStrip(tiff, index, bytes + head - 2, (tmsize_t)size);
    memcpy(bytes, tables, head);
    bridge_limits limits = {.maximum_scans = 100, .maximum_warnings = 100,
                            .maximum_cpu_seconds = decoder->clock.limit};
    bridge_input input = {.bytes = bytes, .size = head - 2 + (size_t)size, .descriptor = -1};
    bridge_status status = read == (tmsize_t)size ? bridge_jpeg_check(input, limits) : bridge_failure(BRIDGE_TRUNCATED, 0, "");
    free(bytes);
    if (status.code == BRIDGE_OK || status.code == BRIDGE_UNSUPPORTED) return;
    if (!decoder->has_failed && !decoder->is_damaged) memcpy(decoder->message, status.message, sizeof decoder->message);
    decoder->is_damaged = 1;
}

static int read_tiles(bridge_tiff_decoder *decoder, uint32_t first, uint16_t plane, uint8_t *target) {
    TIFF *tiff = decoder->tiff;
    uint32_t tile_width = 1;
    libtiff.GetField(tiff, TIFFTAG_TILEWIDTH, &tile_width);
    size_t tile_row = (size_t)libtiff.TileRowSize64(tiff);
    uint32_t rows = decoder->rows_in_unit;
    uint8_t *at = target;
    for (uint32_t x = 0; x < decoder->width; at += tile_row) {
        uint32_t index = libtiff.ComputeTile(tiff, x, first, 0, plane);
        if (libtiff.ReadEncodedTile(tiff, index, decoder->tile, -1) < 0) return 0;
        if (decoder->has_warned) check_jpeg(decoder, index);
        for (uint32_t row = 0; row < rows; row++) {
            memcpy(at + row * decoder->row_bytes, decoder->tile + row * tile_row, tile_row);
        }
        if (decoder->width - x <= tile_width) break;
        x += tile_width;
    }
    return 1;
}

/* Decodes the strips or tiles that hold row `first`, the first of a unit. */
static int read_unit(bridge_tiff_decoder *decoder, uint32_t first) {
    uint32_t left = decoder->height - first;
    decoder->unit_first = first;
    decoder->rows_in_unit = left < decoder->unit_rows ? left : decoder->unit_rows;
    if (decoder->uses_rgba) {
        decoder->rgba.row_offset = (int)first;
        return libtiff.RGBAImageGet(&decoder->rgba, (uint32_t *)(void *)decoder->unit, decoder->width, decoder->rows_in_unit);
    }
    uint16_t planes = decoder->planar == PLANARCONFIG_SEPARATE ? decoder->used : 1;
    for (uint16_t plane = 0; plane < planes; plane++) {
        uint8_t *target = decoder->unit + plane * decoder->row_bytes * decoder->unit_rows;
        if (libtiff.IsTiled(decoder->tiff)) {
            if (!read_tiles(decoder, first, plane, target)) return 0;
        } else if (decoder->unit_rows == 1 && decoder->planar == PLANARCONFIG_CONTIG) {
            /* libtiff decodes a strip of any height row by row. */
            if (libtiff.ReadScanline(decoder->tiff, target, first, 0) < 0) return 0;
            if (decoder->has_warned) check_jpeg(decoder, libtiff.ComputeStrip(decoder->tiff, first, plane));
        } else {
            tmsize_t wanted = (tmsize_t)(decoder->row_bytes * decoder->rows_in_unit);
            uint32_t strip = libtiff.ComputeStrip(decoder->tiff, first, plane);
            /* libtiff does not check this for uncompressed strips. */
            if (libtiff.GetStrileByteCount(decoder->tiff, strip) == 0 || libtiff.GetStrileOffset(decoder->tiff, strip) == 0) return 0;
            if (libtiff.ReadEncodedStrip(decoder->tiff, strip, target, wanted) < 0) return 0;
            if (decoder->has_warned) check_jpeg(decoder, strip);
        }
    }
    return 1;
}

/* Returns sample `index` of the packed samples of `bits` bits at `bytes`, most significant bit
   first. */
static unsigned packed_sample(const uint8_t *bytes, size_t index, unsigned bits) {
    size_t bit = index * bits;
    unsigned shift = (unsigned)(bit & 7), value = 0;
    const uint8_t *at = bytes + (bit >> 3);
    for (unsigned got = 0; got < shift + bits; got += 8) value = value << 8 | *at++;
    unsigned excess = (8 - (shift + bits) % 8) % 8;
    return value >> excess & ((1u << bits) - 1);
}

/* Unpacks the used samples of one row, as stored, pixel by pixel. */
static void unpack(const bridge_tiff_decoder *decoder, uint32_t row) {
    const uint8_t *start = decoder->unit + (row - decoder->unit_first) * decoder->row_bytes;
    size_t plane_bytes = decoder->row_bytes * decoder->unit_rows;
    int is_separate = decoder->planar == PLANARCONFIG_SEPARATE;
    size_t step = is_separate ? 1 : decoder->samples, used = decoder->used;
    for (size_t s = 0; s < used; s++) {
        const uint8_t *bytes = is_separate ? start + s * plane_bytes : start;
        size_t index = is_separate ? 0 : s;
        uint16_t *target = decoder->samples_row + s;
        switch (decoder->bits) {
        case 8:
            for (uint32_t x = 0; x < decoder->width; x++, index += step) target[x * used] = bytes[index];
            break;
        case 16:
            for (uint32_t x = 0; x < decoder->width; x++, index += step) {
                memcpy(target + x * used, bytes + index * 2, 2);
            }
            break;
        case 32: /* the upper half */
            for (uint32_t x = 0; x < decoder->width; x++, index += step) {
                uint32_t sample;
                memcpy(&sample, bytes + index * 4, 4);
                target[x * used] = (uint16_t)(sample >> 16);
            }
            break;
        default:
            for (uint32_t x = 0; x < decoder->width; x++, index += step) {
                target[x * used] = (uint16_t)packed_sample(bytes, index, decoder->bits);
            }
        }
    }
}

/* Undoes premultiplication: sample / alpha, at most `full`. */
static unsigned divided(unsigned sample, unsigned alpha, unsigned full) {
    if (alpha == 0) return 0;
    unsigned value = (unsigned)(((uint64_t)sample * full + alpha / 2) / alpha);
    return value > full ? full : value;
}

static void put(uint8_t *row, size_t index, unsigned value, int32_t sample_bytes) {
    if (sample_bytes == 1) row[index] = (uint8_t)value;
    else ((uint16_t *)(void *)row)[index] = (uint16_t)value;
}

/* Converts the unpacked samples to full-range samples of 8 or 16 bits. */
static void convert(const bridge_tiff_decoder *decoder, uint8_t *row, int32_t sample_bytes) {
    unsigned stored = (1u << (decoder->bits < 16 ? decoder->bits : 16)) - 1, full = sample_bytes == 1 ? 255 : 65535;
    unsigned flip = decoder->photometric == PHOTOMETRIC_MINISWHITE ? stored : 0;
    int colors = decoder->used - decoder->has_alpha;
    const uint16_t *from = decoder->samples_row;
    size_t to = 0;
    for (uint32_t x = 0; x < decoder->width; x++, from += decoder->used) {
        unsigned alpha = decoder->has_alpha ? ((unsigned)from[colors] * full + stored / 2) / stored : full;
        for (int c = 0; c < decoder->channels - decoder->has_alpha; c++) {
            unsigned value;
            if (decoder->palette[0] != NULL) {
                value = (unsigned)decoder->palette[c][from[0]] * (unsigned)decoder->palette_factor;
                if (sample_bytes == 1) value >>= 8;
            } else {
                value = from[c];
                if (decoder->is_signed) value = value > stored / 2 ? 0 : value << 1;
                value ^= flip;
                if (stored != full) value = (unsigned)(((uint64_t)value * full + stored / 2) / stored);
            }
            put(row, to++, decoder->is_premultiplied ? divided(value, alpha, full) : value, sample_bytes);
        }
        if (decoder->has_alpha) put(row, to++, alpha, sample_bytes);
    }
}

/* Accepts or refuses the unit just read. If damage is tolerated, rows that libtiff has delivered
   are accepted: fax lines that it has repaired, JPEG data that libjpeg has filled. */
static bridge_status judge(bridge_tiff_decoder *decoder, int is_read) {
    if (is_read && !decoder->has_failed && !decoder->is_damaged) return bridge_ok();
    bridge_status status = bridge_tiff_failure(decoder, "a strip or tile cannot be decoded");
    if (!is_read || !decoder->tolerates_damage || status.code == BRIDGE_READ_FAILED) return status;
    if (decoder->damage.code == BRIDGE_OK) decoder->damage = status;
    decoder->has_failed = decoder->is_damaged = 0;
    return bridge_ok();
}

bridge_status bridge_tiff_damage(const bridge_tiff_decoder *decoder) { return decoder->damage; }

bridge_status bridge_tiff_read_row(bridge_tiff_decoder *decoder, int32_t sample_bytes, uint8_t *row, size_t row_size) {
    size_t needed;
    if ((sample_bytes != 1 && sample_bytes != 2)
        || !multiply(decoder->width, (uint64_t)decoder->channels, (uint64_t)sample_bytes, &needed)) {
        return bridge_failure(BRIDGE_MISUSE, 0, "bytes of a sample");
    }
    if (row_size < needed) return bridge_fits(row_size, needed, 1, "row buffer too small");
    if (decoder->unit == NULL) {
        bridge_status status = start(decoder);
        if (status.code != BRIDGE_OK) return status;
    }
    uint32_t y = decoder->next_row++;
    if (y >= decoder->height) return bridge_failure(BRIDGE_MISUSE, 0, "no more rows");
    if (y % decoder->unit_rows == 0) {
        bridge_clock_enter(&decoder->clock);
        bridge_status status = bridge_clock_leave(&decoder->clock, judge(decoder, read_unit(decoder, y)));
        if (status.code != BRIDGE_OK) return status;
        if (decoder->clock.before > decoder->clock.limit) return bridge_clock_failure(&decoder->clock);
    }
    if (decoder->uses_rgba) {
        const uint32_t *from = (const uint32_t *)(const void *)decoder->unit + (size_t)(y - decoder->unit_first) * decoder->width;
        for (uint32_t x = 0; x < decoder->width; x++) {
            row[3 * (size_t)x] = (uint8_t)TIFFGetR(from[x]);
            row[3 * (size_t)x + 1] = (uint8_t)TIFFGetG(from[x]);
            row[3 * (size_t)x + 2] = (uint8_t)TIFFGetB(from[x]);
        }
        return bridge_ok();
    }
    int is_plain = decoder->bits == 8 && sample_bytes == 1 && decoder->planar == PLANARCONFIG_CONTIG
        && decoder->samples == decoder->channels && !decoder->is_premultiplied
        && decoder->palette[0] == NULL && decoder->photometric != PHOTOMETRIC_MINISWHITE;
    if (is_plain) {
        memcpy(row, decoder->unit + (y - decoder->unit_first) * decoder->row_bytes, (size_t)decoder->width * decoder->samples);
        return bridge_ok();
    }
    unpack(decoder, y);
    convert(decoder, row, sample_bytes);
    return bridge_ok();
}

#endif
