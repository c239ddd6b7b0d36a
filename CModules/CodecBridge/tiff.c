#ifdef WITH_TIFF

#include "jpeg_messages.h"
#include "tiff_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *bridge_tiff_version(void) {
    static char text[32];
    if (bridge_tiff_load().code != BRIDGE_OK) return NULL;
    const char *line = libtiff.GetVersion(); /* "LIBTIFF, Version 4.5.0\nCopyright ..." */
    const char *at = strstr(line, "Version ");
    at = at != NULL ? at + 8 : line;
    snprintf(text, sizeof text, "%.*s", (int)strcspn(at, "\n"), at);
    return text;
}

/* --- libtiff's callbacks ---------------------------------------------------------------------- */

static tmsize_t read_bytes(thandle_t handle, void *target, tmsize_t count) {
    bridge_tiff_decoder *decoder = (bridge_tiff_decoder *)handle;
    tmsize_t done = 0;
    while (done < count) {
        int64_t got = bridge_input_read(&decoder->input, decoder->offset, (uint8_t *)target + done, (size_t)(count - done));
        if (got < 0) decoder->read_error = errno;
        if (got <= 0) break;
        done += (tmsize_t)got;
        decoder->offset += (uint64_t)got;
    }
    if (done < count) decoder->ended = 1;
    return done;
}

static tmsize_t write_nothing(thandle_t handle, void *bytes, tmsize_t count) {
    (void)handle, (void)bytes, (void)count;
    return 0;
}

static toff_t seek(thandle_t handle, toff_t offset, int whence) {
    bridge_tiff_decoder *decoder = (bridge_tiff_decoder *)handle;
    uint64_t base = whence == SEEK_CUR ? decoder->offset : whence == SEEK_END ? decoder->input.size : 0;
    decoder->offset = base + offset;
    return decoder->offset;
}

static int close_nothing(thandle_t handle) {
    (void)handle;
    return 0;
}

static toff_t whole_size(thandle_t handle) { return ((bridge_tiff_decoder *)handle)->input.size; }

static int remember_error(TIFF *tiff, void *data, const char *module, const char *format, va_list arguments) {
    (void)tiff, (void)module;
    bridge_tiff_decoder *decoder = data;
    /* Keeps the first error about pixels, which is the most specific, but the last about a
       directory, at which libtiff gives up. */
    if (!(decoder->has_failed || decoder->is_damaged) || !decoder->is_decoding) {
        vsnprintf(decoder->message, sizeof decoder->message, format, arguments);
    }
    decoder->has_failed = 1;
    return 1;
}

/* Warnings of libtiff (4.5 to 4.7) during decoding that leave every sample correct, by the
   beginnings of their formats. Every other warning is damage. */
static const char *const harmless_warnings[] = {
    "Old-style LZW codes",                /* the order of bits before 1990 */
    "LZWDecode: Strip",                   /* without its end code; an error follows if samples are missing */
    "Terminating PackBitsDecode",         /* likewise */
    "Discarding %",                       /* a PackBits run beyond the last sample; strips are decoded whole for it */
    "Assuming 8-bit colormap",
    "Try to decode (read) fax Group 3",   /* without end-of-line codes: libtiff tries that and succeeds */
    "JPEG strip size exceeds",            /* a last strip larger than needed */
    "The JPEG strip/tile is encoded with progressive mode",
    "Auto-corrected former TIFF subsampling",
    "Deprecated and troublesome old-style JPEG",
    "Subsampling tag is not",             /* old-style JPEG: the data differ, and they count */
    "Subsampling inside JPEG data",
};

/* Whether a warning of libjpeg, which libtiff passes on as text, means damage. */
static int is_jpeg_damage(const bridge_tiff_decoder *decoder, const char *text) {
    int parameters[2];
    int message = bridge_jpeg_message_of(text, parameters);
    /* Only this warning reveals missing scans and missing arithmetic-coded blocks. */
    static const char missing_end[] = "Premature end of JPEG file";
    int frame = decoder->jpeg_frame;
    if (strcmp(text, missing_end) == 0 && (frame == 0xC2 || frame == 0xC9 || frame == 0xCA)) return 1;
    return message == 0 || bridge_jpeg_warning_is_damage(message, parameters[0], parameters[1]);
}

