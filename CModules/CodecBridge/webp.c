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

static bridge_status decode_first_frame(const uint8_t *bytes, size_t size, int32_t channels, uint8_t *pixels,
                                        size_t stride) {
    WebPAnimDecoderOptions options;
    if (!WebPAnimDecoderOptionsInit(&options)) return bridge_failure(BRIDGE_MISUSE, 0, "libwebp version mismatch");
    options.color_mode = MODE_RGBA;
    options.use_threads = 0;
    WebPData data = {bytes, size};
    WebPAnimDecoder *decoder = WebPAnimDecoderNew(&data, &options);
    if (decoder == NULL) return bridge_failure(BRIDGE_CORRUPT, 0, "animation header");
    WebPAnimInfo info;
    uint8_t *canvas = NULL;
    int timestamp = 0;
    if (!WebPAnimDecoderGetInfo(decoder, &info) || !WebPAnimDecoderGetNext(decoder, &canvas, &timestamp)) {
        WebPAnimDecoderDelete(decoder);
        return bridge_failure(BRIDGE_CORRUPT, 0, "first frame of the animation");
    }
    for (uint32_t y = 0; y < info.canvas_height; y++) {
        const uint8_t *from = canvas + (size_t)y * info.canvas_width * 4;
        uint8_t *to = pixels + (size_t)y * stride;
        if (channels == 4) {
            memcpy(to, from, (size_t)info.canvas_width * 4);
        } else {
            for (uint32_t x = 0; x < info.canvas_width; x++) memcpy(to + x * 3, from + x * 4, 3);
        }
    }
    WebPAnimDecoderDelete(decoder);
    return bridge_ok();
}

bridge_status bridge_webp_probe(const uint8_t *bytes, size_t size, bridge_webp_info *info) {
    WebPBitstreamFeatures features;
    VP8StatusCode code = WebPGetFeatures(bytes, size, &features);
    if (code != VP8_STATUS_OK) return decoding_failure(code);
    info->width = features.width;
    info->height = features.height;
    info->has_alpha = features.has_alpha;
    info->frames = 1;
    if (features.has_animation) {
        WebPData data = {bytes, size};
        WebPDemuxer *demuxer = WebPDemux(&data);
        if (demuxer == NULL) return bridge_failure(BRIDGE_CORRUPT, 0, "animation chunks");
        info->frames = (int32_t)WebPDemuxGetI(demuxer, WEBP_FF_FRAME_COUNT);
        WebPDemuxDelete(demuxer);
    }
    return bridge_ok();
}

bridge_status bridge_webp_decode(const uint8_t *bytes, size_t size, int32_t channels, uint8_t *pixels, size_t stride,
                                 size_t capacity) {
    WebPDecoderConfig config;
    if (!WebPInitDecoderConfig(&config)) return bridge_failure(BRIDGE_MISUSE, 0, "libwebp version mismatch");
    VP8StatusCode code = WebPGetFeatures(bytes, size, &config.input);
    if (code != VP8_STATUS_OK) return decoding_failure(code);
    if (stride * (size_t)config.input.height > capacity || stride < (size_t)config.input.width * (size_t)channels) {
        return bridge_failure(BRIDGE_MISUSE, 0, "pixel buffer too small");
    }
    if (config.input.has_animation) return decode_first_frame(bytes, size, channels, pixels, stride);
    config.output.colorspace = channels == 4 ? MODE_RGBA : MODE_RGB;
    config.output.is_external_memory = 1;
    config.output.u.RGBA.rgba = pixels;
    config.output.u.RGBA.stride = (int)stride;
    config.output.u.RGBA.size = capacity;
    code = WebPDecode(bytes, size, &config);
    WebPFreeDecBuffer(&config.output);
    return code == VP8_STATUS_OK ? bridge_ok() : decoding_failure(code);
}

/* --- encoder ---------------------------------------------------------------------------------------------------- */

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

bridge_status bridge_webp_encode(const bridge_webp_encode_options *options, const uint8_t *pixels, size_t stride,
                                 bridge_output *output) {
    output->bytes = NULL;
    output->size = 0;
    WebPConfig config;
    WebPPicture picture;
    if (!WebPConfigInit(&config) || !WebPPictureInit(&picture)) {
        return bridge_failure(BRIDGE_MISUSE, 0, "libwebp version mismatch");
    }
    bridge_growing buffer = {NULL, 0, 0, options->maximum_bytes};
    config.quality = (float)options->quality;
    config.use_sharp_yuv = 1; /* WebP is always 4:2:0; this keeps coloured edges */
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
        bridge_status status = embed_profile(options, &buffer);
        if (status.code != BRIDGE_OK) {
            free(buffer.bytes);
            return status;
        }
    }
    output->bytes = buffer.bytes;
    output->size = buffer.size;
    return bridge_ok();
}
