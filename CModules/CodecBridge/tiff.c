#include "support.h"

#ifdef WITH_TIFF

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tiffio.h>

/* Tags without a name in tiffio.h 4.5, or that only say what kind of file it is. */
enum { TAG_DNG_VERSION = 50706, TAG_CFA_PATTERN = 33422 };

struct bridge_tiff_picture {
    TIFF *tiff;
    bridge_input input;
    uint64_t offset;
    int ended;        /* libtiff asked for bytes past the end */
    int read_error;   /* errno of a failed read, or 0 */
    double cpu_seconds, maximum_cpu_seconds;
    int lacks_extras; /* samples that no tag mentions */
    int is_decoding;  /* from here on a warning is damage */
    int has_failed;
    char message[200];

    uint32_t width, height;
    uint16_t photometric, bits, samples, used, planar;
    int is_premultiplied, has_alpha, is_signed;
    uint16_t *palette[3]; /* libtiff's */
    int palette_factor;   /* 257 where the palette has 8 bits, else 1 */
    int channels;

    /* Strips or tiles of some rows at once: planes one below the other, rows `row_bytes` apart. */
    uint8_t *band;
    size_t row_bytes;
    uint32_t unit_rows, band_first, band_rows;
    uint8_t *tile;
    uint16_t *samples_row; /* one row of the used samples, unpacked */
    TIFFRGBAImage rgba;    /* subsampled Y'CbCr outside of JPEG: libtiff's own conversion */
    int uses_rgba;
    uint32_t next_row;
};

const char *bridge_tiff_version(void) {
    static char text[32];
    const char *line = TIFFGetVersion(); /* "LIBTIFF, Version 4.5.0\nCopyright ..." */
    const char *at = strstr(line, "Version ");
    at = at != NULL ? at + 8 : line;
    snprintf(text, sizeof text, "%.*s", (int)strcspn(at, "\n"), at);
    return text;
}

/* --- libtiff's callbacks ------------------------------------------------------------------------------------------ */

static tmsize_t read_bytes(thandle_t handle, void *target, tmsize_t count) {
    bridge_tiff_picture *picture = (bridge_tiff_picture *)handle;
    tmsize_t done = 0;
    while (done < count) {
        int64_t got = bridge_input_read(&picture->input, picture->offset, (uint8_t *)target + done, (size_t)(count - done));
        if (got < 0) picture->read_error = errno;
        if (got <= 0) break;
        done += (tmsize_t)got;
        picture->offset += (uint64_t)got;
    }
    if (done < count) picture->ended = 1;
    return done;
}

static tmsize_t write_nothing(thandle_t handle, void *bytes, tmsize_t count) {
    (void)handle, (void)bytes, (void)count;
    return 0;
}

static toff_t seek(thandle_t handle, toff_t offset, int whence) {
    bridge_tiff_picture *picture = (bridge_tiff_picture *)handle;
    uint64_t base = whence == SEEK_CUR ? picture->offset : whence == SEEK_END ? picture->input.size : 0;
    picture->offset = base + offset;
    return picture->offset;
}

static int close_nothing(thandle_t handle) {
    (void)handle;
    return 0;
}

static toff_t whole_size(thandle_t handle) { return ((bridge_tiff_picture *)handle)->input.size; }

static int remember_error(TIFF *tiff, void *data, const char *module, const char *format, va_list arguments) {
    (void)tiff, (void)module;
    bridge_tiff_picture *picture = data;
    /* The first thing that goes wrong with pixels says most; of a directory the last, at which it is given up. */
    if (!picture->has_failed || !picture->is_decoding) {
        vsnprintf(picture->message, sizeof picture->message, format, arguments);
    }
    picture->has_failed = 1;
    return 1;
}

static int remember_warning(TIFF *tiff, void *data, const char *module, const char *format, va_list arguments) {
    bridge_tiff_picture *picture = data;
    if (strstr(format, "Defining non-color channels as ExtraSamples") != NULL) picture->lacks_extras = 1;
    /* Said of pictures that are whole: an old order of bits, and a last strip that is larger than it has to be. */
    if (strncmp(format, "Old-style LZW codes", 19) == 0 || strncmp(format, "JPEG strip size exceeds", 23) == 0) return 1;
    return picture->is_decoding ? remember_error(tiff, data, module, format, arguments) : 1;
}

