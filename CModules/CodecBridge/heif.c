#include "support.h"

#ifdef WITH_HEIF

#include <stdlib.h>
#include <string.h>

#include <libheif/heif.h>

struct bridge_heif_picture {
    struct heif_context *context;
    struct heif_image_handle *handle;
    struct heif_image *image;
    const uint8_t *plane;
    int stride;
    int32_t width, channels, sample_bytes;
    int depth; /* bits of a decoded sample */
    int is_premultiplied;
};

const char *bridge_heif_version(void) { return heif_get_version(); }

static bridge_status failure(struct heif_error error) {
    enum bridge_code code = BRIDGE_CORRUPT;
    switch (error.code) {
    case heif_error_Unsupported_filetype:
    case heif_error_Unsupported_feature: code = BRIDGE_UNSUPPORTED; break;
    case heif_error_Memory_allocation_error: code = BRIDGE_OUT_OF_MEMORY; break;
    case heif_error_Usage_error: code = BRIDGE_MISUSE; break;
    default: break;
    }
    /* A meta box that runs to the end of the file; later versions read it. */
    if (error.subcode == heif_suberror_No_meta_box) code = BRIDGE_UNSUPPORTED;
    /* Memory was there; libheif did not want it. */
    if (error.subcode == heif_suberror_Security_limit_exceeded) code = BRIDGE_UNSUPPORTED;
    if (error.subcode == heif_suberror_End_of_data) code = BRIDGE_TRUNCATED;
    return bridge_failure(code, error.subcode, error.message);
}

bridge_status bridge_heif_open(const uint8_t *bytes, size_t size, bridge_heif_picture **out, bridge_heif_info *info) {
    *out = NULL;
    memset(info, 0, sizeof *info);
    bridge_heif_picture *picture = calloc(1, sizeof *picture);
    if (picture == NULL) return bridge_failure(BRIDGE_OUT_OF_MEMORY, 0, NULL);
    picture->context = heif_context_alloc();
    if (picture->context == NULL) {
        free(picture);
        return bridge_failure(BRIDGE_OUT_OF_MEMORY, 0, NULL);
    }
    struct heif_error error = heif_context_read_from_memory_without_copy(picture->context, bytes, size, NULL);
    if (error.code == heif_error_Ok) {
        error = heif_context_get_primary_image_handle(picture->context, &picture->handle);
    }
    if (error.code != heif_error_Ok) {
        bridge_status status = failure(error);
        bridge_heif_close(picture);
        return status;
    }
    const struct heif_image_handle *handle = picture->handle;
    info->width = heif_image_handle_get_width(handle);
    info->height = heif_image_handle_get_height(handle);
    info->bits = heif_image_handle_get_luma_bits_per_pixel(handle);
    if (info->bits < 0) info->bits = 8;
    info->has_alpha = heif_image_handle_has_alpha_channel(handle);
    info->pictures = heif_context_get_number_of_top_level_images(picture->context);
    info->has_metadata = heif_image_handle_get_number_of_metadata_blocks(handle, NULL) > 0;
    info->profile_size = heif_image_handle_get_raw_color_profile_size(handle);
    struct heif_color_profile_nclx *nclx = NULL;
    if (heif_image_handle_get_nclx_color_profile(handle, &nclx).code == heif_error_Ok && nclx != NULL) {
        info->has_code_points = 1;
        info->primaries = (int32_t)nclx->color_primaries;
        info->transfer = (int32_t)nclx->transfer_characteristics;
        info->matrix = (int32_t)nclx->matrix_coefficients;
        info->full_range = nclx->full_range_flag;
        heif_nclx_color_profile_free(nclx);
    }
    picture->is_premultiplied = heif_image_handle_is_premultiplied_alpha(handle);
    picture->width = info->width;
    *out = picture;
    return bridge_ok();
}

bridge_status bridge_heif_profile(bridge_heif_picture *picture, uint8_t *profile) {
    struct heif_error error = heif_image_handle_get_raw_color_profile(picture->handle, profile);
    return error.code == heif_error_Ok ? bridge_ok() : failure(error);
}

bridge_status bridge_heif_decode(bridge_heif_picture *picture, int32_t channels, int32_t sample_bytes) {
    enum heif_chroma chroma =
        sample_bytes == 1 ? (channels == 4 ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB)
                          : (channels == 4 ? heif_chroma_interleaved_RRGGBBAA_LE : heif_chroma_interleaved_RRGGBB_LE);
    struct heif_decoding_options *options = heif_decoding_options_alloc();
    if (options == NULL) return bridge_failure(BRIDGE_OUT_OF_MEMORY, 0, NULL);
    options->convert_hdr_to_8bit = sample_bytes == 1;
    options->strict_decoding = 1;
    struct heif_error error =
        heif_decode_image(picture->handle, &picture->image, heif_colorspace_RGB, chroma, options);
    heif_decoding_options_free(options);
    if (error.code != heif_error_Ok) return failure(error);
    picture->plane = heif_image_get_plane_readonly(picture->image, heif_channel_interleaved, &picture->stride);
    picture->depth = heif_image_get_bits_per_pixel_range(picture->image, heif_channel_interleaved);
    picture->channels = channels;
    picture->sample_bytes = sample_bytes;
    if (picture->plane == NULL) return bridge_failure(BRIDGE_CORRUPT, 0, "no picture was decoded");
    picture->width = heif_image_get_width(picture->image, heif_channel_interleaved);
    return bridge_ok();
}

