#include "VectorPNG.h"

#ifdef WITH_FAST_PNG

#include <stdlib.h>
#include <string.h>

#include <isa-l.h>

#include "unfilter.h"

enum {
    LONGEST_ROW = 256 * 1024, /* bytes; our choice, because several rows are in memory at a time */
    WINDOW = 128 * 1024,      /* ISA-L copies up to 64 KiB per call: a smaller window costs time, a
                                 larger one memory */
    GATHERED = 8 * 1024,      /* short chunks are joined, because each ISA-L call costs time */
    LONGEST_CHUNK = 8000000,  /* the limit png.c sets in libpng, for all chunks but IDAT */
};

struct vector_png {
    vector_png_input input;
    uint64_t offset;              /* of the next byte to load into `buffer` */
    uint8_t *buffer;
    size_t buffer_size, buffer_used;

    int has_begun;                /* the headers of the first chunk and of zlib have been read */
    uint32_t chunk_left, chunk_crc; /* of the IDAT chunk being read */
    uint64_t longest_chunk;
    int after_data;               /* `header` is that of a chunk other than IDAT */
    uint8_t header[8];            /* length and name of the last chunk */
    uint8_t gathered[GATHERED];

    struct inflate_state stream;
    int ended;                    /* the stream has ended with a correct checksum */
    uint64_t data_left;           /* bytes of filtered rows not inflated yet */

    size_t row_bytes, stride;
    int channels;
    int64_t inflated_left, rows_left; /* rows to unfilter, rows to return */
    uint8_t *window;              /* filtered rows from `window_used` to `window_size` */
    size_t window_capacity, window_size, window_used;
    uint8_t *rows;                /* two groups of UNFILTER_ROWS rows: the last row of one group is
                                     the row above the next group */
    int group, ready, handed;     /* the current group, its number of rows, how many were returned */
    uint8_t *above;               /* the last row of the previous group */
};

/* Opens a stream of `size` inflated bytes, read through a window of at most `capacity` bytes.
   Returns NULL without memory. */
static vector_png *open_stream(vector_png_input input, uint64_t offset, uint8_t *buffer,
                               uint64_t size, size_t capacity) {
    vector_png *png = calloc(1, sizeof *png);
    if (png == NULL) return NULL;
    png->input = input;
    png->offset = offset;
    png->buffer = buffer;
    png->data_left = size;
    /* The length of uncompressed data, the longest that any encoder needs; some versions of libpng
       accept longer chunks (png_check_chunk_length). */
    uint64_t overhead = 6 + 5 * (size / 32566 + 1);
    png->longest_chunk = size + overhead;
    if (png->longest_chunk < LONGEST_CHUNK) png->longest_chunk = LONGEST_CHUNK;
    if (png->longest_chunk > INT32_MAX) png->longest_chunk = INT32_MAX;
    png->window_capacity = capacity;
    uint64_t all = size + 1;
    /* One byte more than expected, so that excess data are noticed. */
    if (png->window_capacity > all) png->window_capacity = (size_t)all;
    png->window = calloc(png->window_capacity + UNFILTER_SLACK, 1);
    if (png->window == NULL) {
        vector_png_close(png);
        return NULL;
    }
    isal_inflate_init(&png->stream);
    png->stream.crc_flag = ISAL_ZLIB_NO_HDR_VER;
    return png;
}

vector_png *vector_png_open(vector_png_input input, uint64_t offset, uint8_t *buffer,
                            size_t buffer_size, int32_t width, int32_t height, int channels) {
    if (buffer_size < VECTOR_PNG_BUFFER || width <= 0 || height <= 0 || channels < 1 || channels > 4) {
        return NULL;
    }
    size_t row_bytes = (size_t)width * (size_t)channels;
    if (row_bytes > LONGEST_ROW) return NULL;
    vector_png *png = open_stream(input, offset, buffer, (uint64_t)(row_bytes + 1) * (uint64_t)height,
                                  WINDOW + UNFILTER_ROWS * (row_bytes + 1));
    if (png == NULL) return NULL;
    png->row_bytes = row_bytes;
    png->stride = row_bytes + UNFILTER_SLACK;
    png->channels = channels;
    png->inflated_left = png->rows_left = height;
    png->rows = calloc(2 * UNFILTER_ROWS + 1, png->stride);
    if (png->rows == NULL) {
        vector_png_close(png);
        return NULL;
    }
    png->above = png->rows + 2 * UNFILTER_ROWS * png->stride; /* zeros, above the first row */
    return png;
}

void vector_png_close(vector_png *png) {
    if (png == NULL) return;
    free(png->window);
    free(png->rows);
    free(png);
}

/* --- chunks ----------------------------------------------------------------------------------- */

/* Returns the next bytes of the file and sets `*count`, their maximum, to their number: at least 1,
   fewer than asked for at the end of the buffer. Returns NULL at the end of the file or if it
   cannot be read. */
