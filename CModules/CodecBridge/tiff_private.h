/* What tiff.c (input, messages), tiff_header.c (one directory) and tiff_rows.c (its pixels) share. */
#ifndef CODEC_BRIDGE_TIFF_PRIVATE_H
#define CODEC_BRIDGE_TIFF_PRIVATE_H

#include "support.h"

#include <tiffio.h>

struct bridge_tiff_picture {
    TIFF *tiff;
    bridge_input input;
    uint64_t offset;
    int ended;        /* libtiff asked for bytes past the end */
    int read_error;   /* errno of a failed read, or 0 */
    double cpu_seconds, maximum_cpu_seconds;
    int lacks_extras; /* samples that no tag mentions */
    int jpeg_frame;   /* start of frame marker of JPEG data, or 0 */
    int is_decoding;  /* from here on a warning may be damage */
    int has_warned;   /* of JPEG data, harmlessly: libjpeg passes on the first warning of a strip alone */
    int has_failed;   /* libtiff has reported an error */
    int is_damaged;   /* a warning means that pixels can be wrong */
    int tolerates_damage;
    bridge_status damage; /* the first, where it is tolerated */
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

/* What libtiff has reported, or `words` if it said nothing. */
bridge_status bridge_tiff_failure(const bridge_tiff_picture *picture, const char *words);

/* Finds out what the page holds; fills `info`. */
bridge_status bridge_tiff_read_header(bridge_tiff_picture *picture, bridge_tiff_page page, bridge_tiff_info *info);

#endif