static bridge_status failure(const bridge_tiff_picture *picture, const char *words) {
    if (picture->read_error != 0) return bridge_failure(BRIDGE_READ_FAILED, picture->read_error, NULL);
    enum bridge_code code = picture->ended ? BRIDGE_TRUNCATED : BRIDGE_CORRUPT;
    if (strstr(picture->message, "not configured") != NULL || strstr(picture->message, "not implemented") != NULL) {
        code = BRIDGE_UNSUPPORTED;
    }
    return bridge_failure(code, 0, picture->message[0] != 0 ? picture->message : words);
}

/* --- header ------------------------------------------------------------------------------------------------------ */

static uint16_t short_tag(TIFF *tiff, uint32_t tag, uint16_t otherwise) {
    uint16_t value = otherwise;
    return TIFFGetFieldDefaulted(tiff, tag, &value) ? value : otherwise;
}

static int has_tag(TIFF *tiff, uint32_t tag) {
    int count = TIFFGetTagListCount(tiff);
    for (int i = 0; i < count; i++) {
        if (TIFFGetTagListEntry(tiff, i) == tag) return 1;
    }
    /* Custom tags are in the list; those libtiff knows by itself are asked for. */
    void *first = NULL, *second = NULL;
    return TIFFFieldWithTag(tiff, tag) != NULL && TIFFGetField(tiff, tag, &first, &second);
}

static int is_reduced(TIFF *tiff) {
    uint32_t kind = 0;
    return TIFFGetField(tiff, TIFFTAG_SUBFILETYPE, &kind) && (kind & (FILETYPE_REDUCEDIMAGE | FILETYPE_MASK)) != 0;
}

/* The first directory that holds a picture in full; the first of all where every one is reduced. */
static bridge_status choose_directory(bridge_tiff_picture *picture, uint32_t pages) {
    TIFF *tiff = picture->tiff;
    if (has_tag(tiff, TAG_DNG_VERSION) || has_tag(tiff, TAG_CFA_PATTERN)) {
        return bridge_failure(BRIDGE_UNSUPPORTED, 0, "camera raw data are not developed");
    }
    if (!is_reduced(tiff)) return bridge_ok();
    for (uint32_t page = 1; page < pages && page < 64; page++) {
        if (!TIFFSetDirectory(tiff, (tdir_t)page)) break;
        if (!is_reduced(tiff)) return bridge_ok();
    }
    if (!TIFFSetDirectory(tiff, 0)) return failure(picture, "the first directory cannot be read");
    return bridge_ok();
}

