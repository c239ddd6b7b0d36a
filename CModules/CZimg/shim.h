#include <stddef.h>
#include <zimg.h>

/* ZIMG_API_VERSION and ZIMG_BUFFER_MAX are composed macros, which the importer leaves out. */
static const unsigned czimg_api_version = ZIMG_API_VERSION;
static const unsigned czimg_whole_plane = ZIMG_BUFFER_MAX;

/* Arrays of anonymous structs are not imported either. */
static inline void czimg_set_input_plane(zimg_image_buffer_const *buffer, int plane, const void *data, ptrdiff_t stride,
                                         unsigned mask) {
    buffer->plane[plane].data = data;
    buffer->plane[plane].stride = stride;
    buffer->plane[plane].mask = mask;
}

static inline void czimg_set_output_plane(zimg_image_buffer *buffer, int plane, void *data, ptrdiff_t stride,
                                          unsigned mask) {
    buffer->plane[plane].data = data;
    buffer->plane[plane].stride = stride;
    buffer->plane[plane].mask = mask;
}
