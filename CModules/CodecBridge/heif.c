#ifdef WITH_HEIF

#include "libheif.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

struct bridge_heif_decoder {
    struct heif_context *context;
#if HAS_SEQUENCES
    heif_track *track; /* if there is no still image */
#endif
    struct heif_image_handle *handle;
    struct heif_image *image; /* the last decoded image or tile */
};

const char *bridge_heif_version(void) {
    return bridge_heif_load().code == BRIDGE_OK ? libheif.get_version() : NULL;
}

/* The library at run time may differ from the headers. */
int32_t bridge_heif_has_tiles(void) {
    return HAS_TILES && bridge_heif_load().code == BRIDGE_OK
        && libheif.get_version_number() >= LIBHEIF_MAKE_VERSION(1, 19, 0);
}

static bridge_status failure(struct heif_error error) {
    enum bridge_code code = BRIDGE_CORRUPT;
    switch (error.code) {
    case heif_error_Unsupported_filetype:
    case heif_error_Unsupported_feature: code = BRIDGE_UNSUPPORTED; break;
    case heif_error_Memory_allocation_error: code = BRIDGE_OUT_OF_MEMORY; break;
    case heif_error_Usage_error: code = BRIDGE_MISUSE; break;
    default: break;
    }
    /* No image item: a sequence alone, or a meta box that runs to the end of the file. */
    if (error.subcode == heif_suberror_No_meta_box) code = BRIDGE_UNSUPPORTED;
    /* One of libheif's limits, not a lack of memory. */
    if (error.subcode == heif_suberror_Security_limit_exceeded) code = BRIDGE_UNSUPPORTED;
    if (error.subcode == heif_suberror_End_of_data) code = BRIDGE_TRUNCATED;
    return bridge_failure(code, error.subcode, error.message);
}

static void limit(struct heif_context *context, bridge_heif_limits limits) {
    /* 0 decodes tiles in the calling thread; 1 would start another thread. */
    libheif.context_set_max_decoding_threads(context, 0);
#if HAS_TILES
    struct heif_security_limits *theirs =
        bridge_heif_has_tiles() ? libheif.context_get_security_limits(context) : NULL;
    if (theirs == NULL) return;
    theirs->max_image_size_pixels = (uint64_t)limits.maximum_pixels;
    theirs->max_memory_block_size = (uint64_t)limits.maximum_memory;
    /* The defaults are 1000 and 100; a grid of 200 megapixels in tiles of 512 px comes close to
       them. */
    theirs->max_items = 1 << 17;
    theirs->max_children_per_box = 1 << 12;
#if LIBHEIF_HAVE_VERSION(1, 20, 0)
    if (theirs->version >= 2) theirs->max_total_memory = (uint64_t)limits.maximum_memory;
#endif
#else
    /* A limit on each side; the caller has checked the area. */
    libheif.context_set_maximum_image_size_limit(
        context, limits.maximum_pixels < INT_MAX ? (int)limits.maximum_pixels : INT_MAX);
#endif
}

#if HAS_TILES
static void read_tiling(const struct heif_image_handle *handle, bridge_heif_info *info) {
    struct heif_image_tiling tiling;
    memset(&tiling, 0, sizeof tiling);
    if (!bridge_heif_has_tiles() || libheif.image_handle_get_image_tiling(handle, 0, &tiling).code != heif_error_Ok) return;
    if (tiling.num_columns > INT16_MAX || tiling.num_rows > INT16_MAX || tiling.tile_width > INT16_MAX
        || tiling.tile_height > INT16_MAX || tiling.image_width > INT_MAX || tiling.image_height > INT_MAX
        || tiling.number_of_extra_dimensions != 0) {
        return;
    }
    info->tile_columns = (int32_t)tiling.num_columns;
    info->tile_rows = (int32_t)tiling.num_rows;
    info->tile_width = (int32_t)tiling.tile_width;
    info->tile_height = (int32_t)tiling.tile_height;
    info->coded_width = (int32_t)tiling.image_width;
    info->coded_height = (int32_t)tiling.image_height;
}
#endif