static bridge_status read_samples(bridge_tiff_picture *picture, bridge_tiff_info *info) {
    TIFF *tiff = picture->tiff;
    picture->bits = short_tag(tiff, TIFFTAG_BITSPERSAMPLE, 1);
    picture->samples = short_tag(tiff, TIFFTAG_SAMPLESPERPIXEL, 1);
    picture->planar = short_tag(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
    uint16_t format = short_tag(tiff, TIFFTAG_SAMPLEFORMAT, SAMPLEFORMAT_UINT);
    uint16_t compression = short_tag(tiff, TIFFTAG_COMPRESSION, COMPRESSION_NONE);
    if (!TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &picture->photometric)) {
        picture->photometric = picture->samples >= 3 ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK;
    }
    if (!TIFFIsCODECConfigured(compression)) {
        char words[80];
        snprintf(words, sizeof words, "TIFF compression %u is not in this libtiff", (unsigned)compression);
        return bridge_failure(BRIDGE_UNSUPPORTED, 0, words);
    }
    if (format != SAMPLEFORMAT_UINT && format != SAMPLEFORMAT_INT && format != SAMPLEFORMAT_VOID) {
        return bridge_failure(BRIDGE_UNSUPPORTED, 0, "floating-point or complex TIFF samples are not read");
    }
    if (picture->bits < 1 || (picture->bits > 16 && picture->bits != 32)) {
        char words[80];
        snprintf(words, sizeof words, "TIFF samples of %u bits are not read, only 1 to 16 and 32", (unsigned)picture->bits);
        return bridge_failure(BRIDGE_UNSUPPORTED, 0, words);
    }
    /* Of 8 bits, what calls itself signed is not: every decoder, and the pictures, say so. Otherwise 0 is black. */
    picture->is_signed = format == SAMPLEFORMAT_INT && picture->bits > 8;
    info->bits = picture->bits;
    int colors = 0;
    switch (picture->photometric) {
    case PHOTOMETRIC_MINISWHITE:
    case PHOTOMETRIC_MINISBLACK:
        colors = 1;
        info->model = BRIDGE_TIFF_GREY;
        break;
    case PHOTOMETRIC_RGB:
        colors = 3;
        info->model = BRIDGE_TIFF_RGB;
        break;
    case PHOTOMETRIC_PALETTE:
        colors = 1;
        info->model = BRIDGE_TIFF_PALETTE;
        if (picture->bits > 16) return bridge_failure(BRIDGE_CORRUPT, 0, "a palette of more than 16 bits");
        if (!TIFFGetField(tiff, TIFFTAG_COLORMAP, &picture->palette[0], &picture->palette[1], &picture->palette[2])) {
            return bridge_failure(BRIDGE_CORRUPT, 0, "a palette picture without a palette");
        }
        /* Some writers store 8-bit colours where 16 bits are meant. */
        picture->palette_factor = 257;
        for (uint32_t i = 0; i < 1u << picture->bits; i++) {
            if (picture->palette[0][i] > 255 || picture->palette[1][i] > 255 || picture->palette[2][i] > 255) {
                picture->palette_factor = 1;
                break;
            }
        }
        break;
    case PHOTOMETRIC_SEPARATED:
        if (short_tag(tiff, TIFFTAG_INKSET, INKSET_CMYK) != INKSET_CMYK) {
            return bridge_failure(BRIDGE_UNSUPPORTED, 0, "TIFF inks other than CMYK are not read");
        }
        colors = 4;
        info->model = BRIDGE_TIFF_CMYK;
        break;
    case PHOTOMETRIC_YCBCR:
        colors = 3;
        info->model = BRIDGE_TIFF_YCBCR;
        break;
    default: {
        char words[80];
        const char *name = picture->photometric == PHOTOMETRIC_CIELAB ? "CIE L*a*b*"
            : picture->photometric == PHOTOMETRIC_LOGL || picture->photometric == PHOTOMETRIC_LOGLUV ? "LogLuv"
            : picture->photometric == PHOTOMETRIC_CFA ? "camera raw" : NULL;
        if (name != NULL) snprintf(words, sizeof words, "TIFF colour model %s is not read", name);
        else snprintf(words, sizeof words, "TIFF colour model %u is not read", (unsigned)picture->photometric);
        return bridge_failure(BRIDGE_UNSUPPORTED, 0, words);
    }
    }
    if (picture->samples < colors) return bridge_failure(BRIDGE_CORRUPT, 0, "fewer samples in a pixel than its colour model has");
    uint16_t extras = 0, *kinds = NULL;
    TIFFGetFieldDefaulted(tiff, TIFFTAG_EXTRASAMPLES, &extras, &kinds);
    int extra = picture->samples - colors;
    /* Unspecified extra samples are saved selections and the like; one that is not even mentioned is alpha. */
    uint16_t kind = extra == 1 && picture->lacks_extras ? EXTRASAMPLE_UNASSALPHA
        : extra > 0 && extras > 0                      ? kinds[0]
                                                       : EXTRASAMPLE_UNSPECIFIED;
    picture->has_alpha = info->model != BRIDGE_TIFF_CMYK
        && (kind == EXTRASAMPLE_ASSOCALPHA || kind == EXTRASAMPLE_UNASSALPHA);
    picture->is_premultiplied = picture->has_alpha && kind == EXTRASAMPLE_ASSOCALPHA;
    info->channels_left_out = extra - picture->has_alpha;
    picture->used = (uint16_t)(colors + picture->has_alpha);
    picture->channels = (info->model == BRIDGE_TIFF_PALETTE ? 3 : colors) + picture->has_alpha;
    if (info->model == BRIDGE_TIFF_YCBCR) {
        if (compression == COMPRESSION_JPEG && picture->planar == PLANARCONFIG_CONTIG) {
            TIFFSetField(tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
        } else {
            picture->uses_rgba = 1;
            picture->has_alpha = 0;
            picture->channels = 3;
        }
    }
    info->channels = picture->channels;
    info->has_alpha = picture->has_alpha;
    return bridge_ok();
}

/* How many rows are decoded at once, and what that takes. */
static bridge_status lay_out(bridge_tiff_picture *picture, bridge_tiff_info *info) {
    TIFF *tiff = picture->tiff;
    uint32_t rows = 1, tile_width = 0;
    uint64_t row_bytes;
    if (TIFFIsTiled(tiff)) {
        if (!TIFFGetField(tiff, TIFFTAG_TILELENGTH, &rows) || !TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &tile_width)
            || rows == 0 || tile_width == 0) {
            return bridge_failure(BRIDGE_CORRUPT, 0, "tiles without a size");
        }
        uint64_t across = ((uint64_t)picture->width + tile_width - 1) / tile_width;
        uint64_t samples = picture->planar == PLANARCONFIG_SEPARATE ? 1 : picture->samples;
        if (across > 1 && (uint64_t)tile_width * samples * picture->bits % 8 != 0) {
            return bridge_failure(BRIDGE_CORRUPT, 0, "rows of a tile that end inside a byte");
        }
        row_bytes = across * TIFFTileRowSize64(tiff);
    } else {
        if (picture->planar == PLANARCONFIG_SEPARATE || picture->uses_rgba) {
            TIFFGetFieldDefaulted(tiff, TIFFTAG_ROWSPERSTRIP, &rows);
        }
        if (rows > picture->height) rows = picture->height;
        row_bytes = TIFFScanlineSize64(tiff);
    }
    if (row_bytes == 0 || rows == 0) return failure(picture, "rows without bytes");
    picture->unit_rows = rows;
    picture->row_bytes = (size_t)row_bytes;
    uint64_t planes = picture->planar == PLANARCONFIG_SEPARATE ? picture->samples : 1;
    uint64_t band = picture->uses_rgba ? (uint64_t)rows * picture->width * 8 : 0;
    if (!picture->uses_rgba && __builtin_mul_overflow((uint64_t)rows * planes, row_bytes, &band)) band = UINT64_MAX / 4;
    uint64_t unit = (TIFFIsTiled(tiff) ? TIFFTileSize64(tiff) : 0) + (uint64_t)picture->width * 10;
    /* The compressed strip or tile, which the file bounds. */
    uint64_t raw = TIFFGetStrileByteCount(tiff, 0);
    if (raw > picture->input.size) raw = picture->input.size;
    uint64_t sum = band / 2 + unit / 2 + raw / 2;
    info->decode_memory = sum > INT64_MAX / 2 ? INT64_MAX : (int64_t)(sum * 2) + (1 << 20);
    return bridge_ok();
}

