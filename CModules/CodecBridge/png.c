#include "support.h"

#include <errno.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>
#include <VectorPNG.h>

/* libpng's own defaults, set here because a distribution may have changed them (png.h,
   pnglibconf.h). */
enum { MAXIMUM_SIDE = 1000000, MAXIMUM_CHUNK = 8000000, MAXIMUM_CACHED_CHUNKS = 1000 };

enum { INPUT_CHUNK = VECTOR_PNG_BUFFER };

struct bridge_png_decoder {
    png_structp codec;
    png_infop info;
    jmp_buf escape;
    bridge_status status;
    bridge_input input;
    uint64_t offset;      /* of the next byte to load into `chunk` */
    uint8_t *chunk;
    size_t chunk_size, chunk_used;
    bridge_clock clock;
    int32_t height;
    size_t row_bytes;       /* of a decoded row */
    vector_png *fast;       /* reads the image while nothing is unusual; libpng waits at its first byte */
    uint64_t data_offset;   /* of that byte */
    int32_t rows_read;      /* by `fast` */
    uint8_t *skipped;       /* a row that libpng reads again */
};

static void decoder_error(png_structp codec, png_const_charp message) {
    bridge_png_decoder *decoder = png_get_error_ptr(codec);
    if (decoder->status.code == BRIDGE_OK) {
        int memory = strstr(message, "ut of memory") != NULL || strstr(message, "nsufficient memory") != NULL;
        int missing = strstr(message, "ot enough image data") != NULL; /* an IEND chunk before the last row */
        decoder->status = bridge_failure(
            memory ? BRIDGE_OUT_OF_MEMORY : missing ? BRIDGE_TRUNCATED : BRIDGE_CORRUPT, 0, message);
    }
    longjmp(decoder->escape, 1);
}

static void decoder_warning(png_structp codec, png_const_charp message) {
    (void)codec;
    (void)message;
}

static void read_data(png_structp codec, png_bytep bytes, size_t count) {
    bridge_png_decoder *decoder = png_get_io_ptr(codec);
    while (count > 0) {
        if (decoder->chunk_used == decoder->chunk_size) {
            int64_t got = bridge_input_read(&decoder->input, decoder->offset, decoder->chunk, INPUT_CHUNK);
            if (got <= 0) {
                decoder->status = got < 0 ? bridge_failure(BRIDGE_READ_FAILED, errno, NULL)
                                          : bridge_failure(BRIDGE_TRUNCATED, 0, "the data end inside a chunk");
                longjmp(decoder->escape, 1);
            }
            decoder->offset += (uint64_t)got;
            decoder->chunk_size = (size_t)got;
            decoder->chunk_used = 0;
        }
        size_t step = decoder->chunk_size - decoder->chunk_used;
        if (step > count) step = count;
        memcpy(bytes, decoder->chunk + decoder->chunk_used, step);
        decoder->chunk_used += step;
        bytes += step;
        count -= step;
    }
}

static int is_little_endian(void) {
    const uint16_t one = 1;
    return *(const uint8_t *)&one == 1;
}

/* bridge_input_read for VectorPNG. */
static int64_t read_input(const void *input, uint64_t offset, uint8_t *buffer, size_t capacity) {
    return bridge_input_read(input, offset, buffer, capacity);
}

static vector_png_input vector_input(const bridge_input *input) {
    return (vector_png_input){
        .bytes = input->bytes, .size = input->size, .read = read_input, .context = input};
}

/* Opens VectorPNG for the image data, if it can read them. */
static void open_fast(bridge_png_decoder *decoder, const bridge_png_info *info) {
    /* libpng has read up to the name of the first IDAT chunk. */
    decoder->data_offset = decoder->offset - (decoder->chunk_size - decoder->chunk_used);
    decoder->fast = vector_png_open(vector_input(&decoder->input), decoder->data_offset - 8, decoder->chunk,
                                    INPUT_CHUNK, info->width, info->height, info->channels);
}

