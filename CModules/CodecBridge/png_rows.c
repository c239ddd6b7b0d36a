#include "png_rows.h"

#ifdef WITH_FAST_PNG

#include <stdlib.h>
#include <string.h>

#include <isa-l.h>

#include "png_unfilter.h"

enum {
    LONGEST_ROW = 256 * 1024, /* some rows are in memory at a time; ours */
    WINDOW = 128 * 1024,      /* ISA-L copies up to 64 KiB at each call; less than this costs time, more memory */
    GATHERED = 8 * 1024,      /* so is it with its input: short chunks are put together */
    LONGEST_CHUNK = 8000000,  /* as libpng is told, for all but picture data */
};

struct bridge_png_rows {
    bridge_input input;
    uint64_t offset;              /* of the next byte to load into `buffer` */
    uint8_t *buffer;
    size_t buffer_size, buffer_used;

    uint32_t chunk_left, chunk_crc; /* of the IDAT chunk being read */
    uint64_t longest_chunk;
    int after_data;               /* the chunk's header has been read and is not IDAT's: it lies in `header` */
    uint8_t header[8];
    uint8_t gathered[GATHERED];

    struct inflate_state stream;
    int ended;                    /* the stream, at its check sum */
    uint64_t data_left;           /* bytes of filtered rows not inflated yet */

    size_t row_bytes, stride;
    int channels;
    int64_t inflated_left, rows_left; /* rows to unfilter, rows to hand out */
    uint8_t *window;              /* filtered rows from `window_used` to `window_size` */
    size_t window_capacity, window_size, window_used;
    uint8_t *rows;                /* two groups of UNFILTER_ROWS rows: the last one of a group lies above the next */
    int group, ready, handed;     /* the group handed out of, how many rows it has, how many are out */
    uint8_t *above;
};

/* A stream of `size` bytes, read through a window of `capacity` bytes or less. NULL without memory. */
static bridge_png_rows *open_stream(bridge_input input, uint64_t offset, uint8_t *buffer, uint64_t size,
                                    size_t capacity) {
    bridge_png_rows *rows = calloc(1, sizeof *rows);
    if (rows == NULL) return NULL;
    rows->input = input;
    rows->offset = offset;
    rows->buffer = buffer;
    rows->data_left = size;
    /* libpng takes longer chunks in some versions; no longer one is needed for stored data (png_check_chunk_length). */
    uint64_t overhead = 6 + 5 * (size / 32566 + 1);
    rows->longest_chunk = size + overhead;
    if (rows->longest_chunk < LONGEST_CHUNK) rows->longest_chunk = LONGEST_CHUNK;
    if (rows->longest_chunk > INT32_MAX) rows->longest_chunk = INT32_MAX;
    rows->window_capacity = capacity;
    uint64_t all = size + 1;
    if (rows->window_capacity > all) rows->window_capacity = (size_t)all; /* one byte too many has to show */
    rows->window = calloc(rows->window_capacity + UNFILTER_SLACK, 1);
    if (rows->window == NULL) {
        bridge_png_rows_close(rows);
        return NULL;
    }
    isal_inflate_init(&rows->stream);
    rows->stream.crc_flag = ISAL_ZLIB_NO_HDR_VER;
    return rows;
}

bridge_png_rows *bridge_png_rows_open(bridge_input input, uint64_t offset, uint8_t *buffer, int32_t width,
                                      int32_t height, int channels) {
    size_t row_bytes = (size_t)width * (size_t)channels;
    if (row_bytes > LONGEST_ROW) return NULL;
    bridge_png_rows *rows = open_stream(input, offset, buffer, (uint64_t)(row_bytes + 1) * (uint64_t)height,
                                        WINDOW + UNFILTER_ROWS * (row_bytes + 1));
    if (rows == NULL) return NULL;
    rows->row_bytes = row_bytes;
    rows->stride = row_bytes + UNFILTER_SLACK;
    rows->channels = channels;
    rows->inflated_left = rows->rows_left = height;
    rows->rows = calloc(2 * UNFILTER_ROWS + 1, rows->stride);
    if (rows->rows == NULL) {
        bridge_png_rows_close(rows);
        return NULL;
    }
    rows->above = rows->rows + 2 * UNFILTER_ROWS * rows->stride; /* zeros, above the first row */
    return rows;
}

void bridge_png_rows_close(bridge_png_rows *rows) {
    if (rows == NULL) return;
    free(rows->window);
    free(rows->rows);
    free(rows);
}

/* --- chunks ----------------------------------------------------------------------------------------------------- */

/* Where the next bytes of the file are, `*count` at most, and at least one; fewer are given where the buffer ends. NULL at
   the end of the file, or where it cannot be read. */
