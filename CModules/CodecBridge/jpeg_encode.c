#include "support.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

enum { OUTPUT_STEP = 64 * 1024 };

struct bridge_jpeg_encoder {
    struct jpeg_error_mgr errors; /* must be first: libjpeg hands back a pointer to it */
    jmp_buf escape;
    bridge_status status;
    struct jpeg_compress_struct codec;
    struct jpeg_destination_mgr destination;
    bridge_growing buffer;
    size_t maximum_bytes;
    bridge_jpeg_layout layout;
};

static bridge_jpeg_encoder *encoder_of(j_common_ptr codec) { return (bridge_jpeg_encoder *)codec->err; }

static void error_exit(j_common_ptr codec) {
    bridge_jpeg_encoder *encoder = encoder_of(codec);
    char message[JMSG_LENGTH_MAX];
    codec->err->format_message(codec, message);
    int memory = codec->err->msg_code == JERR_OUT_OF_MEMORY;
    encoder->status = bridge_failure(memory ? BRIDGE_OUT_OF_MEMORY : BRIDGE_MISUSE, codec->err->msg_code, message);
    longjmp(encoder->escape, 1);
}

static void emit_message(j_common_ptr codec, int level) {
    (void)codec;
    (void)level;
}

static void output_message(j_common_ptr codec) { (void)codec; }

static void offer_room(bridge_jpeg_encoder *encoder) {
    size_t step = OUTPUT_STEP;
    size_t maximum = encoder->maximum_bytes;
    enum bridge_code code = bridge_growing_reserve(&encoder->buffer, step);
    if (code != BRIDGE_OK) {
        encoder->status = bridge_failure(code, (int64_t)maximum, NULL);
        longjmp(encoder->escape, 1);
    }
    encoder->destination.next_output_byte = encoder->buffer.bytes + encoder->buffer.size;
    encoder->destination.free_in_buffer = step;
    encoder->buffer.size += step; /* term_destination subtracts the unused part */
}

static void init_destination(j_compress_ptr codec) { offer_room(encoder_of((j_common_ptr)codec)); }

static boolean empty_output_buffer(j_compress_ptr codec) {
    offer_room(encoder_of((j_common_ptr)codec));
    return TRUE;
}

static void term_destination(j_compress_ptr codec) {
    bridge_jpeg_encoder *encoder = encoder_of((j_common_ptr)codec);
    encoder->buffer.size -= encoder->destination.free_in_buffer;
}

