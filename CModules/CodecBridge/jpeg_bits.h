/* Reads bits and Huffman codes of JPEG scans, for jpeg_scan.c alone: static, so that the compiler
   can keep the state in registers. */
#ifndef CODEC_BRIDGE_JPEG_BITS_H
#define CODEC_BRIDGE_JPEG_BITS_H

#include "support.h"

#include <errno.h>
#include <string.h>

enum { INPUT_CHUNK = 64 * 1024, LOOKUP_BITS = 12, RUN_ENDS_BLOCK = 128 };

typedef struct {
    int is_defined;
    uint16_t lookup[1 << LOOKUP_BITS]; /* length << 8 | symbol, 0 for longer codes */
    /* For sequential scans: coefficients passed << 8 | bits of the code and of the value; 0 for
       longer codes. */
    uint16_t steps[1 << LOOKUP_BITS];
    /* The same for all codes that begin within these bits and end the block at last, if at all:
       coefficients passed before that << 8 | RUN_ENDS_BLOCK | bits. */
    uint16_t runs[1 << LOOKUP_BITS];
    int32_t last_code[18];             /* by length, -1 without one; [17] ends the search */
    int32_t offset[17];                /* offset of the symbols of a length, less its first code */
    uint8_t symbols[256];
} code_table;

typedef struct {
    bridge_input input;
    uint8_t *chunk;
    const uint8_t *window; /* the bytes from `window_start` up to `window_end` */
    uint64_t window_start, window_end;
    uint64_t position;     /* of the next byte */
    int read_error;

    uint64_t bits;         /* the next bits, from the top */
    int count;             /* valid ones */
    int at_marker;         /* `position` is the 0xFF of a marker, or the end */
} bit_reader;

/* The byte at `offset`, or -1 at the end. */
static inline int byte_at(bit_reader *reader, uint64_t offset) {
    if (offset < reader->window_start || offset >= reader->window_end) {
        if (reader->input.bytes != NULL) return -1;
        /* Includes some bytes before it: end_of_data searches backwards. */
        uint64_t start = offset > 32 ? offset - 32 : 0;
        int64_t got = bridge_input_read(&reader->input, start, reader->chunk, INPUT_CHUNK);
        if (got < 0) reader->read_error = errno;
        reader->window_start = start;
        reader->window_end = start + (got > 0 ? (uint64_t)got : 0);
        if (offset >= reader->window_end) return -1;
    }
    return reader->window[offset - reader->window_start];
}

/* Takes as many bytes as fit if the next eight are in the window and include no 0xFF. */
static inline __attribute__((always_inline)) int refill_quickly(bit_reader *reader, uint64_t *bits, int *count) {
    uint64_t at = reader->position - reader->window_start, next;
    if (at > reader->window_end - reader->window_start || reader->window_end - reader->position < 8) return 0;
    memcpy(&next, reader->window + at, 8);
    next = __builtin_bswap64(next); /* from big-endian, on the little-endian machines that Swift runs on */
    if ((((next & 0x7F7F7F7F7F7F7F7F) + 0x0101010101010101) & next & 0x8080808080808080) != 0) return 0;
    int bytes = (63 - *count) >> 3;
    *bits |= next >> *count;
    reader->position += (unsigned)bytes;
    *count += 8 * bytes;
    return 1;
}

static __attribute__((noinline)) void refill_slowly(bit_reader *reader) {
    while (reader->count <= 56 && !reader->at_marker) {
        int value = byte_at(reader, reader->position);
        if (value < 0 || (value == 0xFF && byte_at(reader, reader->position + 1) != 0)) {
            reader->at_marker = 1;
            return;
        }
        reader->position += value == 0xFF ? 2 : 1;
        reader->bits |= (uint64_t)value << (56 - reader->count);
        reader->count += 8;
    }
}

static inline void refill(bit_reader *reader) {
    if (!refill_quickly(reader, &reader->bits, &reader->count)) refill_slowly(reader);
}

