#include "support.h"

#ifdef WITH_BMP

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../CGdkPixbuf/shim.h"

struct bridge_bmp_picture {
    GdkPixbufLoader *loader;
    GdkPixbuf *pixels; /* the loader's */
    int32_t width, height;
    int is_upside_down;
    int has_other_size;
};

const char *bridge_bmp_version(void) { return gdk_pixbuf_version; }

/* Called before memory is taken: a size that the header did not announce is refused by shrinking it to nothing. */
static void check_size(GdkPixbufLoader *loader, int width, int height, void *data) {
    bridge_bmp_picture *picture = data;
    if (width == picture->width && height == picture->height) return;
    picture->has_other_size = 1;
    gdk_pixbuf_loader_set_size(loader, 0, 0);
}

static bridge_status failure(GError *error) {
    enum bridge_code code = BRIDGE_CORRUPT;
    uint32_t domain = gdk_pixbuf_error_quark();
    if (g_error_matches(error, domain, GDK_PIXBUF_ERROR_INSUFFICIENT_MEMORY)) code = BRIDGE_OUT_OF_MEMORY;
    if (g_error_matches(error, domain, GDK_PIXBUF_ERROR_UNKNOWN_TYPE)) code = BRIDGE_UNSUPPORTED;
    bridge_status status = bridge_failure(code, 0, error != NULL ? error->message : "no picture was decoded");
    g_clear_error(&error);
    return status;
}

static void put_little_endian(uint8_t *bytes, uint32_t value) {
    for (int i = 0; i < 4; i++) bytes[i] = (uint8_t)(value >> (8 * i));
}

/* Both headers, masks and palette, changed where gdk-pixbuf would lose its way: it cannot skip what lies between palette and
   pixels, nor read top-down run lengths, and takes an optional palette of many colours for a mistake. */
static bridge_status feed_header(bridge_bmp_picture *picture, const bridge_input *input, const bridge_bmp_layout *layout) {
    enum { OFFSET = 10, HEIGHT = 22, COLORS_USED = 46, LARGEST = 14 + 124 + 4 * 256 };
    uint8_t header[LARGEST];
    size_t size = (size_t)layout->header_bytes;
    if (size < 26 || size > sizeof header) return bridge_failure(BRIDGE_MISUSE, 0, "header size");
    int64_t got = bridge_input_read(input, 0, header, size);
    if (got < 0) return bridge_failure(BRIDGE_READ_FAILED, errno, NULL);
    if ((size_t)got < size) return bridge_failure(BRIDGE_TRUNCATED, 0, "the headers are not whole");
    put_little_endian(header + OFFSET, (uint32_t)size);
    if (layout->is_top_down_rle) put_little_endian(header + HEIGHT, (uint32_t)layout->height);
    if (layout->bits > 8 && size >= COLORS_USED + 4) put_little_endian(header + COLORS_USED, 0);
    GError *error = NULL;
    return gdk_pixbuf_loader_write(picture->loader, header, size, &error) ? bridge_ok() : failure(error);
}

static bridge_status feed_pixels(bridge_bmp_picture *picture, const bridge_input *input, uint64_t offset) {
    enum { PIECE = 65536 };
    uint8_t *piece = malloc(PIECE);
    if (piece == NULL) return bridge_failure(BRIDGE_OUT_OF_MEMORY, 0, NULL);
    bridge_status status = bridge_ok();
    while (status.code == BRIDGE_OK) {
        int64_t got = bridge_input_read(input, offset, piece, PIECE);
        if (got < 0) status = bridge_failure(BRIDGE_READ_FAILED, errno, NULL);
        if (got <= 0) break;
        GError *error = NULL;
        if (!gdk_pixbuf_loader_write(picture->loader, piece, (size_t)got, &error)) status = failure(error);
        offset += (uint64_t)got;
    }
    free(piece);
    return status;
}

static bridge_status feed(bridge_bmp_picture *picture, const bridge_input *input, const bridge_bmp_layout *layout) {
    bridge_status status = feed_header(picture, input, layout);
    if (status.code == BRIDGE_OK) status = feed_pixels(picture, input, layout->pixel_offset);
    GError *error = NULL;
    /* A loader has to be closed, whatever became of it. */
    int is_closed = gdk_pixbuf_loader_close(picture->loader, &error);
    if (status.code == BRIDGE_OK && !is_closed) return failure(error);
    g_clear_error(&error);
    return status;
}

bridge_status bridge_bmp_open(bridge_input input, bridge_bmp_layout layout, bridge_bmp_picture **out) {
    *out = NULL;
    bridge_bmp_picture *picture = calloc(1, sizeof *picture);
    if (picture == NULL) return bridge_failure(BRIDGE_OUT_OF_MEMORY, 0, NULL);
    picture->width = layout.width;
    picture->height = layout.height;
    picture->is_upside_down = layout.is_top_down_rle;
    GError *error = NULL;
    picture->loader = gdk_pixbuf_loader_new_with_type("bmp", &error);
    if (picture->loader == NULL) {
        free(picture);
        return failure(error);
    }
    g_signal_connect_data(picture->loader, "size-prepared", (GCallback)check_size, picture, NULL, 0);
    bridge_status status = feed(picture, &input, &layout);
    if (picture->has_other_size) status = bridge_failure(BRIDGE_CORRUPT, 0, "the header gives two sizes");
    if (status.code == BRIDGE_OK) {
        picture->pixels = gdk_pixbuf_loader_get_pixbuf(picture->loader);
        if (picture->pixels == NULL || gdk_pixbuf_get_width(picture->pixels) != layout.width
            || gdk_pixbuf_get_height(picture->pixels) != layout.height || gdk_pixbuf_get_bits_per_sample(picture->pixels) != 8) {
            status = bridge_failure(BRIDGE_CORRUPT, 0, "no picture was decoded");
        }
    }
    if (status.code != BRIDGE_OK) {
        bridge_bmp_close(picture);
        return status;
    }
    *out = picture;
    return status;
}

bridge_status bridge_bmp_read_row(bridge_bmp_picture *picture, int32_t y, int32_t channels, uint8_t *row) {
    if (y < 0 || y >= picture->height) return bridge_failure(BRIDGE_MISUSE, 0, "no such row");
    int32_t stored = picture->is_upside_down ? picture->height - 1 - y : y;
    const uint8_t *from = gdk_pixbuf_read_pixels(picture->pixels)
        + (size_t)stored * (size_t)gdk_pixbuf_get_rowstride(picture->pixels);
    int step = gdk_pixbuf_get_n_channels(picture->pixels);
    for (int32_t x = 0; x < picture->width; x++, from += step, row += channels) {
        memcpy(row, from, 3);
        if (channels == 4) row[3] = step == 4 ? from[3] : 255;
    }
    return bridge_ok();
}

void bridge_bmp_close(bridge_bmp_picture *picture) {
    if (picture == NULL) return;
    g_object_unref(picture->loader);
    free(picture);
}

#endif
