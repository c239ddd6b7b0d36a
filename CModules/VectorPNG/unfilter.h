/* Reverses the filters of PNG rows (PNG specification, third edition, section 9), several rows at
   a time where each pixel of a row depends on the one before. */
#ifndef VECTOR_PNG_UNFILTER_H
#define VECTOR_PNG_UNFILTER_H

#include <stddef.h>
#include <stdint.h>

/* The most rows unfiltered at a time, and the bytes past the end of each row, filtered or not, that
   may be read; past the end of an unfiltered row they may also be overwritten. */
enum { UNFILTER_ROWS = 4, UNFILTER_SLACK = 16 };

/* Unfilters up to `available` rows of `row_bytes` bytes, 8 bits per sample, 1 to 4 channels.
   `filtered` holds the inflated rows, each preceded by its filter byte; `above` is the row before
   the first, zeros at the top of the image. Row i of the result goes to `rows` + i * `stride`,
   where `stride` is at least `row_bytes` + UNFILTER_SLACK. Returns the number of rows unfiltered,
   at least 1, or 0 for an invalid filter. */
int vector_png_unfilter(uint8_t *rows, size_t stride, const uint8_t *filtered, int available,
                        const uint8_t *above, size_t row_bytes, int channels);

#endif
