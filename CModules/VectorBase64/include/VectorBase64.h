#pragma once

#include <stddef.h>
#include <stdint.h>

/* Encodes many bytes at a time as base64 (RFC 4648, section 4). Only SeedreamModel calls this; it
   encodes the remaining bytes. */

/* The vector instructions to use. */
typedef enum {
    VECTOR_BASE64_BASELINE, /* those of every processor of the platform: SSE2, NEON */
    VECTOR_BASE64_AVX2
} vector_base64_level;

/* Returns the fastest level of this processor. Cheap: the processor is queried once, at process
   start. */
vector_base64_level vector_base64_best_level(void);

/* Encodes blocks of 24 bytes into 32 characters each, from the start of `bytes` on, as long as 28
   bytes are left to read. Returns the number of bytes encoded: a multiple of 24, `size` less 4 to
   27 (0 if `size` is less than 28, or on a big-endian machine). Reads nothing outside `bytes`, and
   writes exactly 4 characters for each 3 bytes encoded. A level that the processor lacks ends the
   process. */
size_t vector_base64_encode_blocks(vector_base64_level level, const uint8_t *bytes, size_t size, uint8_t *characters);