#if HAS_SEQUENCES
/* Opens the first track of a file without a still image; 0 without a track. */
static int open_sequence(bridge_heif_decoder *decoder, bridge_heif_info *info) {
    if (libheif.get_version_number() < LIBHEIF_MAKE_VERSION(1, 21, 0)) return 0;
    if (!libheif.context_has_sequence(decoder->context)) return 0;
    decoder->track = libheif.context_get_track(decoder->context, 0);
    uint16_t width = 0, height = 0;
    if (decoder->track == NULL
        || libheif.track_get_image_resolution(decoder->track, &width, &height).code != heif_error_Ok) {
        return 0;
    }
    info->width = width;
    info->height = height;
    info->bits = 8;
    info->has_alpha = libheif.track_has_alpha_channel(decoder->track);
    info->images = 1;
    return 1;
}
#endif

bridge_status bridge_heif_open(const uint8_t *bytes, size_t size, bridge_heif_limits limits,
                               bridge_heif_decoder **out, bridge_heif_info *info) {
    *out = NULL;
    memset(info, 0, sizeof *info);
    bridge_status loaded = bridge_heif_load();
    if (loaded.code != BRIDGE_OK) return loaded;
    bridge_heif_decoder *decoder = calloc(1, sizeof *decoder);
    if (decoder == NULL) return bridge_failure(BRIDGE_OUT_OF_MEMORY, 0, NULL);
    decoder->context = libheif.context_alloc();
    if (decoder->context == NULL) {
        free(decoder);
        return bridge_failure(BRIDGE_OUT_OF_MEMORY, 0, NULL);
    }
    limit(decoder->context, limits);
    struct heif_error error = libheif.context_read_from_memory_without_copy(decoder->context, bytes, size, NULL);
    if (error.code == heif_error_Ok) {
        error = libheif.context_get_primary_image_handle(decoder->context, &decoder->handle);
    }
#if HAS_SEQUENCES
    if (error.code != heif_error_Ok && open_sequence(decoder, info)) {
        *out = decoder;
        return bridge_ok();
    }
#endif
    if (error.code != heif_error_Ok) {
        bridge_status status = failure(error);
        bridge_heif_close(decoder);
        return status;
    }
    const struct heif_image_handle *handle = decoder->handle;
    info->width = libheif.image_handle_get_width(handle);
    info->height = libheif.image_handle_get_height(handle);
    info->bits = libheif.image_handle_get_luma_bits_per_pixel(handle);
    if (info->bits < 0) info->bits = 8;
    info->has_alpha = libheif.image_handle_has_alpha_channel(handle);
    info->is_premultiplied = libheif.image_handle_is_premultiplied_alpha(handle);
    info->images = libheif.context_get_number_of_top_level_images(decoder->context);
    info->has_metadata = libheif.image_handle_get_number_of_metadata_blocks(handle, NULL) > 0;
    info->profile_size = libheif.image_handle_get_raw_color_profile_size(handle);
#if HAS_TILES
    read_tiling(handle, info);
#endif
    *out = decoder;
    return bridge_ok();
}

bridge_status bridge_heif_profile(bridge_heif_decoder *decoder, uint8_t *profile, size_t size) {
    if (decoder->handle == NULL) return bridge_failure(BRIDGE_MISUSE, 0, "a sequence has no profile");
    bridge_status status =
        bridge_fits(size, libheif.image_handle_get_raw_color_profile_size(decoder->handle), 1, "profile buffer too small");
    if (status.code != BRIDGE_OK) return status;
    struct heif_error error = libheif.image_handle_get_raw_color_profile(decoder->handle, profile);
    return error.code == heif_error_Ok ? bridge_ok() : failure(error);
}

/* Whether libheif refuses only unknown colour code points, which do not affect the coded
   samples. */
static int is_about_code_points(struct heif_error error) {
    return error.subcode == heif_suberror_Unknown_NCLX_color_primaries
        || error.subcode == heif_suberror_Unknown_NCLX_transfer_characteristics
        || error.subcode == heif_suberror_Unknown_NCLX_matrix_coefficients;
}

struct request {
    enum heif_colorspace model;
    enum heif_chroma chroma;
    int32_t column, row; /* of the tile; -1 for the whole image */
};

