/* Reports how libpng reads a PNG: the reference for our own decisions about chunks. */
#ifndef LIBPNG_REPORT_H
#define LIBPNG_REPORT_H

#include <stddef.h>
#include <stdint.h>

enum {
    LIBPNG_REPORT_gAMA = 1,
    LIBPNG_REPORT_cHRM = 2,
    LIBPNG_REPORT_sRGB = 4,
    LIBPNG_REPORT_iCCP = 8,
    LIBPNG_REPORT_cICP = 16, /* only if `knows_cicp` */
    LIBPNG_REPORT_sBIT = 32,
    LIBPNG_REPORT_eXIf = 64
};

typedef struct {
    int32_t is_refused;
    int32_t warnings;
    char message[200];   /* the error, or the last warning */
    int32_t valid;       /* the flags above of the chunks that are valid at the end of the file */
    int32_t knows_cicp;  /* whether this libpng reads cICP */
    int32_t channels;    /* per pixel, with palette and tRNS expanded */
    uint32_t version;    /* 10639 is 1.6.39 */
} libpng_report;

/* Reads the whole file, rows included. Of the colour chunks only `color` (4 letters) is read, so
   that chunks are not judged by each other, on which versions differ; NULL reads all. */
libpng_report libpng_report_on(const uint8_t *bytes, size_t size, const char *color);

/* Inflates a zlib stream; returns the number of bytes written, at most `capacity`. */
size_t libpng_report_inflate(const uint8_t *bytes, size_t size, uint8_t *output, size_t capacity);

#endif