static const uint8_t *next_bytes(bridge_png_rows *rows, size_t *count) {
    if (rows->input.bytes != NULL) {
        if (rows->offset >= rows->input.size) return NULL;
        uint64_t left = rows->input.size - rows->offset;
        if (*count > left) *count = (size_t)left;
        if (*count > PNG_ROWS_INPUT) *count = PNG_ROWS_INPUT; /* so that it is in the cache when it is read twice */
        const uint8_t *bytes = rows->input.bytes + rows->offset;
        rows->offset += *count;
        return bytes;
    }
    if (rows->buffer_used == rows->buffer_size) {
        int64_t got = bridge_input_read(&rows->input, rows->offset, rows->buffer, PNG_ROWS_INPUT);
        if (got <= 0) return NULL;
        rows->offset += (uint64_t)got;
        rows->buffer_size = (size_t)got;
        rows->buffer_used = 0;
    }
    size_t left = rows->buffer_size - rows->buffer_used;
    if (*count > left) *count = left;
    const uint8_t *bytes = rows->buffer + rows->buffer_used;
    rows->buffer_used += *count;
    return bytes;
}

static int copy_bytes(bridge_png_rows *rows, uint8_t *target, size_t count) {
    while (count > 0) {
        size_t some = count;
        const uint8_t *bytes = next_bytes(rows, &some);
        if (bytes == NULL) return 0;
        memcpy(target, bytes, some);
        target += some;
        count -= some;
    }
    return 1;
}

