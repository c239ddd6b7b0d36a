/* Decodes the rows of plain PNGs faster than libpng: ISA-L inflates them, vector instructions
   unfilter them. It reports no errors. At anything unusual it stops, and CodecBridge, its only
   caller, has libpng decode the image again and judge it. Calls neither libpng nor anything that
   jumps.

   Named VectorPNG because FastPNG is the package trait that brings in ISA-L. Without that trait
   vector_png_open returns NULL. */
#ifndef VECTOR_PNG_H
#define VECTOR_PNG_H

#include <stddef.h>
#include <stdint.h>

/* The encoded file: memory (`bytes` not NULL) or what `read` returns. Both must outlive the
   decoder. */
typedef struct {
    const uint8_t *bytes;
    uint64_t size;
    /* Reads up to `capacity` bytes at `offset`; returns their number, 0 at the end, -1 on
       failure. */
    int64_t (*read)(const void *context, uint64_t offset, uint8_t *buffer, size_t capacity);
    const void *context;
} vector_png_input;

typedef struct vector_png vector_png;

/* The size in bytes of the buffer that vector_png_open takes. */
enum { VECTOR_PNG_BUFFER = 64 * 1024 };

/* Opens a non-interlaced image with 8 bits per sample and 1 to 4 stored channels, whose first IDAT
   chunk (its length field) is at `offset`. Uses `buffer` until vector_png_close. Returns NULL if
   the rows are too long, if `buffer_size` is less than VECTOR_PNG_BUFFER, or without memory. */
vector_png *vector_png_open(vector_png_input input, uint64_t offset, uint8_t *buffer,
                            size_t buffer_size, int32_t width, int32_t height, int channels);

/* Writes the next row, width * channels bytes, to `row` and returns 1. Returns the last row only if
   the zlib stream ends there with the right checksum and its chunk ends with it. Returns 0, with
   nothing written, if libpng has to continue or `capacity` (bytes) is less than a row; all rows
   written before equal libpng's. */
int vector_png_next_row(vector_png *png, uint8_t *row, size_t capacity);

/* Reads the chunks after the image data up to IEND. Returns 1 if they are in order and all rows
   have been read, else 0. */
int vector_png_finish(vector_png *png);

void vector_png_close(vector_png *png);

/* Whether the image data, starting at the IDAT chunk at `offset`, are one zlib stream of `size`
   inflated bytes that ends with its last IDAT chunk, with correct checksums. Checks no pixels. 0
   means no or, without the trait FastPNG, unknown. */
int vector_png_data_is_plain(vector_png_input input, uint64_t offset, uint64_t size);

/* The version of ISA-L compiled against, as "2.30.0": the library does not report one at run time.
   Static storage. NULL without the trait FastPNG. */
const char *vector_png_isal_version(void);

#endif