/* Makes libpng continue after the rows that VectorPNG has read. Inside the caller's setjmp. */
static bridge_status continue_with_libpng(bridge_png_decoder *decoder) {
    vector_png_close(decoder->fast);
    decoder->fast = NULL;
    decoder->offset = decoder->data_offset;
    decoder->chunk_size = decoder->chunk_used = 0;
    if (decoder->rows_read == 0) return bridge_ok();
    decoder->skipped = malloc(decoder->row_bytes);
    if (decoder->skipped == NULL) return bridge_failure(BRIDGE_OUT_OF_MEMORY, 0, NULL);
    for (int32_t y = 0; y < decoder->rows_read; y++) {
        png_read_row(decoder->codec, decoder->skipped, NULL);
        if ((y & 255) == 255 && bridge_clock_is_late(&decoder->clock)) return bridge_clock_failure(&decoder->clock);
    }
    return bridge_ok();
}

bridge_status bridge_png_open(bridge_input input, bridge_limits limits, int32_t options,
                              bridge_png_decoder **out, bridge_png_info *result) {
    int keeps_16_bits = (options & BRIDGE_PNG_KEEPS_16_BITS) != 0;
    *out = NULL;
    bridge_png_decoder *decoder = calloc(1, sizeof *decoder);
    if (decoder == NULL) return bridge_failure(BRIDGE_OUT_OF_MEMORY, 0, NULL);
    decoder->chunk = malloc(INPUT_CHUNK);
    if (decoder->chunk == NULL) {
        free(decoder);
        return bridge_failure(BRIDGE_OUT_OF_MEMORY, 0, NULL);
    }
    decoder->input = input;
    decoder->clock.limit = limits.maximum_cpu_seconds;
    bridge_clock_enter(&decoder->clock);
    if (setjmp(decoder->escape)) { /* here from png_create_read_struct … png_read_update_info below */
        bridge_status status = decoder->status;
        bridge_png_close(decoder);
        return status;
    }
    decoder->codec = png_create_read_struct(PNG_LIBPNG_VER_STRING, decoder, decoder_error, decoder_warning);
    if (decoder->codec != NULL) decoder->info = png_create_info_struct(decoder->codec);
    if (decoder->codec == NULL || decoder->info == NULL) {
        bridge_png_close(decoder);
        return bridge_failure(BRIDGE_OUT_OF_MEMORY, 0, NULL);
    }
    png_structp codec = decoder->codec;
    png_set_read_fn(codec, decoder, read_data);
    png_set_user_limits(codec, MAXIMUM_SIDE, MAXIMUM_SIDE);
    png_set_chunk_malloc_max(codec, MAXIMUM_CHUNK);
    png_set_chunk_cache_max(codec, MAXIMUM_CACHED_CHUNKS);
    /* Skips metadata unread: text, profiles and unknown chunks are parsed in Swift. Keeps tRNS and
       PLTE, which change pixels. */
    png_set_keep_unknown_chunks(codec, PNG_HANDLE_CHUNK_NEVER, NULL, 0);
    static const png_byte unused[] = "bKGD\0cHRM\0eXIf\0gAMA\0hIST\0iCCP\0iTXt\0oFFs\0pCAL\0pHYs\0"
                                     "sBIT\0sCAL\0sPLT\0sRGB\0tEXt\0tIME\0zTXt";
    png_set_keep_unknown_chunks(codec, PNG_HANDLE_CHUNK_NEVER, unused, (int)(sizeof unused / 5));
    if ((options & BRIDGE_PNG_IGNORES_TRNS) != 0)
        png_set_keep_unknown_chunks(codec, PNG_HANDLE_CHUNK_NEVER, (png_const_bytep)"tRNS", 1);
    png_read_info(codec, decoder->info);

    png_uint_32 width = png_get_image_width(codec, decoder->info);
    png_uint_32 height = png_get_image_height(codec, decoder->info);
    int depth = png_get_bit_depth(codec, decoder->info);
    int interlaced = png_get_interlace_type(codec, decoder->info) != PNG_INTERLACE_NONE;
    /* Nothing to expand. Asked before png_read_update_info, after which `info` describes the
       result. */
    int is_plain = depth == 8 && !interlaced && png_get_color_type(codec, decoder->info) != PNG_COLOR_TYPE_PALETTE
                   && png_get_valid(codec, decoder->info, PNG_INFO_tRNS) == 0;
    png_set_expand(codec); /* palette → RGB, grey below 8 bits → 8, tRNS → alpha */
    if (depth == 16 && !keeps_16_bits) png_set_scale_16(codec);
    if (depth == 16 && keeps_16_bits && is_little_endian()) png_set_swap(codec);
    if (interlaced) (void)png_set_interlace_handling(codec);
    png_read_update_info(codec, decoder->info);

    result->width = (int32_t)width;
    result->height = (int32_t)height;
    result->channels = png_get_channels(codec, decoder->info);
    result->bit_depth = depth;
    result->sample_bytes = depth == 16 && keeps_16_bits ? 2 : 1;
    result->interlaced = interlaced;
    decoder->height = (int32_t)height;
    decoder->row_bytes = png_get_rowbytes(codec, decoder->info);
    if ((options & BRIDGE_PNG_LIBPNG_ALONE) == 0 && is_plain) open_fast(decoder, result);
    *out = decoder;
    return bridge_clock_leave(&decoder->clock, bridge_ok());
}

