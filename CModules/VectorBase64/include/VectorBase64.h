#pragma once

#include <stddef.h>
#include <stdint.h>

/* Base64 of many bytes at a time (RFC 4648, section 4). Only SeedreamModel calls this; it encodes what is left over. */

/* The vector instructions that are used. */
typedef enum {
    VECTOR_BASE64_BASELINE, /* what every processor of the platform has: SSE2, NEON */
    VECTOR_BASE64_AVX2
} vector_base64_level;

/* The fastest level of this processor. Cheap: the processor is asked once, when the process starts. */
vector_base64_level vector_base64_best_level(void);

/* Encodes blocks of 24 bytes into 32 characters each, from the start of `bytes` on, for as long as 28 bytes are left to read.
   Returns how many bytes were encoded: a multiple of 24, `size` less 4 to 27 (0 if `size` is less than 28, or where bytes are
   stored most significant first). Reads nothing outside of `bytes`, writes 4 characters for each 3 bytes encoded and no more.
   A level that the processor lacks ends the process. */
size_t vector_base64_encode_blocks(vector_base64_level level, const uint8_t *bytes, size_t size, uint8_t *characters);
