#ifdef WITH_TIFF

#include "tiff_private.h"

#include <stdlib.h>
#include <string.h>

static bridge_status start(bridge_tiff_picture *picture) {
    uint64_t planes = picture->planar == PLANARCONFIG_SEPARATE ? picture->samples : 1;
    size_t size = picture->uses_rgba ? (size_t)picture->unit_rows * picture->width * 4
                                     : picture->row_bytes * picture->unit_rows * planes;
    picture->band = calloc(1, size);
    picture->samples_row = malloc((size_t)picture->width * picture->used * sizeof *picture->samples_row);
    if (TIFFIsTiled(picture->tiff)) picture->tile = malloc((size_t)TIFFTileSize64(picture->tiff));
    if (picture->band == NULL || picture->samples_row == NULL || (TIFFIsTiled(picture->tiff) && picture->tile == NULL)) {
        return bridge_failure(BRIDGE_OUT_OF_MEMORY, 0, NULL);
    }
    if (picture->uses_rgba) {
        char words[1024] = "";
        if (!TIFFRGBAImageOK(picture->tiff, words) || !TIFFRGBAImageBegin(&picture->rgba, picture->tiff, 1, words)) {
            words[sizeof picture->message - 1] = 0;
            picture->uses_rgba = 0;
            free(picture->band);
            picture->band = NULL;
            return bridge_failure(BRIDGE_UNSUPPORTED, 0, words);
        }
        /* Rows as they are stored: turning is not libtiff's work here. */
        picture->rgba.req_orientation = picture->rgba.orientation;
    }
    picture->is_decoding = 1;
    return bridge_ok();
}

/* Looks for the warnings that the first of a strip or tile has hidden: decodes its JPEG data once more, by our own hand. */
static void check_jpeg(bridge_tiff_picture *picture, uint32_t index) {
    TIFF *tiff = picture->tiff;
    picture->has_warned = 0;
    uint16_t compression = 0;
    uint32_t count = 0;
    const uint8_t *tables = NULL;
    TIFFGetField(tiff, TIFFTAG_COMPRESSION, &compression);
    uint64_t size = TIFFGetStrileByteCount(tiff, index);
    if (compression != COMPRESSION_JPEG || size < 2 || size > picture->input.size) return;
    if (!TIFFGetField(tiff, TIFFTAG_JPEGTABLES, &count, &tables) || count < 4) {
        static const uint8_t no_tables[4] = {0xFF, 0xD8, 0xFF, 0xD9};
        tables = no_tables;
        count = sizeof no_tables;
    }
    /* The tables without their end marker, then the data without their start marker. */
    size_t head = count - 2;
    uint8_t *bytes = malloc(head + (size_t)size);
    if (bytes == NULL) {
        picture->is_damaged = 1;
        return;
    }
    tmsize_t read = TIFFIsTiled(tiff) ? TIFFReadRawTile(tiff, index, bytes + head - 2, (tmsize_t)size)
                                      : TIFFReadRawStrip(tiff, index, bytes + head - 2, (tmsize_t)size);
    memcpy(bytes, tables, head);
    bridge_limits limits = {.maximum_scans = 100, .maximum_warnings = 100,
                            .maximum_cpu_seconds = picture->maximum_cpu_seconds};
    bridge_input input = {.bytes = bytes, .size = head - 2 + (size_t)size, .descriptor = -1};
    bridge_status status = read == (tmsize_t)size ? bridge_jpeg_check(input, limits) : bridge_failure(BRIDGE_TRUNCATED, 0, "");
    free(bytes);
    if (status.code == BRIDGE_OK || status.code == BRIDGE_UNSUPPORTED) return;
    if (!picture->has_failed && !picture->is_damaged) memcpy(picture->message, status.message, sizeof picture->message);
    picture->is_damaged = 1;
}

static int read_tiles(bridge_tiff_picture *picture, uint32_t first, uint16_t plane, uint8_t *target) {
    TIFF *tiff = picture->tiff;
    uint32_t tile_width = 1;
    TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &tile_width);
    size_t tile_row = (size_t)TIFFTileRowSize64(tiff);
    uint32_t rows = picture->band_rows;
    uint8_t *at = target;
    for (uint32_t x = 0; x < picture->width; at += tile_row) {
        uint32_t index = TIFFComputeTile(tiff, x, first, 0, plane);
        if (TIFFReadEncodedTile(tiff, index, picture->tile, -1) < 0) return 0;
        if (picture->has_warned) check_jpeg(picture, index);
        for (uint32_t row = 0; row < rows; row++) {
            memcpy(at + row * picture->row_bytes, picture->tile + row * tile_row, tile_row);
        }
        if (picture->width - x <= tile_width) break;
        x += tile_width;
    }
    return 1;
}

