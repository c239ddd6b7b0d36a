#include "jpeg_messages.h"

#include <errno.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

enum { INPUT_CHUNK = 64 * 1024 };

struct bridge_jpeg_decoder {
    struct jpeg_error_mgr errors; /* must be first: libjpeg hands back a pointer to it */
    jmp_buf escape;
    bridge_status status;

    struct jpeg_decompress_struct codec;
    struct jpeg_source_mgr source;
    struct jpeg_progress_mgr progress;

    bridge_input input;
    uint64_t offset;
    uint8_t *chunk;
    int input_ended; /* libjpeg asked for bytes past the end of the data */

    bridge_limits limits;
    bridge_status damage;   /* the first, if damage is tolerated */
    bridge_clock clock;
    int started;
    bridge_jpeg_layout layout; /* of the planes, once they are started */
    size_t row_bytes;          /* of a packed row, once rows are started; else 0 */
};

static bridge_jpeg_decoder *decoder_of(j_common_ptr codec) { return (bridge_jpeg_decoder *)codec->err; }

static void fail(bridge_jpeg_decoder *decoder, enum bridge_code code, int64_t value, const char *message) {
    decoder->status = bridge_failure(code, value, message);
    longjmp(decoder->escape, 1);
}

static void error_exit(j_common_ptr codec) {
    bridge_jpeg_decoder *decoder = decoder_of(codec);
    char message[JMSG_LENGTH_MAX];
    codec->err->format_message(codec, message);
    fail(decoder, bridge_jpeg_error_code(codec->err->msg_code), codec->err->msg_code, message);
}

/* Stops decoding, or records the first damage if damage is tolerated: libjpeg then fills the gap
   and continues. */
static void damaged(bridge_jpeg_decoder *decoder, enum bridge_code code, int64_t value, const char *message) {
    if (!decoder->limits.tolerates_damage) fail(decoder, code, value, message);
    if (decoder->damage.code == BRIDGE_OK) decoder->damage = bridge_failure(code, value, message);
}

static void emit_message(j_common_ptr codec, int level) {
    if (level >= 0) return;
    bridge_jpeg_decoder *decoder = decoder_of(codec);
    int message = codec->err->msg_code;
    const int *parameters = codec->err->msg_parm.i;
    /* A progressive file may send details (AC) of a component before its averages (DC).
       bridge_jpeg_finish checks that the averages came. */
    int is_early_detail = message == JWRN_BOGUS_PROGRESSION && parameters[1] == 0 && decoder->codec.Ss > 0;
    if (!is_early_detail && bridge_jpeg_warning_is_damage(message, parameters[0], parameters[1])) {
        char text[JMSG_LENGTH_MAX];
        codec->err->format_message(codec, text);
        int at_end = decoder->input_ended || decoder->codec.unread_marker == JPEG_EOI;
        int missing = message == JWRN_HIT_MARKER || message == JWRN_MUST_RESYNC;
        damaged(decoder, missing && at_end ? BRIDGE_TRUNCATED : BRIDGE_CORRUPT, message, text);
        return;
    }
    codec->err->num_warnings++;
    if (codec->err->num_warnings > decoder->limits.maximum_warnings) {
        fail(decoder, BRIDGE_TOO_MANY_WARNINGS, decoder->limits.maximum_warnings, NULL);
    }
}

static void output_message(j_common_ptr codec) { (void)codec; }

static void monitor(j_common_ptr codec) {
    bridge_jpeg_decoder *decoder = decoder_of(codec);
    if (codec->is_decompressor && decoder->codec.input_scan_number > decoder->limits.maximum_scans) {
        fail(decoder, BRIDGE_TOO_MANY_SCANS, decoder->limits.maximum_scans, NULL);
    }
    if (bridge_clock_is_late(&decoder->clock)) {
        fail(decoder, BRIDGE_CPU_TIME, (int64_t)decoder->limits.maximum_cpu_seconds, NULL);
    }
}

static void init_source(j_decompress_ptr codec) { (void)codec; }
static void term_source(j_decompress_ptr codec) { (void)codec; }

