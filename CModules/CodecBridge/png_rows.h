/* The picture data of a PNG as rows, inflated by ISA-L instead of zlib and unfiltered with vector instructions. It judges
   nothing: where anything is not as it has to be, it stops, and libpng reads the picture anew and says what it makes of it.
   Never jumps. Shared inside CodecBridge. */
#ifndef CODEC_BRIDGE_PNG_ROWS_H
#define CODEC_BRIDGE_PNG_ROWS_H

#include "support.h"

typedef struct bridge_png_rows bridge_png_rows;

/* Size of the buffer that bridge_png_rows_open takes. */
enum { PNG_ROWS_INPUT = 64 * 1024 };

/* For a picture of 8 bits, not interlaced, of 1 to 4 channels as stored, whose first IDAT chunk begins, with its length,
   at `offset`. `buffer` of PNG_ROWS_INPUT bytes is used until the close. NULL where the rows are too long, or without
   memory. */
bridge_png_rows *bridge_png_rows_open(bridge_input input, uint64_t offset, uint8_t *buffer, int32_t width,
                                      int32_t height, int channels);
/* Writes the next row, and returns 1. The last one comes only if the stream ends there, with the right check sum, and so
   does the chunk. 0 where libpng has to go on; everything written so far is as libpng would have it. */
int bridge_png_rows_next(bridge_png_rows *rows, uint8_t *row);
/* Reads the chunks behind the picture up to IEND. 1 where they are in order and no row is left, else 0. */
int bridge_png_rows_finish(bridge_png_rows *rows);
void bridge_png_rows_close(bridge_png_rows *rows);

#endif
