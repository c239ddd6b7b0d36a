#ifdef WITH_TIFF

#include "tiff_private.h"

#include <stdio.h>
#include <string.h>

static uint16_t short_tag(TIFF *tiff, uint32_t tag, uint16_t otherwise) {
    uint16_t value = otherwise;
    return libtiff.GetFieldDefaulted(tiff, tag, &value) ? value : otherwise;
}

static int has_tag(TIFF *tiff, uint32_t tag) {
    int count = libtiff.GetTagListCount(tiff);
    for (int i = 0; i < count; i++) {
        if (libtiff.GetTagListEntry(tiff, i) == tag) return 1;
    }
    /* The list has custom tags only; libtiff's built-in tags are asked for. */
    void *first = NULL, *second = NULL;
    return libtiff.FieldWithTag(tiff, tag) != NULL && libtiff.GetField(tiff, tag, &first, &second);
}

static int is_fax(uint16_t compression) {
    return compression == COMPRESSION_CCITTRLE || compression == COMPRESSION_CCITTRLEW || compression == COMPRESSION_CCITTFAX3
        || compression == COMPRESSION_CCITTFAX4;
}

/* Guesses a missing PhotometricInterpretation: as libtiff does (tif_getimage.c), and by tags that
   only one model has. */
static uint16_t guessed_photometric(TIFF *tiff, uint16_t compression, uint16_t samples, bridge_tiff_page page) {
    uint16_t *red, *green, *blue;
    if (is_fax(compression)) return PHOTOMETRIC_MINISWHITE;
    if (samples < 3) {
        return libtiff.GetField(tiff, TIFFTAG_COLORMAP, &red, &green, &blue) ? PHOTOMETRIC_PALETTE : PHOTOMETRIC_MINISBLACK;
    }
    if (samples >= 4 && (has_tag(tiff, TIFFTAG_INKSET) || has_tag(tiff, TIFFTAG_NUMBEROFINKS) || has_tag(tiff, TIFFTAG_DOTRANGE))) {
        return PHOTOMETRIC_SEPARATED;
    }
    if (compression == COMPRESSION_JPEG && samples == 3) {
        /* Three components are Y'CbCr, as in a JPEG file without markers. libtiff must know before
           it decodes. */
        if (page.jpeg_factors != 0) {
            libtiff.SetField(tiff, TIFFTAG_YCBCRSUBSAMPLING, page.jpeg_factors >> 4, page.jpeg_factors & 15);
        }
        libtiff.SetField(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_YCBCR);
        return PHOTOMETRIC_YCBCR;
    }
    return PHOTOMETRIC_RGB;
}

