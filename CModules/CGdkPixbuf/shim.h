/* What CodecBridge calls of gdk-pixbuf 2 and of the GLib below it, whose interfaces are frozen. GLib's own headers need flags
   that SwiftPM does not pass on; scripts/check-c.sh compiles these declarations beside them, so that they cannot differ. */
#ifndef CGDKPIXBUF_SHIM_H
#define CGDKPIXBUF_SHIM_H

#include <stddef.h>
#include <stdint.h>

typedef struct _GError GError;
typedef struct _GClosure GClosure;
typedef struct _GdkPixbuf GdkPixbuf;
typedef struct _GdkPixbufLoader GdkPixbufLoader;

#ifdef GDK_PIXBUF_H /* the check: the real headers came first */
_Static_assert(GDK_PIXBUF_ERROR_INSUFFICIENT_MEMORY == 1 && GDK_PIXBUF_ERROR_UNKNOWN_TYPE == 3, "GdkPixbufError");
#else
struct _GError {
    uint32_t domain;
    int code;
    char *message;
};
typedef void (*GCallback)(void);
/* GdkPixbufError */
enum { GDK_PIXBUF_ERROR_INSUFFICIENT_MEMORY = 1, GDK_PIXBUF_ERROR_UNKNOWN_TYPE = 3 };
#endif

void g_clear_error(GError **error);
int g_error_matches(const GError *error, uint32_t domain, int code);
void g_object_unref(void *object);
unsigned long g_signal_connect_data(void *instance, const char *signal, GCallback handler, void *data,
                                    void (*destroy)(void *data, GClosure *closure), unsigned flags);

extern const char *gdk_pixbuf_version;
uint32_t gdk_pixbuf_error_quark(void);
GdkPixbufLoader *gdk_pixbuf_loader_new_with_type(const char *type, GError **error);
int gdk_pixbuf_loader_write(GdkPixbufLoader *loader, const unsigned char *bytes, size_t count, GError **error);
int gdk_pixbuf_loader_close(GdkPixbufLoader *loader, GError **error);
void gdk_pixbuf_loader_set_size(GdkPixbufLoader *loader, int width, int height);
GdkPixbuf *gdk_pixbuf_loader_get_pixbuf(GdkPixbufLoader *loader);
int gdk_pixbuf_get_width(const GdkPixbuf *picture);
int gdk_pixbuf_get_height(const GdkPixbuf *picture);
int gdk_pixbuf_get_rowstride(const GdkPixbuf *picture);
int gdk_pixbuf_get_n_channels(const GdkPixbuf *picture);
int gdk_pixbuf_get_bits_per_sample(const GdkPixbuf *picture);
const unsigned char *gdk_pixbuf_read_pixels(const GdkPixbuf *picture);

#endif