bridge_status bridge_png_read_row(bridge_png_decoder *decoder, uint8_t *row, size_t row_size) {
    if (row_size < decoder->row_bytes) return bridge_fits(row_size, 1, decoder->row_bytes, "row buffer too small");
    if (decoder->clock.before > decoder->clock.limit) return bridge_clock_failure(&decoder->clock);
    bridge_clock_enter(&decoder->clock);
    if (setjmp(decoder->escape)) return bridge_clock_leave(&decoder->clock, decoder->status);
    if (decoder->fast != NULL) {
        if (vector_png_next_row(decoder->fast, row, row_size)) {
            decoder->rows_read++;
            return bridge_clock_leave(&decoder->clock, bridge_ok());
        }
        bridge_status status = continue_with_libpng(decoder);
        if (status.code != BRIDGE_OK) return bridge_clock_leave(&decoder->clock, status);
    }
    png_read_row(decoder->codec, row, NULL);
    return bridge_clock_leave(&decoder->clock, bridge_ok());
}

bridge_status bridge_png_read_image(bridge_png_decoder *decoder, uint8_t *pixels, size_t size, size_t stride) {
    bridge_status status = bridge_fits(stride, 1, decoder->row_bytes, "rows too close together");
    if (status.code == BRIDGE_OK) {
        status = bridge_fits(size, (uint64_t)decoder->height, stride, "pixel buffer too small");
    }
    if (status.code != BRIDGE_OK) return status;
    bridge_clock_enter(&decoder->clock);
    if (setjmp(decoder->escape)) return bridge_clock_leave(&decoder->clock, decoder->status);
    int passes = png_get_interlace_type(decoder->codec, decoder->info) != PNG_INTERLACE_NONE ? 7 : 1;
    for (int pass = 0; pass < passes; pass++) {
        for (int32_t y = 0; y < decoder->height; y++) {
            png_read_row(decoder->codec, pixels + (size_t)y * stride, NULL);
            if ((y & 255) == 0 && bridge_clock_is_late(&decoder->clock)) {
                return bridge_clock_leave(&decoder->clock, bridge_clock_failure(&decoder->clock));
            }
        }
    }
    return bridge_clock_leave(&decoder->clock, bridge_ok());
}

bridge_status bridge_png_finish(bridge_png_decoder *decoder) {
    bridge_clock_enter(&decoder->clock);
    if (setjmp(decoder->escape)) return bridge_clock_leave(&decoder->clock, decoder->status);
    if (decoder->fast != NULL) {
        if (vector_png_finish(decoder->fast)) return bridge_clock_leave(&decoder->clock, bridge_ok());
        bridge_status status = continue_with_libpng(decoder);
        if (status.code != BRIDGE_OK) return bridge_clock_leave(&decoder->clock, status);
    }
    png_read_end(decoder->codec, NULL);
    return bridge_clock_leave(&decoder->clock, bridge_ok());
}

int32_t bridge_png_is_fast(const bridge_png_decoder *decoder) { return decoder->fast != NULL; }

void bridge_png_close(bridge_png_decoder *decoder) {
    if (decoder == NULL) return;
    vector_png_close(decoder->fast);
    free(decoder->skipped);
    if (decoder->codec != NULL) png_destroy_read_struct(&decoder->codec, &decoder->info, NULL); /* no error */
    free(decoder->chunk);
    free(decoder);
}

int32_t bridge_png_data_is_plain(bridge_input input, uint64_t offset, uint64_t size) {
    return vector_png_data_is_plain(vector_input(&input), offset, size);
}

const char *bridge_isal_version(void) { return vector_png_isal_version(); }