static int remember_warning(TIFF *tiff, void *data, const char *module, const char *format, va_list arguments) {
    (void)tiff, (void)module;
    bridge_tiff_decoder *decoder = data;
    if (strstr(format, "Defining non-color channels as ExtraSamples") != NULL) decoder->lacks_extras = 1;
    if (!decoder->is_decoding) return 1;
    char text[sizeof decoder->message];
    vsnprintf(text, sizeof text, format, arguments);
    if (strcmp(format, "%s") == 0) {
        if (!is_jpeg_damage(decoder, text)) {
            decoder->has_warned = 1;
            return 1;
        }
    } else {
        for (size_t i = 0; i < sizeof harmless_warnings / sizeof harmless_warnings[0]; i++) {
            if (strncmp(format, harmless_warnings[i], strlen(harmless_warnings[i])) == 0) return 1;
        }
    }
    if (!decoder->has_failed && !decoder->is_damaged) memcpy(decoder->message, text, sizeof text);
    decoder->is_damaged = 1;
    return 1;
}

bridge_status bridge_tiff_failure(const bridge_tiff_decoder *decoder, const char *words) {
    if (decoder->read_error != 0) return bridge_failure(BRIDGE_READ_FAILED, decoder->read_error, NULL);
    enum bridge_code code = decoder->ended ? BRIDGE_TRUNCATED : BRIDGE_CORRUPT;
    int parameters[2];
    int message = bridge_jpeg_message_of(decoder->message, parameters);
    if (message != 0 && bridge_jpeg_error_code(message) == BRIDGE_UNSUPPORTED) code = BRIDGE_UNSUPPORTED;
    if (strstr(decoder->message, "not configured") != NULL || strstr(decoder->message, "not implemented") != NULL) {
        code = BRIDGE_UNSUPPORTED;
    }
    return bridge_failure(code, 0, decoder->message[0] != 0 ? decoder->message : words);
}

bridge_status bridge_tiff_open(bridge_input input, bridge_limits limits, size_t maximum_memory, bridge_tiff_page page,
                               bridge_tiff_decoder **out, bridge_tiff_info *info) {
    *out = NULL;
    memset(info, 0, sizeof *info);
    bridge_status loaded = bridge_tiff_load();
    if (loaded.code != BRIDGE_OK) return loaded;
    bridge_tiff_decoder *decoder = calloc(1, sizeof *decoder);
    TIFFOpenOptions *options = libtiff.OpenOptionsAlloc();
    if (decoder == NULL || options == NULL) {
        free(decoder);
        if (options != NULL) libtiff.OpenOptionsFree(options);
        return bridge_failure(BRIDGE_OUT_OF_MEMORY, 0, NULL);
    }
    decoder->input = input;
    decoder->clock.limit = limits.maximum_cpu_seconds;
    decoder->tolerates_damage = limits.tolerates_damage;
    decoder->jpeg_frame = page.jpeg_frame;
    libtiff.OpenOptionsSetMaxSingleMemAlloc(options, (tmsize_t)maximum_memory);
    libtiff.OpenOptionsSetErrorHandlerExtR(options, remember_error, decoder);
    libtiff.OpenOptionsSetWarningHandlerExtR(options, remember_warning, decoder);
    /* m: no memory mapping; the input is read. */
    decoder->tiff = libtiff.ClientOpenExt("TIFF", "rm", decoder, read_bytes, write_nothing, seek, close_nothing, whole_size,
                                          NULL, NULL, options);
    libtiff.OpenOptionsFree(options);
    bridge_status status =
        decoder->tiff == NULL ? bridge_tiff_failure(decoder, "no directory can be read") : bridge_tiff_read_header(decoder, page, info);
    /* A directory that points outside the file is damage: it does not prove that the rest is
       missing. */
    if (status.code == BRIDGE_TRUNCATED) status.code = BRIDGE_CORRUPT;
    if (status.code != BRIDGE_OK) {
        bridge_tiff_close(decoder);
        return status;
    }
    decoder->ended = 0;
    *out = decoder;
    return status;
}

bridge_status bridge_tiff_profile(bridge_tiff_decoder *decoder, uint8_t *profile, size_t size) {
    uint32_t length = 0;
    void *bytes = NULL;
    if (!libtiff.GetField(decoder->tiff, TIFFTAG_ICCPROFILE, &length, &bytes)) {
        return bridge_tiff_failure(decoder, "no profile");
    }
    if (size < length) return bridge_fits(size, length, 1, "profile buffer too small");
    memcpy(profile, bytes, length);
    return bridge_ok();
}

void bridge_tiff_close(bridge_tiff_decoder *decoder) {
    if (decoder == NULL) return;
    if (decoder->uses_rgba && decoder->unit != NULL) libtiff.RGBAImageEnd(&decoder->rgba);
    if (decoder->tiff != NULL) libtiff.Close(decoder->tiff);
    free(decoder->unit);
    free(decoder->tile);
    free(decoder->samples_row);
    free(decoder);
}

#endif