static boolean fill_input_buffer(j_decompress_ptr codec) {
    static const JOCTET end_marker[2] = {0xFF, JPEG_EOI};
    bridge_jpeg_decoder *decoder = decoder_of((j_common_ptr)codec);
    int64_t got = bridge_input_read(&decoder->input, decoder->offset, decoder->chunk, INPUT_CHUNK);
    if (got < 0) fail(decoder, BRIDGE_READ_FAILED, errno, NULL);
    if (got == 0) {
        decoder->input_ended = 1;
        codec->src->next_input_byte = end_marker;
        codec->src->bytes_in_buffer = 2;
        return TRUE;
    }
    decoder->offset += (uint64_t)got;
    codec->src->next_input_byte = decoder->chunk;
    codec->src->bytes_in_buffer = (size_t)got;
    return TRUE;
}

static void skip_input_data(j_decompress_ptr codec, long count) {
    if (count <= 0) return;
    bridge_jpeg_decoder *decoder = decoder_of((j_common_ptr)codec);
    size_t skip = (size_t)count;
    if (skip <= codec->src->bytes_in_buffer) {
        codec->src->next_input_byte += skip;
        codec->src->bytes_in_buffer -= skip;
        return;
    }
    if (decoder->input_ended) {
        codec->src->bytes_in_buffer = 0;
        return;
    }
    decoder->offset += skip - codec->src->bytes_in_buffer;
    codec->src->bytes_in_buffer = 0;
}

/* Finds `shift` with part << shift == whole; 0 if none up to 2 fits. */
static int plane_shift(int whole, int part, int32_t *shift) {
    for (*shift = 0; *shift <= 2; (*shift)++) {
        if (part << *shift == whole) return 1;
    }
    return 0;
}

/* Whether both chroma planes have one size, a power of two smaller than luma, as raw planes and
   zimg need. Sets the chroma shifts. */
static int describes_raw_planes(const struct jpeg_decompress_struct *codec, bridge_jpeg_info *info) {
    const jpeg_component_info *component = codec->comp_info;
    info->chroma_shift_x = info->chroma_shift_y = 0;
    if (codec->num_components == 1) return codec->jpeg_color_space == JCS_GRAYSCALE;
    if (codec->num_components != 3 || codec->jpeg_color_space != JCS_YCbCr) return 0;
    if (component[1].h_samp_factor != component[2].h_samp_factor) return 0;
    if (component[1].v_samp_factor != component[2].v_samp_factor) return 0;
    if (component[0].h_samp_factor != codec->max_h_samp_factor) return 0;
    if (component[0].v_samp_factor != codec->max_v_samp_factor) return 0;
    if (!plane_shift(component[0].h_samp_factor, component[1].h_samp_factor, &info->chroma_shift_x)
        || !plane_shift(component[0].v_samp_factor, component[1].v_samp_factor, &info->chroma_shift_y)) {
        return 0;
    }
    /* A sixteenth of the samples is not written in practice, and could not be encoded interleaved
       again. */
    return info->chroma_shift_x + info->chroma_shift_y < 4;
}

bridge_status bridge_jpeg_open(bridge_input input, bridge_limits limits, bridge_jpeg_decoder **out,
                               bridge_jpeg_info *info) {
    *out = NULL;
    bridge_jpeg_decoder *decoder = calloc(1, sizeof *decoder);
    if (decoder == NULL) return bridge_failure(BRIDGE_OUT_OF_MEMORY, 0, NULL);
    decoder->chunk = malloc(INPUT_CHUNK);
    if (decoder->chunk == NULL) {
        free(decoder);
        return bridge_failure(BRIDGE_OUT_OF_MEMORY, 0, NULL);
    }
    decoder->input = input;
    decoder->limits = limits;
    decoder->clock.limit = limits.maximum_cpu_seconds;
    bridge_clock_enter(&decoder->clock);

    decoder->codec.err = jpeg_std_error(&decoder->errors);
    decoder->errors.error_exit = error_exit;
    decoder->errors.emit_message = emit_message;
    decoder->errors.output_message = output_message;
    if (setjmp(decoder->escape)) { /* here from jpeg_create_decompress … jpeg_read_header below */
        bridge_status status = decoder->status;
        bridge_jpeg_close(decoder);
        return status;
    }
    jpeg_create_decompress(&decoder->codec);
    decoder->progress.progress_monitor = monitor;
    decoder->codec.progress = &decoder->progress;
    decoder->source.init_source = init_source;
    decoder->source.fill_input_buffer = fill_input_buffer;
    decoder->source.skip_input_data = skip_input_data;
    decoder->source.resync_to_restart = jpeg_resync_to_restart;
    decoder->source.term_source = term_source;
    decoder->codec.src = &decoder->source;

    if (jpeg_read_header(&decoder->codec, TRUE) != JPEG_HEADER_OK) {
        bridge_jpeg_close(decoder);
        return bridge_failure(BRIDGE_CORRUPT, 0, "no image in the file");
    }
    decoder->codec.dct_method = JDCT_ISLOW;
    info->width = (int32_t)decoder->codec.image_width;
    info->height = (int32_t)decoder->codec.image_height;
    info->components = decoder->codec.num_components;
    info->raw_planes = describes_raw_planes(&decoder->codec, info);
    *out = decoder;
    return bridge_clock_leave(&decoder->clock, bridge_ok());
}