bridge_status bridge_heif_decode_planes(bridge_heif_picture *picture, int32_t shift_x, int32_t shift_y) {
    if (shift_x < shift_y) return bridge_failure(BRIDGE_MISUSE, 0, NULL);
    enum heif_chroma expected = shift_x == 0 ? heif_chroma_444 : shift_y == 0 ? heif_chroma_422 : heif_chroma_420;
    struct heif_decoding_options *options = heif_decoding_options_alloc();
    if (options == NULL) return bridge_failure(BRIDGE_OUT_OF_MEMORY, 0, NULL);
    options->strict_decoding = 1;
    /* Asked for what is there, libheif converts nothing. */
    struct heif_error error =
        heif_decode_image(picture->handle, &picture->image, heif_colorspace_YCbCr, expected, options);
    heif_decoding_options_free(options);
    if (error.code != heif_error_Ok) return failure(error);
    if (heif_image_get_colorspace(picture->image) != heif_colorspace_YCbCr
        || heif_image_get_chroma_format(picture->image) != expected
        || heif_image_get_bits_per_pixel_range(picture->image, heif_channel_Y) != 8
        || heif_image_get_bits_per_pixel_range(picture->image, heif_channel_Cb) != 8
        || heif_image_get_bits_per_pixel_range(picture->image, heif_channel_Cr) != 8) {
        return bridge_failure(BRIDGE_MISUSE, 0, NULL);
    }
    static const enum heif_channel channels[3] = {heif_channel_Y, heif_channel_Cb, heif_channel_Cr};
    int32_t width = heif_image_get_width(picture->image, heif_channel_Y);
    int32_t height = heif_image_get_height(picture->image, heif_channel_Y);
    for (int i = 0; i < 3; i++) {
        int32_t across = i == 0 ? 0 : shift_x, down = i == 0 ? 0 : shift_y;
        if (heif_image_get_width(picture->image, channels[i]) < (width + (1 << across) - 1) >> across
            || heif_image_get_height(picture->image, channels[i]) < (height + (1 << down) - 1) >> down) {
            return bridge_failure(BRIDGE_CORRUPT, 0, "the decoded chroma is smaller than the picture");
        }
    }
    return bridge_ok();
}

const uint8_t *bridge_heif_plane(const bridge_heif_picture *picture, int32_t plane, int32_t *stride) {
    static const enum heif_channel channels[3] = {heif_channel_Y, heif_channel_Cb, heif_channel_Cr};
    return plane < 0 || plane > 2 ? NULL : heif_image_get_plane_readonly(picture->image, channels[plane], stride);
}

void bridge_heif_decoded_size(const bridge_heif_picture *picture, int32_t *width, int32_t *height) {
    enum heif_channel channel = heif_image_get_colorspace(picture->image) == heif_colorspace_YCbCr
        ? heif_channel_Y : heif_channel_interleaved;
    *width = heif_image_get_width(picture->image, channel);
    *height = heif_image_get_height(picture->image, channel);
}

static unsigned divided(unsigned sample, unsigned alpha, unsigned full) {
    if (alpha == 0) return 0;
    unsigned value = (unsigned)(((uint64_t)sample * full + alpha / 2) / alpha);
    return value > full ? full : value;
}

bridge_status bridge_heif_read_row(bridge_heif_picture *picture, int32_t y, uint8_t *row) {
    if (picture->plane == NULL || y < 0
        || y >= heif_image_get_height(picture->image, heif_channel_interleaved)) {
        return bridge_failure(BRIDGE_CORRUPT, 0, "the decoded picture has fewer rows than the header says");
    }
    const uint8_t *from = picture->plane + (size_t)y * (size_t)picture->stride;
    size_t samples = (size_t)picture->width * (size_t)picture->channels;
    if (picture->sample_bytes == 1) {
        memcpy(row, from, samples);
    } else {
        uint16_t *to = (uint16_t *)(void *)row;
        int shift = 16 - picture->depth;
        for (size_t i = 0; i < samples; i++) {
            unsigned value = (unsigned)from[2 * i] | (unsigned)from[2 * i + 1] << 8;
            /* 10 or 12 bits to 16: the high bits again below, so that full stays full. */
            to[i] = (uint16_t)(shift > 0 ? value << shift | value >> (picture->depth - shift) : value);
        }
    }
    if (!picture->is_premultiplied || picture->channels != 4) return bridge_ok();
    for (int32_t x = 0; x < picture->width; x++) {
        if (picture->sample_bytes == 1) {
            uint8_t *pixel = row + 4 * (size_t)x;
            for (int c = 0; c < 3; c++) pixel[c] = (uint8_t)divided(pixel[c], pixel[3], 255);
        } else {
            uint16_t *pixel = (uint16_t *)(void *)row + 4 * (size_t)x;
            for (int c = 0; c < 3; c++) pixel[c] = (uint16_t)divided(pixel[c], pixel[3], 65535);
        }
    }
    return bridge_ok();
}

void bridge_heif_close(bridge_heif_picture *picture) {
    if (picture == NULL) return;
    if (picture->image != NULL) heif_image_release(picture->image);
    if (picture->handle != NULL) heif_image_handle_release(picture->handle);
    heif_context_free(picture->context);
    free(picture);
}

#endif