/* Decodes the strips or tiles that hold row `first`, the first of a unit. */
static int read_band(bridge_tiff_picture *picture, uint32_t first) {
    uint32_t left = picture->height - first;
    picture->band_first = first;
    picture->band_rows = left < picture->unit_rows ? left : picture->unit_rows;
    if (picture->uses_rgba) {
        picture->rgba.row_offset = (int)first;
        return TIFFRGBAImageGet(&picture->rgba, (uint32_t *)(void *)picture->band, picture->width, picture->band_rows);
    }
    uint16_t planes = picture->planar == PLANARCONFIG_SEPARATE ? picture->used : 1;
    for (uint16_t plane = 0; plane < planes; plane++) {
        uint8_t *target = picture->band + plane * picture->row_bytes * picture->unit_rows;
        if (TIFFIsTiled(picture->tiff)) {
            if (!read_tiles(picture, first, plane, target)) return 0;
        } else if (picture->unit_rows == 1 && picture->planar == PLANARCONFIG_CONTIG) {
            /* libtiff decodes a strip of any height row by row. */
            if (TIFFReadScanline(picture->tiff, target, first, 0) < 0) return 0;
            if (picture->has_warned) check_jpeg(picture, TIFFComputeStrip(picture->tiff, first, plane));
        } else {
            tmsize_t wanted = (tmsize_t)(picture->row_bytes * picture->band_rows);
            uint32_t strip = TIFFComputeStrip(picture->tiff, first, plane);
            /* Uncompressed, libtiff does not look. */
            if (TIFFGetStrileByteCount(picture->tiff, strip) == 0 || TIFFGetStrileOffset(picture->tiff, strip) == 0) return 0;
            if (TIFFReadEncodedStrip(picture->tiff, strip, target, wanted) < 0) return 0;
            if (picture->has_warned) check_jpeg(picture, strip);
        }
    }
    return 1;
}

/* Sample `index` of the whole samples of `bits` bits that begin at `bytes`, most significant bit first. */
static unsigned packed_sample(const uint8_t *bytes, size_t index, unsigned bits) {
    size_t bit = index * bits;
    unsigned shift = (unsigned)(bit & 7), value = 0;
    const uint8_t *at = bytes + (bit >> 3);
    for (unsigned got = 0; got < shift + bits; got += 8) value = value << 8 | *at++;
    unsigned excess = (8 - (shift + bits) % 8) % 8;
    return value >> excess & ((1u << bits) - 1);
}

/* The used samples of one row, as they are stored, pixel by pixel. */
static void unpack(const bridge_tiff_picture *picture, uint32_t row) {
    const uint8_t *start = picture->band + (row - picture->band_first) * picture->row_bytes;
    size_t plane_bytes = picture->row_bytes * picture->unit_rows;
    int is_separate = picture->planar == PLANARCONFIG_SEPARATE;
    size_t step = is_separate ? 1 : picture->samples, used = picture->used;
    for (size_t s = 0; s < used; s++) {
        const uint8_t *bytes = is_separate ? start + s * plane_bytes : start;
        size_t index = is_separate ? 0 : s;
        uint16_t *target = picture->samples_row + s;
        switch (picture->bits) {
        case 8:
            for (uint32_t x = 0; x < picture->width; x++, index += step) target[x * used] = bytes[index];
            break;
        case 16:
            for (uint32_t x = 0; x < picture->width; x++, index += step) {
                memcpy(target + x * used, bytes + index * 2, 2);
            }
            break;
        case 32: /* the upper half */
            for (uint32_t x = 0; x < picture->width; x++, index += step) {
                uint32_t sample;
                memcpy(&sample, bytes + index * 4, 4);
                target[x * used] = (uint16_t)(sample >> 16);
            }
            break;
        default:
            for (uint32_t x = 0; x < picture->width; x++, index += step) {
                target[x * used] = (uint16_t)packed_sample(bytes, index, picture->bits);
            }
        }
    }
}

static unsigned divided(unsigned sample, unsigned alpha, unsigned full) {
    if (alpha == 0) return 0;
    unsigned value = (unsigned)(((uint64_t)sample * full + alpha / 2) / alpha);
    return value > full ? full : value;
}