static struct heif_error decode_once(bridge_heif_decoder *decoder, struct request request, int is_strict) {
    static const struct heif_error no_memory = {heif_error_Memory_allocation_error, heif_suberror_Unspecified, ""};
    struct heif_decoding_options *options = libheif.decoding_options_alloc();
    if (options == NULL) return no_memory;
    options->strict_decoding = (uint8_t)is_strict;
#if LIBHEIF_HAVE_VERSION(1, 21, 0)
    if (options->version >= 8) options->num_codec_threads = 1;
#endif
#if LIBHEIF_HAVE_VERSION(1, 23, 0)
    /* Otherwise libheif converts limited range and other matrices, with its own rounding. */
    if (options->version >= 10) options->output_image_nclx_profile_passthrough = 1;
#endif
    struct heif_error error;
#if HAS_SEQUENCES
    if (decoder->track != NULL) {
        error = libheif.track_decode_next_image(
            decoder->track, &decoder->image, request.model, request.chroma, options);
        libheif.decoding_options_free(options);
        return error;
    }
#endif
#if HAS_TILES
    if (request.column >= 0) {
        options->ignore_transformations = 1;
        error = libheif.image_handle_decode_image_tile(
            decoder->handle, &decoder->image, request.model, request.chroma, options,
            (uint32_t)request.column, (uint32_t)request.row);
    } else
#endif
    {
        error = libheif.decode_image(decoder->handle, &decoder->image, request.model, request.chroma, options);
    }
    libheif.decoding_options_free(options);
    return error;
}

static struct heif_error decode(bridge_heif_decoder *decoder, struct request request) {
    if (decoder->image != NULL) libheif.image_release(decoder->image);
    decoder->image = NULL;
    struct heif_error error = decode_once(decoder, request, 1);
    return is_about_code_points(error) ? decode_once(decoder, request, 0) : error;
}

static const enum heif_channel colored[3] = {heif_channel_Y, heif_channel_Cb, heif_channel_Cr};
static const enum heif_channel mixed[3] = {heif_channel_R, heif_channel_G, heif_channel_B};

/* Describes the decoded image. */
static bridge_status describe(bridge_heif_decoder *decoder, bridge_heif_planes *planes) {
    const struct heif_image *image = decoder->image;
    memset(planes, 0, sizeof *planes);
    enum heif_colorspace model = libheif.image_get_colorspace(image);
    enum heif_chroma chroma = libheif.image_get_chroma_format(image);
    const enum heif_channel *channels = colored;
    int count = 3;
    if (model == heif_colorspace_monochrome) {
        planes->model = BRIDGE_HEIF_GREY;
        count = 1;
    } else if (model == heif_colorspace_YCbCr) {
        planes->model = BRIDGE_HEIF_YCBCR;
        planes->shift_x = chroma == heif_chroma_420 || chroma == heif_chroma_422;
        planes->shift_y = chroma == heif_chroma_420;
    } else {
        planes->model = BRIDGE_HEIF_RGB;
        channels = mixed;
    }
    planes->width = libheif.image_get_width(image, channels[0]);
    planes->height = libheif.image_get_height(image, channels[0]);
    planes->bits = libheif.image_get_bits_per_pixel_range(image, channels[0]);
    if (planes->width <= 0 || planes->height <= 0 || planes->bits < 1 || planes->bits > 16) {
        return bridge_failure(BRIDGE_UNSUPPORTED, 0, "the format of the samples is not supported");
    }
    for (int i = 0; i < count; i++) {
        int32_t across = i == 0 ? 0 : planes->shift_x, down = i == 0 ? 0 : planes->shift_y;
        planes->samples[i] = libheif.image_get_plane_readonly(image, channels[i], &planes->strides[i]);
        if (planes->samples[i] == NULL || libheif.image_get_bits_per_pixel_range(image, channels[i]) != planes->bits) {
            return bridge_failure(BRIDGE_UNSUPPORTED, 0, "the planes differ in bit depth");
        }
        if (libheif.image_get_width(image, channels[i]) < (planes->width + (1 << across) - 1) >> across
            || libheif.image_get_height(image, channels[i]) < (planes->height + (1 << down) - 1) >> down) {
            return bridge_failure(BRIDGE_CORRUPT, 0, "the decoded chroma is smaller than the image");
        }
    }
    if (libheif.image_has_channel(image, heif_channel_Alpha)) {
        planes->alpha_bits = libheif.image_get_bits_per_pixel_range(image, heif_channel_Alpha);
        planes->samples[3] = libheif.image_get_plane_readonly(image, heif_channel_Alpha, &planes->strides[3]);
        if (planes->samples[3] == NULL || planes->alpha_bits < 1 || planes->alpha_bits > 16
            || libheif.image_get_width(image, heif_channel_Alpha) < planes->width
            || libheif.image_get_height(image, heif_channel_Alpha) < planes->height) {
            return bridge_failure(BRIDGE_UNSUPPORTED, 0, "alpha has another size than the image");
        }
    }
    planes->matrix = -1;
    planes->full_range = 1;
    struct heif_color_profile_nclx *nclx = NULL;
    if (libheif.image_get_nclx_color_profile(image, &nclx).code == heif_error_Ok && nclx != NULL) {
        planes->matrix = (int32_t)nclx->matrix_coefficients;
        planes->full_range = nclx->full_range_flag;
        libheif.nclx_color_profile_free(nclx);
    }
    return bridge_ok();
}