static int has_metadata(TIFF *tiff) {
    static const uint32_t tags[] = {
        TIFFTAG_EXIFIFD, TIFFTAG_GPSIFD, TIFFTAG_XMLPACKET, TIFFTAG_RICHTIFFIPTC, TIFFTAG_PHOTOSHOP,
        TIFFTAG_IMAGEDESCRIPTION, TIFFTAG_DOCUMENTNAME, TIFFTAG_MAKE, TIFFTAG_MODEL, TIFFTAG_SOFTWARE,
        TIFFTAG_DATETIME, TIFFTAG_ARTIST, TIFFTAG_HOSTCOMPUTER, TIFFTAG_COPYRIGHT, TIFFTAG_PAGENAME};
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
        if (has_tag(tiff, tags[i])) return 1;
    }
    return 0;
}

static bridge_status read_header(bridge_tiff_picture *picture, bridge_tiff_info *info) {
    TIFF *tiff = picture->tiff;
    uint32_t pages = TIFFNumberOfDirectories(tiff);
    bridge_status status = choose_directory(picture, pages);
    if (status.code != BRIDGE_OK) return status;
    if (!TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &picture->width) || !TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &picture->height)) {
        return failure(picture, "no size");
    }
    info->width = picture->width;
    info->height = picture->height;
    if (picture->width == 0 || picture->height == 0) return bridge_failure(BRIDGE_CORRUPT, 0, "a side is 0");
    status = read_samples(picture, info);
    if (status.code != BRIDGE_OK) return status;
    status = lay_out(picture, info);
    if (status.code != BRIDGE_OK) return status;
    info->pages = pages == 0 ? 1 : (int32_t)(pages > INT32_MAX ? INT32_MAX : pages);
    info->orientation = short_tag(tiff, TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT);
    info->has_metadata = has_metadata(tiff);
    uint32_t size = 0;
    void *bytes = NULL;
    if (TIFFGetField(tiff, TIFFTAG_ICCPROFILE, &size, &bytes) && bytes != NULL) info->profile_size = size;
    /* What libtiff says of the header in passing, it has coped with. */
    picture->has_failed = 0;
    picture->message[0] = 0;
    return bridge_ok();
}

