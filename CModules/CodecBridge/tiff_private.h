/* Shared by tiff.c (input, messages), tiff_header.c (one directory) and tiff_rows.c (its
   pixels). */
#ifndef CODEC_BRIDGE_TIFF_PRIVATE_H
#define CODEC_BRIDGE_TIFF_PRIVATE_H

#include "libtiff.h"

struct bridge_tiff_decoder {
    TIFF *tiff;
    bridge_input input;
    uint64_t offset;
    int ended;        /* libtiff asked for bytes past the end */
    int read_error;   /* errno of a failed read, or 0 */
    bridge_clock clock;
    int lacks_extras; /* there are extra samples that no tag mentions */
    int jpeg_frame;   /* start of frame marker of JPEG data, or 0 */
    int is_decoding;  /* decoding has begun: from now on a warning may be damage */
    int has_warned;   /* harmless JPEG warning: libjpeg passes on only the first warning of a strip */
    int has_failed;   /* libtiff has reported an error */
    int is_damaged;   /* a warning means that pixels can be wrong */
    int tolerates_damage;
    bridge_status damage; /* the first, if damage is tolerated */
    char message[200];

    uint32_t width, height;
    uint16_t photometric, bits, samples, used, planar;
    int is_premultiplied, has_alpha, is_signed;
    uint16_t *palette[3]; /* libtiff's */
    int palette_factor;   /* 257 if the palette has 8 bits, else 1 */
    int channels;

    /* The unit decoded at once: a strip, a row of tiles or a single row. Its planes are one below
       the other, rows `row_bytes` apart. */
    uint8_t *unit;
    size_t row_bytes;
    uint32_t unit_rows;              /* rows of a whole unit */
    uint32_t unit_first, rows_in_unit; /* of the decoded one: its first row and its rows */
    uint8_t *tile;
    uint16_t *samples_row; /* one row of the used samples, unpacked */
    TIFFRGBAImage rgba;    /* libtiff's conversion, for subsampled Y'CbCr outside JPEG */
    int uses_rgba;
    uint32_t next_row;
};

/* The failure that libtiff reported, or one with `words` if it reported none. */
bridge_status bridge_tiff_failure(const bridge_tiff_decoder *decoder, const char *words);

/* Reads the directory of the page and fills `info`. */
bridge_status bridge_tiff_read_header(bridge_tiff_decoder *decoder, bridge_tiff_page page, bridge_tiff_info *info);

#endif
