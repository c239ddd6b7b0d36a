#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <webp/decode.h>
#include <webp/demux.h>
#include <webp/encode.h>
#include <webp/mux.h>

const char *bridge_webp_version(void) {
    static char text[16];
    int version = WebPGetDecoderVersion();
    snprintf(text, sizeof text, "%d.%d.%d", version >> 16 & 255, version >> 8 & 255, version & 255);
    return text;
}

static bridge_status decoding_failure(VP8StatusCode code) {
    switch (code) {
    case VP8_STATUS_OUT_OF_MEMORY: return bridge_failure(BRIDGE_OUT_OF_MEMORY, code, NULL);
    case VP8_STATUS_UNSUPPORTED_FEATURE: return bridge_failure(BRIDGE_UNSUPPORTED, code, "unsupported feature");
    case VP8_STATUS_NOT_ENOUGH_DATA: return bridge_failure(BRIDGE_TRUNCATED, code, "not enough data");
    case VP8_STATUS_INVALID_PARAM: return bridge_failure(BRIDGE_MISUSE, code, "invalid parameter");
    default: return bridge_failure(BRIDGE_CORRUPT, code, "bitstream error");
    }
}

/* Whether the target's size and capacity agree. */
static int is_valid(const bridge_webp_target *target) {
    if (target->width <= 0 || target->height <= 0 || (target->channels != 3 && target->channels != 4)) return 0;
    size_t stride = (size_t)target->width * (size_t)target->channels;
    return stride <= INT32_MAX && target->capacity / stride >= (size_t)target->height;
}

/* Decodes one bitstream to the frame's place in the target. */
static bridge_status decode_frame(const uint8_t *bytes, size_t size, const bridge_webp_target *target, int32_t left,
                                  int32_t top, int32_t width, int32_t height) {
    if (!is_valid(target)) return bridge_failure(BRIDGE_MISUSE, 0, "pixel buffer too small");
    size_t channels = (size_t)target->channels, stride = (size_t)target->width * channels;
    if (left < 0 || top < 0 || width > target->width - left || height > target->height - top) {
        return bridge_failure(BRIDGE_CORRUPT, 0, "a frame outside of the canvas");
    }
    WebPDecoderConfig config;
    if (!WebPInitDecoderConfig(&config)) return bridge_failure(BRIDGE_MISUSE, 0, "libwebp version mismatch");
    VP8StatusCode code = WebPGetFeatures(bytes, size, &config.input);
    if (code != VP8_STATUS_OK) return decoding_failure(code);
    if (config.input.width != width || config.input.height != height) {
        return bridge_failure(BRIDGE_CORRUPT, 0, "the image has another size than its header says");
    }
    size_t offset = (size_t)top * stride + (size_t)left * channels;
    config.output.colorspace = channels == 4 ? MODE_RGBA : MODE_RGB;
    config.output.is_external_memory = 1;
    config.output.u.RGBA.rgba = target->pixels + offset;
    config.output.u.RGBA.stride = (int)stride;
    config.output.u.RGBA.size = target->capacity - offset;
    code = WebPDecode(bytes, size, &config);
    WebPFreeDecBuffer(&config.output);
    return code == VP8_STATUS_OK ? bridge_ok() : decoding_failure(code);
}

static WebPIDecoder *new_decoder(WebPDecoderConfig *config, const bridge_webp_target *target) {
    if (!WebPInitDecoderConfig(config)) return NULL;
    config->output.colorspace = target->channels == 4 ? MODE_RGBA : MODE_RGB;
    config->output.is_external_memory = 1;
    config->output.u.RGBA.rgba = target->pixels;
    config->output.u.RGBA.stride = target->width * target->channels;
    config->output.u.RGBA.size = target->capacity;
    return WebPIDecode(NULL, 0, config);
}

/* VP8_STATUS_OK if the first `size` bytes hold the whole image, VP8_STATUS_SUSPENDED if it needs
   more. */
static VP8StatusCode decode_prefix(const uint8_t *bytes, size_t size, const bridge_webp_target *target) {
    WebPDecoderConfig config;
    WebPIDecoder *decoder = new_decoder(&config, target);
    if (decoder == NULL) return VP8_STATUS_OUT_OF_MEMORY;
    VP8StatusCode code = WebPIUpdate(decoder, bytes, size);
    WebPIDelete(decoder);
    return code;
}

bridge_status bridge_webp_measure(const uint8_t *bytes, size_t size, const bridge_webp_target *target,
                                  double maximum_cpu_seconds, size_t *used) {
    /* Encoders append up to 4 bytes that no decoder needs; some decoders read 2 ahead. */
    enum { ENDING = 8, AHEAD = 2 };
    *used = size;
    if (!is_valid(target)) return bridge_failure(BRIDGE_MISUSE, 0, "pixel buffer too small");
    WebPDecoderConfig config;
    WebPIDecoder *decoder = new_decoder(&config, target);
    if (decoder == NULL) return bridge_failure(BRIDGE_OUT_OF_MEMORY, 0, NULL);
    size_t enough = size > ENDING ? size - ENDING : 0;
    VP8StatusCode code = WebPIUpdate(decoder, bytes, enough);
    int has_more = code == VP8_STATUS_OK;
    if (code == VP8_STATUS_SUSPENDED) code = WebPIUpdate(decoder, bytes, size);
    WebPIDelete(decoder);
    if (code == VP8_STATUS_SUSPENDED) code = VP8_STATUS_NOT_ENOUGH_DATA;
    if (code != VP8_STATUS_OK) return decoding_failure(code);
    bridge_clock clock = {.limit = maximum_cpu_seconds};
    bridge_clock_enter(&clock);
    for (size_t too_few = 0; has_more && enough - too_few > 1;) {
        if (bridge_clock_is_late(&clock)) return bridge_clock_failure(&clock);
        size_t middle = too_few + (enough - too_few) / 2;
        code = decode_prefix(bytes, middle, target);
        if (code == VP8_STATUS_OUT_OF_MEMORY) return decoding_failure(code);
        if (code == VP8_STATUS_OK) enough = middle;
        else too_few = middle;
        *used = enough + AHEAD;
    }
    return bridge_ok();
}