static uint32_t big_endian(const uint8_t *bytes) {
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static int ends_with(bridge_png_rows *rows, uint32_t crc) {
    uint8_t stored[4];
    return copy_bytes(rows, stored, 4) && big_endian(stored) == crc;
}

/* Reads the header of the chunk that follows. 0 where it is not in order. */
static int next_chunk(bridge_png_rows *rows) {
    if (!copy_bytes(rows, rows->header, 8)) return 0;
    if (memcmp(rows->header + 4, "IDAT", 4) != 0) {
        rows->after_data = 1;
        return 1;
    }
    rows->chunk_left = big_endian(rows->header);
    rows->chunk_crc = crc32_gzip_refl(0, rows->header + 4, 4);
    return rows->chunk_left <= rows->longest_chunk;
}

/* Gives the stream its next bytes: of one chunk, or of several short ones. 0 where there are none. */
static int load_data(bridge_png_rows *rows) {
    size_t gathered = 0;
    while (!rows->after_data && gathered < GATHERED) {
        if (rows->chunk_left == 0) {
            if (!ends_with(rows, rows->chunk_crc) || !next_chunk(rows)) return 0;
            continue;
        }
        size_t count = rows->chunk_left;
        if (gathered > 0 && count > GATHERED - gathered) count = GATHERED - gathered;
        const uint8_t *bytes = next_bytes(rows, &count);
        if (bytes == NULL) return 0;
        rows->chunk_crc = crc32_gzip_refl(rows->chunk_crc, bytes, count);
        rows->chunk_left -= (uint32_t)count;
        if (gathered == 0 && count > GATHERED / 2) {
            rows->stream.next_in = (uint8_t *)bytes;
            rows->stream.avail_in = (uint32_t)count;
            return 1;
        }
        memcpy(rows->gathered + gathered, bytes, count);
        gathered += count;
    }
    rows->stream.next_in = rows->gathered;
    rows->stream.avail_in = (uint32_t)gathered;
    return gathered > 0;
}

/* Reads the first chunk's header and the two bytes of zlib's. */
static int begin(bridge_png_rows *rows) {
    if (!next_chunk(rows) || rows->after_data || !load_data(rows) || rows->stream.avail_in < 2) return 0;
    const uint8_t *header = rows->stream.next_in;
    if ((header[0] & 15) != 8 || (header[1] & 32) != 0 || (header[0] << 8 | header[1]) % 31 != 0) return 0;
    /* zlib refuses distances beyond the window that is named here; in a picture that is smaller there are none. */
    int bits = 8 + (header[0] >> 4);
    if (bits > 15 || (bits < 15 && rows->data_left > (uint64_t)1 << bits)) return 0;
    rows->stream.next_in += 2;
    rows->stream.avail_in -= 2;
    return 1;
}

/* --- rows ------------------------------------------------------------------------------------------------------- */

/* Inflates until the window is full or the stream ends. 0 where the stream, or what it lies in, is not in order. */
static int fill(bridge_png_rows *rows) {
    rows->window_size -= rows->window_used;
    memmove(rows->window, rows->window + rows->window_used, rows->window_size);
    rows->window_used = 0;
    struct inflate_state *stream = &rows->stream;
    while (!rows->ended && rows->window_size < rows->window_capacity) {
        size_t room = rows->window_capacity - rows->window_size;
        stream->next_out = rows->window + rows->window_size;
        stream->avail_out = (uint32_t)room;
        if (isal_inflate(stream) != ISAL_DECOMP_OK) return 0;
        size_t made = room - stream->avail_out;
        rows->window_size += made;
        if (made > rows->data_left) return 0; /* more than the picture needs */
        rows->data_left -= made;
        if (stream->block_state == ISAL_BLOCK_FINISH) {
            rows->ended = 1;
        } else if (stream->avail_out > 0) {
            /* What it had is inflated: it needs more. */
            if (stream->avail_in > 0 || !load_data(rows)) return 0;
        }
    }
    if (!rows->ended) return 1;
    /* What follows the check sum, in this chunk or in those gathered, libpng has an opinion on. */
    int is_over = rows->data_left == 0 && stream->avail_in == 0 && stream->read_in_length < 8;
    if (!is_over || rows->after_data) return is_over && rows->after_data;
    return rows->chunk_left == 0 && ends_with(rows, rows->chunk_crc) && next_chunk(rows) && rows->after_data;
}

/* Unfilters the next rows. */
static int prepare(bridge_png_rows *rows) {
    size_t pitch = rows->row_bytes + 1;
    int64_t wanted = rows->inflated_left < UNFILTER_ROWS ? rows->inflated_left : UNFILTER_ROWS;
    int64_t there = (int64_t)((rows->window_size - rows->window_used) / pitch);
    /* The last row has to wait for the end of the stream, as it does in libpng. */
    if (there < wanted || (wanted == rows->inflated_left && !rows->ended)) {
        if (!fill(rows)) return 0;
        there = (int64_t)((rows->window_size - rows->window_used) / pitch);
        if (there < wanted || (wanted == rows->inflated_left && !rows->ended)) return 0;
    }
    rows->group ^= 1;
    uint8_t *target = rows->rows + (size_t)rows->group * UNFILTER_ROWS * rows->stride;
    rows->ready = bridge_png_unfilter(target, rows->stride, rows->window + rows->window_used, (int)wanted,
                                      rows->above, rows->row_bytes, rows->channels);
    rows->handed = 0;
    if (rows->ready == 0) return 0;
    rows->window_used += (size_t)rows->ready * pitch;
    rows->inflated_left -= rows->ready;
    rows->above = target + (size_t)(rows->ready - 1) * rows->stride;
    return 1;
}

int bridge_png_rows_next(bridge_png_rows *rows, uint8_t *row) {
    if (rows->rows_left == 0) return 0;
    if (rows->header[4] == 0 && !begin(rows)) return 0;
    if (rows->handed == rows->ready && !prepare(rows)) return 0;
    memcpy(row, rows->rows + (size_t)(rows->group * UNFILTER_ROWS + rows->handed) * rows->stride, rows->row_bytes);
    rows->handed++;
    rows->rows_left--;
    return 1;
}

int bridge_png_rows_finish(bridge_png_rows *rows) {
    if (rows->rows_left > 0) return 0;
    for (;;) { /* `header` is that of a chunk that is not IDAT */
        uint32_t left = big_endian(rows->header);
        const uint8_t *name = rows->header + 4;
        int is_end = memcmp(name, "IEND", 4) == 0;
        for (int i = 0; i < 4; i++) {
            if ((name[i] | 32) < 'a' || (name[i] | 32) > 'z') return 0;
        }
        /* A third letter that is small is reserved: newer versions of libpng refuse it, older ones do not look. */
        if ((name[2] & 32) != 0) return 0;
        if (left > (is_end ? 0 : LONGEST_CHUNK) || (!is_end && (name[0] & 32) == 0)) return 0;
        uint32_t crc = crc32_gzip_refl(0, name, 4);
        while (left > 0) {
            size_t count = left;
            const uint8_t *bytes = next_bytes(rows, &count);
            if (bytes == NULL) return 0;
            crc = crc32_gzip_refl(crc, bytes, count);
            left -= (uint32_t)count;
        }
        if (!ends_with(rows, crc)) return 0;
        if (is_end) return 1;
        if (!copy_bytes(rows, rows->header, 8)) return 0;
    }
}

int32_t bridge_png_data_is_plain(bridge_input input, uint64_t offset, uint64_t size) {
    uint8_t *buffer = malloc(PNG_ROWS_INPUT);
    bridge_png_rows *rows = buffer == NULL ? NULL : open_stream(input, offset, buffer, size, WINDOW);
    int is_plain = rows != NULL && begin(rows);
    while (is_plain && !rows->ended) {
        rows->window_used = rows->window_size;
        is_plain = fill(rows);
    }
    bridge_png_rows_close(rows);
    free(buffer);
    return is_plain;
}

#define TEXT(number) TEXT_OF(number)
#define TEXT_OF(number) #number

const char *bridge_isal_version(void) {
    return TEXT(ISAL_MAJOR_VERSION) "." TEXT(ISAL_MINOR_VERSION) "." TEXT(ISAL_PATCH_VERSION);
}

#else

int32_t bridge_png_data_is_plain(bridge_input input, uint64_t offset, uint64_t size) {
    (void)input, (void)offset, (void)size;
    return 0;
}

const char *bridge_isal_version(void) { return NULL; }

#endif