bridge_status bridge_jpeg_encoder_open(const bridge_jpeg_encode_options *options, bridge_jpeg_encoder **out,
                                       bridge_jpeg_layout *layout) {
    *out = NULL;
    bridge_jpeg_encoder *encoder = calloc(1, sizeof *encoder);
    if (encoder == NULL) return bridge_failure(BRIDGE_OUT_OF_MEMORY, 0, NULL);
    encoder->maximum_bytes = options->maximum_bytes;
    /* libjpeg asks for room whenever it has none, needed or not; bridge_jpeg_encoder_finish checks
       the exact limit. */
    encoder->buffer.maximum = options->maximum_bytes == 0 ? 0 : options->maximum_bytes + 2 * OUTPUT_STEP;
    encoder->codec.err = jpeg_std_error(&encoder->errors);
    encoder->errors.error_exit = error_exit;
    encoder->errors.emit_message = emit_message;
    encoder->errors.output_message = output_message;
    if (setjmp(encoder->escape)) { /* here from jpeg_create_compress … jpeg_write_icc_profile below */
        bridge_status status = encoder->status;
        bridge_jpeg_encoder_close(encoder);
        return status;
    }
    struct jpeg_compress_struct *codec = &encoder->codec;
    jpeg_create_compress(codec);
    encoder->destination.init_destination = init_destination;
    encoder->destination.empty_output_buffer = empty_output_buffer;
    encoder->destination.term_destination = term_destination;
    codec->dest = &encoder->destination;
    codec->image_width = (JDIMENSION)options->width;
    codec->image_height = (JDIMENSION)options->height;
    codec->input_components = options->components;
    codec->in_color_space = options->components == 1 ? JCS_GRAYSCALE : JCS_YCbCr;
    jpeg_set_defaults(codec);
    jpeg_set_quality(codec, options->quality, TRUE);
    codec->raw_data_in = TRUE;
    codec->dct_method = JDCT_ISLOW;
    codec->optimize_coding = FALSE;
    codec->write_JFIF_header = TRUE;
    codec->comp_info[0].h_samp_factor = options->components == 1 ? 1 : 1 << options->chroma_shift_x;
    codec->comp_info[0].v_samp_factor = options->components == 1 ? 1 : 1 << options->chroma_shift_y;
    for (int p = 1; p < options->components; p++) {
        codec->comp_info[p].h_samp_factor = 1;
        codec->comp_info[p].v_samp_factor = 1;
    }
    jpeg_start_compress(codec, TRUE);
    if (options->profile != NULL && options->profile_size > 0) {
        jpeg_write_icc_profile(codec, options->profile, (unsigned)options->profile_size);
    }

    memset(layout, 0, sizeof *layout);
    layout->planes = options->components;
    int luma_rows = codec->max_v_samp_factor * DCTSIZE;
    layout->strips = (options->height + luma_rows - 1) / luma_rows;
    for (int p = 0; p < layout->planes; p++) {
        const jpeg_component_info *component = &codec->comp_info[p];
        /* raw_data_in reads whole MCUs: width_in_blocks rounded up to the sampling factor. */
        int factor = component->h_samp_factor;
        int blocks = ((int)component->width_in_blocks + factor - 1) / factor * factor;
        layout->plane[p].width = (int32_t)component->downsampled_width;
        layout->plane[p].height = (int32_t)component->downsampled_height;
        layout->plane[p].stride = blocks * DCTSIZE;
        layout->plane[p].strip_rows = component->v_samp_factor * DCTSIZE;
    }
    encoder->layout = *layout;
    *out = encoder;
    return bridge_ok();
}

bridge_status bridge_jpeg_write_planes(bridge_jpeg_encoder *encoder, const bridge_jpeg_plane_rows *rows,
                                       int32_t plane_count) {
    bridge_status status = bridge_jpeg_check_rows(&encoder->layout, rows, plane_count);
    if (status.code != BRIDGE_OK) return status;
    if (setjmp(encoder->escape)) return encoder->status;
    JSAMPARRAY planes[3];
    for (int p = 0; p < 3; p++) planes[p] = p < encoder->codec.num_components ? (JSAMPARRAY)rows[p].rows : NULL;
    JDIMENSION lines = (JDIMENSION)(encoder->codec.max_v_samp_factor * DCTSIZE);
    if (jpeg_write_raw_data(&encoder->codec, planes, lines) == 0) {
        return bridge_failure(BRIDGE_MISUSE, 0, "no further strip");
    }
    return bridge_ok();
}

bridge_status bridge_jpeg_encoder_finish(bridge_jpeg_encoder *encoder, bridge_output *output) {
    output->bytes = NULL;
    output->size = 0;
    if (setjmp(encoder->escape)) return encoder->status;
    jpeg_finish_compress(&encoder->codec);
    if (encoder->maximum_bytes != 0 && encoder->buffer.size > encoder->maximum_bytes) {
        return bridge_failure(BRIDGE_OUTPUT_LIMIT, (int64_t)encoder->maximum_bytes, NULL);
    }
    uint8_t *exact = realloc(encoder->buffer.bytes, encoder->buffer.size);
    output->bytes = exact != NULL ? exact : encoder->buffer.bytes;
    output->size = encoder->buffer.size;
    memset(&encoder->buffer, 0, sizeof encoder->buffer);
    return bridge_ok();
}

void bridge_jpeg_encoder_close(bridge_jpeg_encoder *encoder) {
    if (encoder == NULL) return;
    jpeg_destroy_compress(&encoder->codec); /* frees only; reports no error */
    free(encoder->buffer.bytes);
    free(encoder);
}

/* libjpeg-turbo's libjpeg interface reports no version at run time; this is the headers'. */
const char *bridge_jpeg_version(void) {
#ifdef LIBJPEG_TURBO_VERSION
    return BRIDGE_TEXT(LIBJPEG_TURBO_VERSION);
#else
    return "libjpeg " BRIDGE_TEXT(JPEG_LIB_VERSION);
#endif
}
