/* Takes the filters of PNG rows back (PNG specification, third edition, section 9), several rows at a time where one
   row has to wait for itself. Shared inside CodecBridge. */
#ifndef CODEC_BRIDGE_PNG_UNFILTER_H
#define CODEC_BRIDGE_PNG_UNFILTER_H

#include <stddef.h>
#include <stdint.h>

/* Rows taken at a time at most, and bytes behind the end of each row, filtered or not, that may be read, and behind each
   unfiltered one that may be overwritten. */
enum { UNFILTER_ROWS = 4, UNFILTER_SLACK = 16 };

/* Unfilters up to `available` rows of `row_bytes` bytes of 8-bit pixels of 1 to 4 channels. `filtered` are the rows as
   inflated, each behind the byte that names its filter; `above` is the row before the first, zeros at the top of the
   picture. Row i of the result is written to `rows` + i * `stride`; `stride` is `row_bytes` + UNFILTER_SLACK at least.
   Returns how many rows it was, at least one; 0 where a filter does not exist. */
int bridge_png_unfilter(uint8_t *rows, size_t stride, const uint8_t *filtered, int available, const uint8_t *above,
                        size_t row_bytes, int channels);

#endif