static void put(uint8_t *row, size_t index, unsigned value, int32_t sample_bytes) {
    if (sample_bytes == 1) row[index] = (uint8_t)value;
    else ((uint16_t *)(void *)row)[index] = (uint16_t)value;
}

/* The unpacked samples as full-range samples of 8 or 16 bits. */
static void convert(const bridge_tiff_picture *picture, uint8_t *row, int32_t sample_bytes) {
    unsigned stored = (1u << (picture->bits < 16 ? picture->bits : 16)) - 1, full = sample_bytes == 1 ? 255 : 65535;
    unsigned flip = picture->photometric == PHOTOMETRIC_MINISWHITE ? stored : 0;
    int colors = picture->used - picture->has_alpha;
    const uint16_t *from = picture->samples_row;
    size_t to = 0;
    for (uint32_t x = 0; x < picture->width; x++, from += picture->used) {
        unsigned alpha = picture->has_alpha ? ((unsigned)from[colors] * full + stored / 2) / stored : full;
        for (int c = 0; c < picture->channels - picture->has_alpha; c++) {
            unsigned value;
            if (picture->palette[0] != NULL) {
                value = (unsigned)picture->palette[c][from[0]] * (unsigned)picture->palette_factor;
                if (sample_bytes == 1) value >>= 8;
            } else {
                value = from[c];
                if (picture->is_signed) value = value > stored / 2 ? 0 : value << 1;
                value ^= flip;
                if (stored != full) value = (unsigned)(((uint64_t)value * full + stored / 2) / stored);
            }
            put(row, to++, picture->is_premultiplied ? divided(value, alpha, full) : value, sample_bytes);
        }
        if (picture->has_alpha) put(row, to++, alpha, sample_bytes);
    }
}

/* Whether the band that was just read counts. Where damage is tolerated, rows that libtiff has delivered do: fax lines that
   it has mended, JPEG data that libjpeg has filled. */
static bridge_status judge(bridge_tiff_picture *picture, int is_read) {
    if (is_read && !picture->has_failed && !picture->is_damaged) return bridge_ok();
    bridge_status status = bridge_tiff_failure(picture, "a strip or tile cannot be decoded");
    if (!is_read || !picture->tolerates_damage || status.code == BRIDGE_READ_FAILED) return status;
    if (picture->damage.code == BRIDGE_OK) picture->damage = status;
    picture->has_failed = picture->is_damaged = 0;
    return bridge_ok();
}

bridge_status bridge_tiff_damage(const bridge_tiff_picture *picture) { return picture->damage; }

bridge_status bridge_tiff_read_row(bridge_tiff_picture *picture, int32_t sample_bytes, uint8_t *row) {
    if (picture->band == NULL) {
        bridge_status status = start(picture);
        if (status.code != BRIDGE_OK) return status;
    }
    uint32_t y = picture->next_row++;
    if (y >= picture->height) return bridge_failure(BRIDGE_MISUSE, 0, "no more rows");
    if (y % picture->unit_rows == 0) {
        double start = bridge_thread_seconds();
        bridge_status status = judge(picture, read_band(picture, y));
        if (status.code != BRIDGE_OK) return status;
        picture->cpu_seconds += bridge_thread_seconds() - start;
        if (picture->cpu_seconds > picture->maximum_cpu_seconds) {
            return bridge_failure(BRIDGE_CPU_TIME, (int64_t)picture->maximum_cpu_seconds, NULL);
        }
    }
    if (picture->uses_rgba) {
        const uint32_t *from = (const uint32_t *)(const void *)picture->band + (size_t)(y - picture->band_first) * picture->width;
        for (uint32_t x = 0; x < picture->width; x++) {
            row[3 * (size_t)x] = (uint8_t)TIFFGetR(from[x]);
            row[3 * (size_t)x + 1] = (uint8_t)TIFFGetG(from[x]);
            row[3 * (size_t)x + 2] = (uint8_t)TIFFGetB(from[x]);
        }
        return bridge_ok();
    }
    int is_plain = picture->bits == 8 && sample_bytes == 1 && picture->planar == PLANARCONFIG_CONTIG
        && picture->samples == picture->channels && !picture->is_premultiplied
        && picture->palette[0] == NULL && picture->photometric != PHOTOMETRIC_MINISWHITE;
    if (is_plain) {
        memcpy(row, picture->band + (y - picture->band_first) * picture->row_bytes, (size_t)picture->width * picture->samples);
        return bridge_ok();
    }
    unpack(picture, y);
    convert(picture, row, sample_bytes);
    return bridge_ok();
}

#endif
