/* What libpng makes of a PNG, in its own words: the reference that our judgement of chunks is held
   against. */
#ifndef LIBPNG_REPORT_H
#define LIBPNG_REPORT_H

#include <stddef.h>
#include <stdint.h>

enum {
    LIBPNG_REPORT_gAMA = 1,
    LIBPNG_REPORT_cHRM = 2,
    LIBPNG_REPORT_sRGB = 4,
    LIBPNG_REPORT_iCCP = 8,
    LIBPNG_REPORT_cICP = 16, /* only where `knows_cicp` */
    LIBPNG_REPORT_sBIT = 32,
    LIBPNG_REPORT_eXIf = 64
};

typedef struct {
    int32_t is_refused;
    int32_t warnings;
    char message[200];   /* the error, or the last warning */
    int32_t valid;       /* of the values above, what is valid at the end of the file */
    int32_t knows_cicp;  /* whether this libpng reads cICP */
    int32_t channels;    /* of a pixel with palette and tRNS expanded */
    uint32_t version;    /* 10639 is 1.6.39 */
} libpng_report;

/* Reads the whole file, rows included. Of the chunks that describe colours only `color` is looked
   at (4 letters), so that none is judged by its relation to another, which versions do differently;
   NULL for all. */
libpng_report libpng_report_on(const uint8_t *bytes, size_t size, const char *color);

/* Inflates a zlib stream; returns the number of bytes written, `capacity` at most. */
size_t libpng_report_inflate(const uint8_t *bytes, size_t size, uint8_t *output, size_t capacity);

#endif