static bridge_status read_samples(bridge_tiff_decoder *decoder, bridge_tiff_page page, bridge_tiff_info *info) {
    TIFF *tiff = decoder->tiff;
    decoder->bits = short_tag(tiff, TIFFTAG_BITSPERSAMPLE, 1);
    decoder->samples = short_tag(tiff, TIFFTAG_SAMPLESPERPIXEL, 1);
    decoder->planar = short_tag(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
    uint16_t format = short_tag(tiff, TIFFTAG_SAMPLEFORMAT, SAMPLEFORMAT_UINT);
    uint16_t compression = short_tag(tiff, TIFFTAG_COMPRESSION, COMPRESSION_NONE);
    if (!libtiff.GetField(tiff, TIFFTAG_PHOTOMETRIC, &decoder->photometric)) {
        decoder->photometric = guessed_photometric(tiff, compression, decoder->samples, page);
    }
    if (!libtiff.IsCODECConfigured(compression)) {
        char words[80];
        snprintf(words, sizeof words, "TIFF compression %u is not in this libtiff", (unsigned)compression);
        return bridge_failure(BRIDGE_UNSUPPORTED, 0, words);
    }
    if (format != SAMPLEFORMAT_UINT && format != SAMPLEFORMAT_INT && format != SAMPLEFORMAT_VOID) {
        return bridge_failure(BRIDGE_UNSUPPORTED, 0, "floating-point or complex TIFF samples are not read");
    }
    if (decoder->bits < 1 || (decoder->bits > 16 && decoder->bits != 32)) {
        char words[80];
        snprintf(words, sizeof words, "TIFF samples of %u bits are not read, only 1 to 16 and 32", (unsigned)decoder->bits);
        return bridge_failure(BRIDGE_UNSUPPORTED, 0, words);
    }
    /* Samples of 8 bits marked as signed are unsigned: every decoder and real files agree. Wider
       ones are signed, with 0 as black. */
    decoder->is_signed = format == SAMPLEFORMAT_INT && decoder->bits > 8;
    info->bits = decoder->bits;
    int colors = 0;
    switch (decoder->photometric) {
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
        if (decoder->bits > 16) return bridge_failure(BRIDGE_CORRUPT, 0, "a palette of more than 16 bits");
        if (!libtiff.GetField(tiff, TIFFTAG_COLORMAP, &decoder->palette[0], &decoder->palette[1], &decoder->palette[2])) {
            return bridge_failure(BRIDGE_CORRUPT, 0, "a palette image without a palette");
        }
        /* Some writers store 8-bit colours in the 16-bit palette. */
        decoder->palette_factor = 257;
        for (uint32_t i = 0; i < 1u << decoder->bits; i++) {
            if (decoder->palette[0][i] > 255 || decoder->palette[1][i] > 255 || decoder->palette[2][i] > 255) {
                decoder->palette_factor = 1;
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
        const char *name = decoder->photometric == PHOTOMETRIC_CIELAB ? "CIE L*a*b*"
            : decoder->photometric == PHOTOMETRIC_LOGL || decoder->photometric == PHOTOMETRIC_LOGLUV ? "LogLuv"
            : decoder->photometric == PHOTOMETRIC_CFA ? "camera raw" : NULL;
        if (name != NULL) snprintf(words, sizeof words, "TIFF colour model %s is not read", name);
        else snprintf(words, sizeof words, "TIFF colour model %u is not read", (unsigned)decoder->photometric);
        return bridge_failure(BRIDGE_UNSUPPORTED, 0, words);
    }
    }
    if (decoder->samples < colors) return bridge_failure(BRIDGE_CORRUPT, 0, "fewer samples in a pixel than its colour model has");
    uint16_t extras = 0, *kinds = NULL;
    libtiff.GetFieldDefaulted(tiff, TIFFTAG_EXTRASAMPLES, &extras, &kinds);
    int extra = decoder->samples - colors;
    /* Unspecified extra samples are saved selections and the like; a single one without
       ExtraSamples is alpha. */
    uint16_t kind = extra == 1 && decoder->lacks_extras ? EXTRASAMPLE_UNASSALPHA
        : extra > 0 && extras > 0                      ? kinds[0]
                                                       : EXTRASAMPLE_UNSPECIFIED;
    decoder->has_alpha = info->model != BRIDGE_TIFF_CMYK
        && (kind == EXTRASAMPLE_ASSOCALPHA || kind == EXTRASAMPLE_UNASSALPHA);
    decoder->is_premultiplied = decoder->has_alpha && kind == EXTRASAMPLE_ASSOCALPHA;
    info->channels_left_out = extra - decoder->has_alpha;
    decoder->used = (uint16_t)(colors + decoder->has_alpha);
    decoder->channels = (info->model == BRIDGE_TIFF_PALETTE ? 3 : colors) + decoder->has_alpha;
    if (info->model == BRIDGE_TIFF_YCBCR) {
        if (compression == COMPRESSION_JPEG && decoder->planar == PLANARCONFIG_CONTIG) {
            libtiff.SetField(tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
        } else {
            decoder->uses_rgba = 1;
            decoder->has_alpha = 0;
            decoder->channels = 3;
        }
    }
    info->channels = decoder->channels;
    info->has_alpha = decoder->has_alpha;
    return bridge_ok();
}

/* Chooses how many rows are decoded at once, and estimates the memory for it. */
static bridge_status lay_out(bridge_tiff_decoder *decoder, bridge_tiff_info *info) {
    TIFF *tiff = decoder->tiff;
    uint32_t rows = 1, tile_width = 0;
    uint64_t row_bytes;
    if (libtiff.IsTiled(tiff)) {
        if (!libtiff.GetField(tiff, TIFFTAG_TILELENGTH, &rows) || !libtiff.GetField(tiff, TIFFTAG_TILEWIDTH, &tile_width)
            || rows == 0 || tile_width == 0) {
            return bridge_failure(BRIDGE_CORRUPT, 0, "tiles without a size");
        }
        uint64_t across = ((uint64_t)decoder->width + tile_width - 1) / tile_width;
        uint64_t samples = decoder->planar == PLANARCONFIG_SEPARATE ? 1 : decoder->samples;
        if (across > 1 && (uint64_t)tile_width * samples * decoder->bits % 8 != 0) {
            return bridge_failure(BRIDGE_CORRUPT, 0, "rows of a tile that end inside a byte");
        }
        row_bytes = across * libtiff.TileRowSize64(tiff);
    } else {
        /* PackBits runs may cross rows, although they should not: libtiff handles that only in
           whole strips. */
        if (decoder->planar == PLANARCONFIG_SEPARATE || decoder->uses_rgba
            || short_tag(tiff, TIFFTAG_COMPRESSION, COMPRESSION_NONE) == COMPRESSION_PACKBITS) {
            libtiff.GetFieldDefaulted(tiff, TIFFTAG_ROWSPERSTRIP, &rows);
        }
        if (rows > decoder->height) rows = decoder->height;
        row_bytes = libtiff.ScanlineSize64(tiff);
    }
    if (row_bytes == 0 || rows == 0) return bridge_tiff_failure(decoder, "rows without bytes");
    decoder->unit_rows = rows;
    decoder->row_bytes = (size_t)row_bytes;
    uint64_t planes = decoder->planar == PLANARCONFIG_SEPARATE ? decoder->samples : 1;
    uint64_t rows_memory = decoder->uses_rgba ? (uint64_t)rows * decoder->width * 8 : 0;
    if (!decoder->uses_rgba && __builtin_mul_overflow((uint64_t)rows * planes, row_bytes, &rows_memory)) rows_memory = UINT64_MAX / 4;
    uint64_t other = (libtiff.IsTiled(tiff) ? libtiff.TileSize64(tiff) : 0) + (uint64_t)decoder->width * 10;
    /* The compressed strip or tile, at most the file. */
    uint64_t raw = libtiff.GetStrileByteCount(tiff, 0);
    if (raw > decoder->input.size) raw = decoder->input.size;
    uint64_t sum = rows_memory / 2 + other / 2 + raw / 2;
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

bridge_status bridge_tiff_read_header(bridge_tiff_decoder *decoder, bridge_tiff_page page, bridge_tiff_info *info) {
    TIFF *tiff = decoder->tiff;
    uint32_t pages = libtiff.NumberOfDirectories(tiff);
    decoder->lacks_extras = 0;
    if (!libtiff.SetSubDirectory(tiff, page.directory)) return bridge_tiff_failure(decoder, "the directory cannot be read");
    if (!libtiff.GetField(tiff, TIFFTAG_IMAGEWIDTH, &decoder->width)
        || !libtiff.GetField(tiff, TIFFTAG_IMAGELENGTH, &decoder->height)) {
        return bridge_tiff_failure(decoder, "no size");
    }
    info->width = decoder->width;
    info->height = decoder->height;
    if (decoder->width == 0 || decoder->height == 0) return bridge_failure(BRIDGE_CORRUPT, 0, "a side is 0");
    bridge_status status = read_samples(decoder, page, info);
    if (status.code != BRIDGE_OK) return status;
    status = lay_out(decoder, info);
    if (status.code != BRIDGE_OK) return status;
    info->pages = pages == 0 ? 1 : (int32_t)(pages > INT32_MAX ? INT32_MAX : pages);
    info->orientation = short_tag(tiff, TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT);
    info->has_metadata = has_metadata(tiff);
    uint32_t size = 0;
    void *bytes = NULL;
    if (libtiff.GetField(tiff, TIFFTAG_ICCPROFILE, &size, &bytes) && bytes != NULL) info->profile_size = size;
    /* libtiff has recovered from errors that it reported about the header. */
    decoder->has_failed = 0;
    decoder->message[0] = 0;
    return bridge_ok();
}

#endif