bridge_status bridge_jpeg_start_planes(bridge_jpeg_decoder *decoder, int32_t denominator,
                                       bridge_jpeg_layout *layout) {
    bridge_clock_enter(&decoder->clock);
    if (setjmp(decoder->escape)) return bridge_clock_leave(&decoder->clock, decoder->status);
    struct jpeg_decompress_struct *codec = &decoder->codec;
    if (decoder->started) {
        return bridge_clock_leave(&decoder->clock, bridge_failure(BRIDGE_MISUSE, 0, "decoder started twice"));
    }
    codec->raw_data_out = TRUE;
    codec->out_color_space = codec->jpeg_color_space;
    codec->scale_num = 1;
    codec->scale_denom = (unsigned)denominator;
    codec->do_fancy_upsampling = TRUE;
    jpeg_start_decompress(codec);
    decoder->started = 1;

    memset(layout, 0, sizeof *layout);
    layout->planes = codec->num_components;
    int luma_rows = codec->max_v_samp_factor * codec->min_DCT_scaled_size;
    layout->strips = ((int)codec->output_height + luma_rows - 1) / luma_rows;
    for (int p = 0; p < layout->planes; p++) {
        const jpeg_component_info *component = &codec->comp_info[p];
        layout->plane[p].width = (int32_t)component->downsampled_width;
        layout->plane[p].height = (int32_t)component->downsampled_height;
        layout->plane[p].stride = (int32_t)(component->width_in_blocks * (unsigned)component->DCT_scaled_size);
        layout->plane[p].strip_rows = component->v_samp_factor * component->DCT_scaled_size;
    }
    decoder->layout = *layout;
    return bridge_clock_leave(&decoder->clock, bridge_ok());
}

bridge_status bridge_jpeg_read_planes(bridge_jpeg_decoder *decoder, const bridge_jpeg_plane_rows *rows,
                                      int32_t plane_count) {
    if (decoder->layout.planes == 0) return bridge_failure(BRIDGE_MISUSE, 0, "planes not started");
    bridge_status status = bridge_jpeg_check_rows(&decoder->layout, rows, plane_count);
    if (status.code != BRIDGE_OK) return status;
    bridge_clock_enter(&decoder->clock);
    if (setjmp(decoder->escape)) return bridge_clock_leave(&decoder->clock, decoder->status);
    struct jpeg_decompress_struct *codec = &decoder->codec;
    JSAMPARRAY planes[3];
    for (int p = 0; p < 3; p++) planes[p] = p < codec->num_components ? (JSAMPARRAY)rows[p].rows : NULL;
    JDIMENSION lines = (JDIMENSION)(codec->max_v_samp_factor * codec->min_DCT_scaled_size);
    if (jpeg_read_raw_data(codec, planes, lines) == 0) {
        return bridge_clock_leave(&decoder->clock, bridge_failure(BRIDGE_MISUSE, 0, "no further strip"));
    }
    return bridge_clock_leave(&decoder->clock, bridge_ok());
}

bridge_status bridge_jpeg_start_rows(bridge_jpeg_decoder *decoder, int32_t channels) {
    bridge_clock_enter(&decoder->clock);
    if (setjmp(decoder->escape)) return bridge_clock_leave(&decoder->clock, decoder->status);
    if (decoder->started) {
        return bridge_clock_leave(&decoder->clock, bridge_failure(BRIDGE_MISUSE, 0, "decoder started twice"));
    }
    decoder->codec.out_color_space = channels == 1 ? JCS_GRAYSCALE : channels == 4 ? JCS_CMYK : JCS_RGB;
    jpeg_start_decompress(&decoder->codec);
    decoder->started = 1;
    decoder->row_bytes = (size_t)decoder->codec.output_width * (size_t)decoder->codec.output_components;
    return bridge_clock_leave(&decoder->clock, bridge_ok());
}

