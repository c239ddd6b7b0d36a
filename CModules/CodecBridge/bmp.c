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

/* Feeds the file piece by piece; a top-down height goes in as a bottom-up one. */
static bridge_status feed(bridge_bmp_picture *picture, bridge_input input) {
    enum { PIECE = 65536, HEIGHT_OFFSET = 22 };
    uint8_t *piece = malloc(PIECE);
    if (piece == NULL) return bridge_failure(BRIDGE_OUT_OF_MEMORY, 0, NULL);
    bridge_status status = bridge_ok();
    GError *error = NULL;
    uint64_t offset = 0;
    while (status.code == BRIDGE_OK) {
        int64_t got = bridge_input_read(&input, offset, piece, PIECE);
        if (got < 0) status = bridge_failure(BRIDGE_READ_FAILED, errno, NULL);
        if (got <= 0) break;
        if (offset == 0 && picture->is_upside_down && got >= HEIGHT_OFFSET + 4) {
            for (int i = 0; i < 4; i++) piece[HEIGHT_OFFSET + i] = (uint8_t)((uint32_t)picture->height >> (8 * i));
        }
        if (!gdk_pixbuf_loader_write(picture->loader, piece, (size_t)got, &error)) status = failure(error);
        offset += (uint64_t)got;
    }
    free(piece);
    /* Closing twice is not allowed, and a failed write has closed it. */
    error = NULL;
    if (status.code == BRIDGE_OK) {
        if (!gdk_pixbuf_loader_close(picture->loader, &error)) status = failure(error);
    } else {
        gdk_pixbuf_loader_close(picture->loader, NULL);
    }
    return status;
}

bridge_status bridge_bmp_open(bridge_input input, int32_t width, int32_t height, int32_t is_top_down_rle,
                              bridge_bmp_picture **out) {
    *out = NULL;
    bridge_bmp_picture *picture = calloc(1, sizeof *picture);
    if (picture == NULL) return bridge_failure(BRIDGE_OUT_OF_MEMORY, 0, NULL);
    picture->width = width;
    picture->height = height;
    picture->is_upside_down = is_top_down_rle;
    GError *error = NULL;
    picture->loader = gdk_pixbuf_loader_new_with_type("bmp", &error);
    if (picture->loader == NULL) {
        free(picture);
        return failure(error);
    }
    g_signal_connect_data(picture->loader, "size-prepared", (GCallback)check_size, picture, NULL, 0);
    bridge_status status = feed(picture, input);
    if (picture->has_other_size) status = bridge_failure(BRIDGE_CORRUPT, 0, "the header gives two sizes");
    if (status.code == BRIDGE_OK) {
        picture->pixels = gdk_pixbuf_loader_get_pixbuf(picture->loader);
        if (picture->pixels == NULL || gdk_pixbuf_get_width(picture->pixels) != width
            || gdk_pixbuf_get_height(picture->pixels) != height || gdk_pixbuf_get_bits_per_sample(picture->pixels) != 8) {
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