bridge_status bridge_webp_decode(const uint8_t *bytes, size_t size, const bridge_webp_target *target) {
    return decode_frame(bytes, size, target, 0, 0, target->width, target->height);
}

bridge_status bridge_webp_decode_first_frame(const uint8_t *bytes, size_t size, const bridge_webp_target *target) {
    WebPData data = {bytes, size};
    WebPDemuxer *demuxer = WebPDemux(&data);
    if (demuxer == NULL) return bridge_failure(BRIDGE_CORRUPT, 0, "animation chunks");
    bridge_status status = bridge_failure(BRIDGE_CORRUPT, 0, "first frame of the animation");
    WebPIterator frame;
    if (WebPDemuxGetFrame(demuxer, 1, &frame)) {
        /* Composited on a transparent canvas, the frame keeps its pixels. */
        status = decode_frame(frame.fragment.bytes, frame.fragment.size, target, frame.x_offset, frame.y_offset,
                              frame.width, frame.height);
        WebPDemuxReleaseIterator(&frame);
    }
    WebPDemuxDelete(demuxer);
    return status;
}

/* --- encoder ---------------------------------------------------------------------------------- */

static int append(const uint8_t *bytes, size_t size, const WebPPicture *picture) {
    bridge_growing *buffer = picture->custom_ptr;
    if (bridge_growing_reserve(buffer, size) != BRIDGE_OK) return 0;
    memcpy(buffer->bytes + buffer->size, bytes, size);
    buffer->size += size;
    return 1;
}

static bridge_status embed_profile(const bridge_webp_encode_options *options, bridge_growing *buffer) {
    WebPMux *mux = WebPMuxNew();
    if (mux == NULL) return bridge_failure(BRIDGE_OUT_OF_MEMORY, 0, NULL);
    WebPData image = {buffer->bytes, buffer->size}, profile = {options->profile, options->profile_size};
    WebPData assembled = {NULL, 0};
    if (WebPMuxSetImage(mux, &image, 0) != WEBP_MUX_OK || WebPMuxSetChunk(mux, "ICCP", &profile, 0) != WEBP_MUX_OK
        || WebPMuxAssemble(mux, &assembled) != WEBP_MUX_OK) {
        WebPMuxDelete(mux);
        return bridge_failure(BRIDGE_MISUSE, 0, "profile could not be embedded");
    }
    WebPMuxDelete(mux);
    buffer->size = 0;
    enum bridge_code code = bridge_growing_reserve(buffer, assembled.size);
    if (code == BRIDGE_OK) {
        memcpy(buffer->bytes, assembled.bytes, assembled.size);
        buffer->size = assembled.size;
    }
    WebPDataClear(&assembled);
    return code == BRIDGE_OK ? bridge_ok() : bridge_failure(code, (int64_t)buffer->maximum, NULL);
}

bridge_status bridge_webp_encode(const bridge_webp_encode_options *options, const uint8_t *pixels, size_t size,
                                 size_t stride, bridge_output *output) {
    output->bytes = NULL;
    output->size = 0;
    bridge_status status =
        bridge_fits(stride, (uint64_t)options->width, (uint64_t)options->channels, "rows too close together");
    if (status.code == BRIDGE_OK) {
        status = bridge_fits(size, (uint64_t)options->height, stride, "pixel buffer too small");
    }
    if (status.code != BRIDGE_OK) return status;
    WebPConfig config;
    WebPPicture picture;
    if (!WebPConfigInit(&config) || !WebPPictureInit(&picture)) {
        return bridge_failure(BRIDGE_MISUSE, 0, "libwebp version mismatch");
    }
    bridge_growing buffer = {NULL, 0, 0, options->maximum_bytes};
    config.quality = (float)options->quality;
    config.use_sharp_yuv = 1; /* WebP is always 4:2:0; this preserves coloured edges */
    picture.width = options->width;
    picture.height = options->height;
    picture.use_argb = 1;
    picture.writer = append;
    picture.custom_ptr = &buffer;
    int imported = options->channels == 4 ? WebPPictureImportRGBA(&picture, pixels, (int)stride)
                                          : WebPPictureImportRGB(&picture, pixels, (int)stride);
    int encoded = imported && WebPEncode(&config, &picture);
    WebPEncodingError error = picture.error_code;
    WebPPictureFree(&picture);
    if (!encoded) {
        free(buffer.bytes);
        if (error == VP8_ENC_ERROR_BAD_WRITE) {
            return bridge_failure(BRIDGE_OUTPUT_LIMIT, (int64_t)options->maximum_bytes, NULL);
        }
        int memory = !imported || error == VP8_ENC_ERROR_OUT_OF_MEMORY
                     || error == VP8_ENC_ERROR_BITSTREAM_OUT_OF_MEMORY;
        return bridge_failure(memory ? BRIDGE_OUT_OF_MEMORY : BRIDGE_MISUSE, error, "WebP encoder");
    }
    if (options->profile != NULL && options->profile_size > 0) {
        status = embed_profile(options, &buffer);
        if (status.code != BRIDGE_OK) {
            free(buffer.bytes);
            return status;
        }
    }
    output->bytes = buffer.bytes;
    output->size = buffer.size;
    return bridge_ok();
}