bridge_status bridge_jpeg_read_row(bridge_jpeg_decoder *decoder, uint8_t *row, size_t row_size) {
    if (decoder->row_bytes == 0) return bridge_failure(BRIDGE_MISUSE, 0, "rows not started");
    if (row_size < decoder->row_bytes) return bridge_fits(row_size, 1, decoder->row_bytes, "row buffer too small");
    bridge_clock_enter(&decoder->clock);
    if (setjmp(decoder->escape)) return bridge_clock_leave(&decoder->clock, decoder->status);
    JSAMPROW rows[1] = {row};
    if (jpeg_read_scanlines(&decoder->codec, rows, 1) != 1) {
        return bridge_clock_leave(&decoder->clock, bridge_failure(BRIDGE_MISUSE, 0, "no further row"));
    }
    return bridge_clock_leave(&decoder->clock, bridge_ok());
}

/* Whether every coefficient of a progressive file has been refined to its last bit. */
static int has_all_scans(const struct jpeg_decompress_struct *codec) {
    if (codec->coef_bits == NULL) return 1;
    for (int component = 0; component < codec->num_components; component++) {
        for (int coefficient = 0; coefficient < DCTSIZE2; coefficient++) {
            if (codec->coef_bits[component][coefficient] != 0) return 0;
        }
    }
    return 1;
}

/* Whether every component has had its first scan, which carries its averages. libjpeg does not
   report a missing one. */
static int has_all_components(const struct jpeg_decompress_struct *codec) {
    for (int component = 0; component < codec->num_components; component++) {
        if (codec->comp_info[component].quant_table == NULL) return 0;
        if (codec->coef_bits != NULL && codec->coef_bits[component][0] < 0) return 0;
    }
    return 1;
}

bridge_status bridge_jpeg_finish(bridge_jpeg_decoder *decoder) {
    bridge_clock_enter(&decoder->clock);
    if (setjmp(decoder->escape)) return bridge_clock_leave(&decoder->clock, decoder->status);
    /* A missing end marker loses nothing, but missing scans with it leave a blurred image without a
       warning. */
    int has_components = has_all_components(&decoder->codec), complete = has_all_scans(&decoder->codec);
    jpeg_finish_decompress(&decoder->codec);
    int ended = decoder->input_ended;
    if (!has_components) {
        damaged(decoder, ended ? BRIDGE_TRUNCATED : BRIDGE_CORRUPT, 0, "a component of the image has no scan");
    }
    if (ended && !complete) {
        damaged(decoder, BRIDGE_TRUNCATED, 0, "the last scans of a progressive image are missing");
    }
    /* The arithmetic decoder silently reads zeros after the end of its data, so only a missing end
       marker reveals missing pixels. */
    if (ended && decoder->codec.arith_code) {
        damaged(decoder, BRIDGE_TRUNCATED, 0, "arithmetic-coded data without an end marker");
    }
    /* A final 0xFF is the first half of a marker or of a stuffed data byte, which libjpeg could not
       see. */
    uint8_t last = 0;
    if (ended && bridge_input_read(&decoder->input, decoder->input.size - 1, &last, 1) == 1 && last == 0xFF) {
        damaged(decoder, BRIDGE_TRUNCATED, 0, "the file ends inside a marker");
    }
    return bridge_clock_leave(&decoder->clock, bridge_ok());
}

bridge_status bridge_jpeg_damage(const bridge_jpeg_decoder *decoder) { return decoder->damage; }

bridge_status bridge_jpeg_check(bridge_input input, bridge_limits limits) {
    bridge_jpeg_decoder *decoder = NULL;
    bridge_jpeg_info info;
    bridge_status status = bridge_jpeg_open(input, limits, &decoder, &info);
    if (status.code != BRIDGE_OK) return status;
    bridge_clock_enter(&decoder->clock);
    if (setjmp(decoder->escape)) { /* here from jpeg_read_coefficients below */
        status = decoder->status;
        bridge_jpeg_close(decoder);
        return status;
    }
    jpeg_read_coefficients(&decoder->codec);
    bridge_clock_leave(&decoder->clock, bridge_ok());
    status = bridge_jpeg_finish(decoder);
    bridge_jpeg_close(decoder);
    return status;
}

void bridge_jpeg_close(bridge_jpeg_decoder *decoder) {
    if (decoder == NULL) return;
    jpeg_destroy_decompress(&decoder->codec); /* frees only; reports no error */
    free(decoder->chunk);
    free(decoder);
}