bridge_status bridge_heif_decode(bridge_heif_decoder *decoder, int32_t is_grey, int32_t shift_x, int32_t shift_y,
                                 bridge_heif_planes *planes) {
    struct request request = {heif_colorspace_undefined, heif_chroma_undefined, -1, -1};
    int is_converted = 0;
    if (!bridge_heif_has_tiles() && is_grey) {
        request.model = heif_colorspace_monochrome;
        request.chroma = heif_chroma_monochrome;
    } else if (!bridge_heif_has_tiles()) {
        /* Before 1.19, libheif converts colours through R'G'B' with the file's matrix and range.
           Asking for Y'CbCr with the coded subsampling restores the coded chroma, with BT.601 and
           full range. */
        request.model = heif_colorspace_YCbCr;
        request.chroma = shift_x == 0 ? heif_chroma_444 : shift_y == 0 ? heif_chroma_422 : heif_chroma_420;
        is_converted = 1;
    }
    struct heif_error error = decode(decoder, request);
    int is_interleaved = error.code == heif_error_Ok
        && libheif.image_has_channel(decoder->image, heif_channel_interleaved);
    int is_refused = error.code != heif_error_Ok && error.subcode == heif_suberror_Unsupported_color_conversion;
    if (is_interleaved || is_refused) {
        request.model = heif_colorspace_RGB;
        request.chroma = heif_chroma_444;
        error = decode(decoder, request);
    }
    if (error.code != heif_error_Ok) return failure(error);
    bridge_status status = describe(decoder, planes);
    if (status.code != BRIDGE_OK) return status;
    if (is_converted || planes->model == BRIDGE_HEIF_RGB) {
        planes->matrix = -1;
        planes->full_range = 1;
    }
    if (is_grey && planes->model == BRIDGE_HEIF_RGB) {
        /* Each of the three planes is the coded luma, in any range. */
        planes->model = BRIDGE_HEIF_GREY;
        planes->full_range = -1;
    }
    return status;
}

bridge_status bridge_heif_decode_tile(bridge_heif_decoder *decoder, int32_t column, int32_t row,
                                      bridge_heif_planes *planes) {
    struct request request = {heif_colorspace_undefined, heif_chroma_undefined, column, row};
    struct heif_error error = decode(decoder, request);
    if (error.code == heif_error_Ok && libheif.image_has_channel(decoder->image, heif_channel_interleaved)) {
        request.model = heif_colorspace_RGB;
        request.chroma = heif_chroma_444;
        error = decode(decoder, request);
    }
    return error.code == heif_error_Ok ? describe(decoder, planes) : failure(error);
}

void bridge_heif_close(bridge_heif_decoder *decoder) {
    if (decoder == NULL) return;
    if (decoder->image != NULL) libheif.image_release(decoder->image);
#if HAS_SEQUENCES
    if (decoder->track != NULL) libheif.track_release(decoder->track);
#endif
    if (decoder->handle != NULL) libheif.image_handle_release(decoder->handle);
    libheif.context_free(decoder->context);
    free(decoder);
}

#endif
