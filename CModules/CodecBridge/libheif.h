/* libheif's functions, called as libheif.context_alloc() for heif_context_alloc(). */
#ifndef CODEC_BRIDGE_LIBHEIF_H
#define CODEC_BRIDGE_LIBHEIF_H

#include "support.h"

#if !__has_include(<libheif/heif.h>)
#error "the trait HEIF needs libheif's headers: on Debian, install libheif-dev"
#endif
#include <libheif/heif.h>

/* From this version on, libheif decodes tiles one by one and keeps the planes' coding. */
#if LIBHEIF_HAVE_VERSION(1, 19, 0)
#define HAS_TILES 1
#define LIBHEIF_TILES(REQUIRED, OPTIONAL) \
    OPTIONAL(context_get_security_limits) \
    OPTIONAL(image_handle_decode_image_tile) \
    OPTIONAL(image_handle_get_image_tiling)
#else
#define HAS_TILES 0
#define LIBHEIF_TILES(REQUIRED, OPTIONAL) \
    REQUIRED(context_set_maximum_image_size_limit)
#endif

/* From this version on, libheif opens a sequence without a still image. */
#if LIBHEIF_HAVE_VERSION(1, 21, 0)
#include <libheif/heif_sequences.h>
#define HAS_SEQUENCES 1
#define LIBHEIF_SEQUENCES(OPTIONAL) \
    OPTIONAL(context_get_track) \
    OPTIONAL(context_has_sequence) \
    OPTIONAL(track_decode_next_image) \
    OPTIONAL(track_get_image_resolution) \
    OPTIONAL(track_has_alpha_channel) \
    OPTIONAL(track_release)
#else
#define HAS_SEQUENCES 0
#define LIBHEIF_SEQUENCES(OPTIONAL)
#endif

#define LIBHEIF_FUNCTIONS(REQUIRED, OPTIONAL) \
    REQUIRED(context_alloc) \
    REQUIRED(context_free) \
    REQUIRED(context_get_number_of_top_level_images) \
    REQUIRED(context_get_primary_image_handle) \
    REQUIRED(context_read_from_memory_without_copy) \
    REQUIRED(context_set_max_decoding_threads) \
    REQUIRED(decode_image) \
    REQUIRED(decoding_options_alloc) \
    REQUIRED(decoding_options_free) \
    REQUIRED(get_version) \
    REQUIRED(get_version_number) \
    REQUIRED(image_get_bits_per_pixel_range) \
    REQUIRED(image_get_chroma_format) \
    REQUIRED(image_get_colorspace) \
    REQUIRED(image_get_height) \
    REQUIRED(image_get_nclx_color_profile) \
    REQUIRED(image_get_plane_readonly) \
    REQUIRED(image_get_width) \
    REQUIRED(image_handle_get_height) \
    REQUIRED(image_handle_get_luma_bits_per_pixel) \
    REQUIRED(image_handle_get_number_of_metadata_blocks) \
    REQUIRED(image_handle_get_raw_color_profile) \
    REQUIRED(image_handle_get_raw_color_profile_size) \
    REQUIRED(image_handle_get_width) \
    REQUIRED(image_handle_has_alpha_channel) \
    REQUIRED(image_handle_is_premultiplied_alpha) \
    REQUIRED(image_handle_release) \
    REQUIRED(image_has_channel) \
    REQUIRED(image_release) \
    REQUIRED(nclx_color_profile_free) \
    LIBHEIF_TILES(REQUIRED, OPTIONAL) \
    LIBHEIF_SEQUENCES(OPTIONAL)

/* Valid once bridge_heif_load has succeeded. */
extern struct libheif {
#define MEMBER(name) __typeof__(heif_##name) *name;
    LIBHEIF_FUNCTIONS(MEMBER, MEMBER)
#undef MEMBER
} libheif;

#endif