/* --- encoder ---------------------------------------------------------------------------------- */

struct bridge_png_encoder {
    png_structp codec;
    png_infop info;
    jmp_buf escape;
    bridge_status status;
    bridge_growing buffer;
    size_t row_bytes;
};

static void encoder_error(png_structp codec, png_const_charp message) {
    bridge_png_encoder *encoder = png_get_error_ptr(codec);
    if (encoder->status.code == BRIDGE_OK) encoder->status = bridge_failure(BRIDGE_MISUSE, 0, message);
    longjmp(encoder->escape, 1);
}

static void write_data(png_structp codec, png_bytep bytes, size_t count) {
    bridge_png_encoder *encoder = png_get_io_ptr(codec);
    enum bridge_code code = bridge_growing_reserve(&encoder->buffer, count);
    if (code != BRIDGE_OK) {
        encoder->status = bridge_failure(code, (int64_t)encoder->buffer.maximum, NULL);
        longjmp(encoder->escape, 1);
    }
    memcpy(encoder->buffer.bytes + encoder->buffer.size, bytes, count);
    encoder->buffer.size += count;
}

static void flush_data(png_structp codec) { (void)codec; }

bridge_status bridge_png_encoder_open(const bridge_png_encode_options *options, bridge_png_encoder **out) {
    static const int types[] = {0, PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA, PNG_COLOR_TYPE_RGB,
                                PNG_COLOR_TYPE_RGB_ALPHA};
    *out = NULL;
    bridge_png_encoder *encoder = calloc(1, sizeof *encoder);
    if (encoder == NULL) return bridge_failure(BRIDGE_OUT_OF_MEMORY, 0, NULL);
    encoder->buffer.maximum = options->maximum_bytes;
    if (setjmp(encoder->escape)) { /* here from png_create_write_struct … png_write_info below */
        bridge_status status = encoder->status;
        bridge_png_encoder_close(encoder);
        return status;
    }
    encoder->codec = png_create_write_struct(PNG_LIBPNG_VER_STRING, encoder, encoder_error, decoder_warning);
    if (encoder->codec != NULL) encoder->info = png_create_info_struct(encoder->codec);
    if (encoder->codec == NULL || encoder->info == NULL) {
        bridge_png_encoder_close(encoder);
        return bridge_failure(BRIDGE_OUT_OF_MEMORY, 0, NULL);
    }
    png_set_write_fn(encoder->codec, encoder, write_data, flush_data);
    png_set_compression_level(encoder->codec, options->compression);
    png_set_IHDR(encoder->codec, encoder->info, (png_uint_32)options->width, (png_uint_32)options->height, 8,
                 types[options->channels], PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    if (options->profile != NULL && options->profile_size > 0) {
        png_set_benign_errors(encoder->codec, 1);
        png_set_iCCP(encoder->codec, encoder->info, "ICC profile", PNG_COMPRESSION_TYPE_BASE, options->profile,
                     (png_uint_32)options->profile_size);
    }
    png_write_info(encoder->codec, encoder->info);
    encoder->row_bytes = (size_t)options->width * (size_t)options->channels;
    *out = encoder;
    return bridge_ok();
}

bridge_status bridge_png_write_row(bridge_png_encoder *encoder, const uint8_t *row, size_t row_size) {
    if (row_size < encoder->row_bytes) return bridge_fits(row_size, 1, encoder->row_bytes, "row buffer too small");
    if (setjmp(encoder->escape)) return encoder->status;
    png_write_row(encoder->codec, row);
    return bridge_ok();
}

bridge_status bridge_png_encoder_finish(bridge_png_encoder *encoder, bridge_output *output) {
    output->bytes = NULL;
    output->size = 0;
    if (setjmp(encoder->escape)) return encoder->status;
    png_write_end(encoder->codec, encoder->info);
    output->bytes = encoder->buffer.bytes;
    output->size = encoder->buffer.size;
    memset(&encoder->buffer, 0, sizeof encoder->buffer);
    return bridge_ok();
}

void bridge_png_encoder_close(bridge_png_encoder *encoder) {
    if (encoder == NULL) return;
    if (encoder->codec != NULL) png_destroy_write_struct(&encoder->codec, &encoder->info); /* no error */
    free(encoder->buffer.bytes);
    free(encoder);
}

const char *bridge_png_version(void) { return png_get_libpng_ver(NULL); }