static const uint8_t *next_bytes(vector_png *png, size_t *count) {
    if (png->input.bytes != NULL) {
        if (png->offset >= png->input.size) return NULL;
        uint64_t left = png->input.size - png->offset;
        if (*count > left) *count = (size_t)left;
        /* The bytes are read twice, for the CRC and to inflate them: keeps them in the cache. */
        if (*count > VECTOR_PNG_BUFFER) *count = VECTOR_PNG_BUFFER;
        const uint8_t *bytes = png->input.bytes + png->offset;
        png->offset += *count;
        return bytes;
    }
    if (png->buffer_used == png->buffer_size) {
        int64_t got = png->input.read(png->input.context, png->offset, png->buffer, VECTOR_PNG_BUFFER);
        if (got <= 0) return NULL;
        png->offset += (uint64_t)got;
        png->buffer_size = (size_t)got;
        png->buffer_used = 0;
    }
    size_t left = png->buffer_size - png->buffer_used;
    if (*count > left) *count = left;
    const uint8_t *bytes = png->buffer + png->buffer_used;
    png->buffer_used += *count;
    return bytes;
}

static int copy_bytes(vector_png *png, uint8_t *target, size_t count) {
    while (count > 0) {
        size_t some = count;
        const uint8_t *bytes = next_bytes(png, &some);
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

/* Reads the four bytes after a chunk's data; whether they are its CRC. */
static int ends_with(vector_png *png, uint32_t crc) {
    uint8_t stored[4];
    return copy_bytes(png, stored, 4) && big_endian(stored) == crc;
}

/* Reads the next chunk's header. Returns 0 if it is invalid or missing. */
static int next_chunk(vector_png *png) {
    if (!copy_bytes(png, png->header, 8)) return 0;
    if (memcmp(png->header + 4, "IDAT", 4) != 0) {
        png->after_data = 1;
        return 1;
    }
    png->chunk_left = big_endian(png->header);
    png->chunk_crc = crc32_gzip_refl(0, png->header + 4, 4);
    return png->chunk_left <= png->longest_chunk;
}

/* Sets the stream's next input: bytes of one chunk, or of several short chunks. Returns 0 if there
   are none. */
static int load_data(vector_png *png) {
    size_t gathered = 0;
    while (!png->after_data && gathered < GATHERED) {
        if (png->chunk_left == 0) {
            if (!ends_with(png, png->chunk_crc) || !next_chunk(png)) return 0;
            continue;
        }
        size_t count = png->chunk_left;
        if (gathered > 0 && count > GATHERED - gathered) count = GATHERED - gathered;
        const uint8_t *bytes = next_bytes(png, &count);
        if (bytes == NULL) return 0;
        png->chunk_crc = crc32_gzip_refl(png->chunk_crc, bytes, count);
        png->chunk_left -= (uint32_t)count;
        if (gathered == 0 && count > GATHERED / 2) {
            png->stream.next_in = (uint8_t *)bytes;
            png->stream.avail_in = (uint32_t)count;
            return 1;
        }
        memcpy(png->gathered + gathered, bytes, count);
        gathered += count;
    }
    png->stream.next_in = png->gathered;
    png->stream.avail_in = (uint32_t)gathered;
    return gathered > 0;
}

/* Reads the first chunk's header and the two bytes of the zlib header. */
static int begin(vector_png *png) {
    png->has_begun = 1;
    if (!next_chunk(png) || png->after_data || !load_data(png) || png->stream.avail_in < 2) return 0;
    const uint8_t *header = png->stream.next_in;
    if ((header[0] & 15) != 8 || (header[1] & 32) != 0 || (header[0] << 8 | header[1]) % 31 != 0) return 0;
    /* zlib refuses distances beyond the window size stated here, ISA-L does not; an image that fits
       in the window has no such distances. */
    int bits = 8 + (header[0] >> 4);
    if (bits > 15 || (bits < 15 && png->data_left > (uint64_t)1 << bits)) return 0;
    png->stream.next_in += 2;
    png->stream.avail_in -= 2;
    return 1;
}

/* --- rows ------------------------------------------------------------------------------------- */

/* Inflates until the window is full or the stream ends. Returns 0 if the stream or its chunks are
   damaged. */
static int fill(vector_png *png) {
    png->window_size -= png->window_used;
    memmove(png->window, png->window + png->window_used, png->window_size);
    png->window_used = 0;
    struct inflate_state *stream = &png->stream;
    while (!png->ended && png->window_size < png->window_capacity) {
        size_t room = png->window_capacity - png->window_size;
        stream->next_out = png->window + png->window_size;
        stream->avail_out = (uint32_t)room;
        if (isal_inflate(stream) != ISAL_DECOMP_OK) return 0;
        size_t made = room - stream->avail_out;
        png->window_size += made;
        if (made > png->data_left) return 0; /* more data than the image has */
        png->data_left -= made;
        if (stream->block_state == ISAL_BLOCK_FINISH) {
            png->ended = 1;
        } else if (stream->avail_out > 0) {
            /* All input is inflated. */
            if (stream->avail_in > 0 || !load_data(png)) return 0;
        }
    }
    if (!png->ended) return 1;
    /* libpng judges bytes after the checksum, in this chunk or among the gathered ones. */
    int is_over = png->data_left == 0 && stream->avail_in == 0 && stream->read_in_length < 8;
    if (!is_over || png->after_data) return is_over && png->after_data;
    return png->chunk_left == 0 && ends_with(png, png->chunk_crc) && next_chunk(png) && png->after_data;
}

/* Unfilters the next rows. */
static int prepare(vector_png *png) {
    size_t pitch = png->row_bytes + 1;
    int64_t wanted = png->inflated_left < UNFILTER_ROWS ? png->inflated_left : UNFILTER_ROWS;
    int64_t available = (int64_t)((png->window_size - png->window_used) / pitch);
    /* The last row waits for the end of the stream, as in libpng. */
    if (available < wanted || (wanted == png->inflated_left && !png->ended)) {
        if (!fill(png)) return 0;
        available = (int64_t)((png->window_size - png->window_used) / pitch);
        if (available < wanted || (wanted == png->inflated_left && !png->ended)) return 0;
    }
    png->group ^= 1;
    uint8_t *target = png->rows + (size_t)png->group * UNFILTER_ROWS * png->stride;
    png->ready = vector_png_unfilter(target, png->stride, png->window + png->window_used, (int)wanted,
                                     png->above, png->row_bytes, png->channels);
    png->handed = 0;
    if (png->ready == 0) return 0;
    png->window_used += (size_t)png->ready * pitch;
    png->inflated_left -= png->ready;
    png->above = target + (size_t)(png->ready - 1) * png->stride;
    return 1;
}

int vector_png_next_row(vector_png *png, uint8_t *row, size_t capacity) {
    if (png->rows_left == 0 || capacity < png->row_bytes) return 0;
    if (!png->has_begun && !begin(png)) return 0;
    if (png->handed == png->ready && !prepare(png)) return 0;
    memcpy(row, png->rows + (size_t)(png->group * UNFILTER_ROWS + png->handed) * png->stride, png->row_bytes);
    png->handed++;
    png->rows_left--;
    return 1;
}

int vector_png_finish(vector_png *png) {
    if (png->rows_left > 0) return 0;
    for (;;) { /* `header` is that of a chunk other than IDAT */
        uint32_t left = big_endian(png->header);
        const uint8_t *name = png->header + 4;
        int is_end = memcmp(name, "IEND", 4) == 0;
        for (int i = 0; i < 4; i++) {
            if ((name[i] | 32) < 'a' || (name[i] | 32) > 'z') return 0;
        }
        /* A lower-case third letter is reserved: newer versions of libpng refuse it, older ones
           ignore it. */
        if ((name[2] & 32) != 0) return 0;
        if (left > (is_end ? 0 : LONGEST_CHUNK) || (!is_end && (name[0] & 32) == 0)) return 0;
        uint32_t crc = crc32_gzip_refl(0, name, 4);
        while (left > 0) {
            size_t count = left;
            const uint8_t *bytes = next_bytes(png, &count);
            if (bytes == NULL) return 0;
            crc = crc32_gzip_refl(crc, bytes, count);
            left -= (uint32_t)count;
        }
        if (!ends_with(png, crc)) return 0;
        if (is_end) return 1;
        if (!copy_bytes(png, png->header, 8)) return 0;
    }
}

int vector_png_data_is_plain(vector_png_input input, uint64_t offset, uint64_t size) {
    uint8_t *buffer = malloc(VECTOR_PNG_BUFFER);
    vector_png *png = buffer == NULL ? NULL : open_stream(input, offset, buffer, size, WINDOW);
    int is_plain = png != NULL && begin(png);
    while (is_plain && !png->ended) {
        png->window_used = png->window_size;
        is_plain = fill(png);
    }
    vector_png_close(png);
    free(buffer);
    return is_plain;
}

#define TEXT(number) TEXT_OF(number)
#define TEXT_OF(number) #number

const char *vector_png_isal_version(void) {
    return TEXT(ISAL_MAJOR_VERSION) "." TEXT(ISAL_MINOR_VERSION) "." TEXT(ISAL_PATCH_VERSION);
}

#else

vector_png *vector_png_open(vector_png_input input, uint64_t offset, uint8_t *buffer,
                            size_t buffer_size, int32_t width, int32_t height, int channels) {
    (void)input, (void)offset, (void)buffer, (void)buffer_size;
    (void)width, (void)height, (void)channels;
    return NULL;
}

/* Never called, since there is no decoder. */
int vector_png_next_row(vector_png *png, uint8_t *row, size_t capacity) {
    (void)png, (void)row, (void)capacity;
    return 0;
}

int vector_png_finish(vector_png *png) {
    (void)png;
    return 0;
}

void vector_png_close(vector_png *png) { (void)png; }

int vector_png_data_is_plain(vector_png_input input, uint64_t offset, uint64_t size) {
    (void)input, (void)offset, (void)size;
    return 0;
}

const char *vector_png_isal_version(void) { return NULL; }

#endif