bridge_status bridge_tiff_open(bridge_input input, bridge_limits limits, size_t maximum_memory, bridge_tiff_picture **out,
                               bridge_tiff_info *info) {
    *out = NULL;
    memset(info, 0, sizeof *info);
    bridge_tiff_picture *picture = calloc(1, sizeof *picture);
    TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
    if (picture == NULL || options == NULL) {
        free(picture);
        if (options != NULL) TIFFOpenOptionsFree(options);
        return bridge_failure(BRIDGE_OUT_OF_MEMORY, 0, NULL);
    }
    picture->input = input;
    picture->maximum_cpu_seconds = limits.maximum_cpu_seconds;
    TIFFOpenOptionsSetMaxSingleMemAlloc(options, (tmsize_t)maximum_memory);
    TIFFOpenOptionsSetErrorHandlerExtR(options, remember_error, picture);
    TIFFOpenOptionsSetWarningHandlerExtR(options, remember_warning, picture);
    /* m: no memory mapping; the input is read. */
    picture->tiff = TIFFClientOpenExt("TIFF", "rm", picture, read_bytes, write_nothing, seek, close_nothing, whole_size, NULL,
                                      NULL, options);
    TIFFOpenOptionsFree(options);
    bridge_status status =
        picture->tiff == NULL ? failure(picture, "no directory can be read") : read_header(picture, info);
    /* A directory that points outside of the file is damage; nothing says that the rest is missing. */
    if (status.code == BRIDGE_TRUNCATED) status.code = BRIDGE_CORRUPT;
    if (status.code != BRIDGE_OK) {
        bridge_tiff_close(picture);
        return status;
    }
    picture->ended = 0;
    *out = picture;
    return status;
}

bridge_status bridge_tiff_profile(bridge_tiff_picture *picture, uint8_t *profile) {
    uint32_t size = 0;
    void *bytes = NULL;
    if (!TIFFGetField(picture->tiff, TIFFTAG_ICCPROFILE, &size, &bytes)) return failure(picture, "no profile");
    memcpy(profile, bytes, size);
    return bridge_ok();
}

/* --- pixels ------------------------------------------------------------------------------------------------------ */

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
        } else if (picture->planar == PLANARCONFIG_CONTIG) {
            /* libtiff decodes a strip of any height row by row. */
            if (TIFFReadScanline(picture->tiff, target, first, 0) < 0) return 0;
        } else {
            tmsize_t wanted = (tmsize_t)(picture->row_bytes * picture->band_rows);
            uint32_t strip = TIFFComputeStrip(picture->tiff, first, plane);
            /* Uncompressed, libtiff does not look. */
            if (TIFFGetStrileByteCount(picture->tiff, strip) == 0 || TIFFGetStrileOffset(picture->tiff, strip) == 0) return 0;
            if (TIFFReadEncodedStrip(picture->tiff, strip, target, wanted) < 0) return 0;
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

bridge_status bridge_tiff_read_row(bridge_tiff_picture *picture, int32_t sample_bytes, uint8_t *row) {
    if (picture->band == NULL) {
        bridge_status status = start(picture);
        if (status.code != BRIDGE_OK) return status;
    }
    uint32_t y = picture->next_row++;
    if (y >= picture->height) return bridge_failure(BRIDGE_MISUSE, 0, "no more rows");
    if (y % picture->unit_rows == 0) {
        double start = bridge_thread_seconds();
        if (!read_band(picture, y) || picture->has_failed) return failure(picture, "a strip or tile cannot be decoded");
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

void bridge_tiff_close(bridge_tiff_picture *picture) {
    if (picture == NULL) return;
    if (picture->uses_rgba && picture->band != NULL) TIFFRGBAImageEnd(&picture->rgba);
    if (picture->tiff != NULL) TIFFClose(picture->tiff);
    free(picture->band);
    free(picture->tile);
    free(picture->samples_row);
    free(picture);
}

#endif