/* Takes `length` bits, at most 16. Returns 0 if there are fewer. */
static inline int take(bit_reader *reader, int length, uint32_t *value) {
    if (reader->count < length) refill(reader);
    if (reader->count < length) return 0;
    *value = length == 0 ? 0 : (uint32_t)(reader->bits >> (64 - length));
    reader->bits <<= length;
    reader->count -= length;
    return 1;
}

static inline int skip(bit_reader *reader, int length) {
    uint32_t ignored;
    return take(reader, length, &ignored);
}

/* Returns the next symbol, or -1 for an invalid code or at the end of the data. */
static inline int symbol(bit_reader *reader, const code_table *table) {
    if (reader->count < 16) refill(reader);
    unsigned entry = table->lookup[reader->bits >> (64 - LOOKUP_BITS)];
    int length = (int)(entry >> 8);
    if (length == 0) {
        int32_t code;
        length = LOOKUP_BITS;
        do {
            length++;
            code = (int32_t)(reader->bits >> (64 - length));
        } while (length < 17 && code > table->last_code[length]);
        if (length > 16) return -1;
        entry = table->symbols[(code + table->offset[length]) & 255];
    }
    if (length > reader->count) return -1;
    reader->bits <<= length;
    reader->count -= length;
    return entry & 255;
}

/* Fills `runs` from the other tables. */
static inline void join_steps(code_table *table) {
    for (int first = 0; first < 1 << LOOKUP_BITS; first++) {
        int bits = 0, passed = 0, ends = 0;
        while (bits < LOOKUP_BITS && !ends) {
            int rest = first << bits & ((1 << LOOKUP_BITS) - 1);
            int length = table->lookup[rest] >> 8, step = table->steps[rest];
            /* The code must be known; the bits of its value need not. */
            if (length == 0 || length > LOOKUP_BITS - bits) break;
            ends = step >> 8 == 64;
            if (!ends && passed + (step >> 8) > 63) break;
            if (!ends) passed += step >> 8;
            bits += step & 63;
        }
        table->runs[first] = (uint16_t)(passed << 8 | (ends ? RUN_ENDS_BLOCK : 0) | bits);
    }
}

/* Passes the average of a sequential block, then codes and values of coefficients, as long as there
   are bits for the longest code. Returns the index of the next coefficient: 0 if the average is
   still to be passed, 64 or more at the end of the block. */
static inline int pass_block(bit_reader *reader, const code_table *dc, const code_table *ac) {
    if (reader->count < 32) refill(reader);
    unsigned step = dc->steps[reader->bits >> (64 - LOOKUP_BITS)];
    if (step == 0 || reader->count < 32) return 0;
    uint64_t bits = reader->bits << (step & 63);
    int count = reader->count - (int)(step & 63), k = 1;
    while (k < 64) {
        if (count < 32 && !refill_quickly(reader, &bits, &count)) {
            reader->bits = bits;
            reader->count = count;
            refill_slowly(reader);
            bits = reader->bits;
            count = reader->count;
            if (count < 32) break;
        }
        unsigned next = (unsigned)(bits >> (64 - LOOKUP_BITS)), run = ac->runs[next];
        int after = k + (int)(run >> 8), ends = (run & RUN_ENDS_BLOCK) != 0;
        if (run != 0 && after + ends <= 64) {
            k = ends ? 64 : after;
        } else {
            /* The block ends before the last of these codes, or the code is longer. */
            run = ac->steps[next];
            if (run == 0) break;
            k += (int)(run >> 8);
        }
        bits <<= run & 63;
        count -= (int)(run & 63);
    }
    reader->bits = bits;
    reader->count = count;
    return k;
}

/* Returns the offset of the first byte of which no bit has been taken. A zero after 0xFF is always
   a stuffed byte. */
static inline uint64_t end_of_data(bit_reader *reader) {
    uint64_t end = reader->position;
    for (int left = reader->count / 8; left > 0; left--) {
        end -= byte_at(reader, end - 1) == 0 && byte_at(reader, end - 2) == 0xFF ? 2 : 1;
    }
    return end;
}

#endif
