#ifdef WITH_TIFF

#include "jpeg_messages.h"
#include "tiff_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *bridge_tiff_version(void) {
    static char text[32];
    const char *line = TIFFGetVersion(); /* "LIBTIFF, Version 4.5.0\nCopyright ..." */
    const char *at = strstr(line, "Version ");
    at = at != NULL ? at + 8 : line;
    snprintf(text, sizeof text, "%.*s", (int)strcspn(at, "\n"), at);
    return text;
}

/* --- libtiff's callbacks ------------------------------------------------------------------------------------------ */

static tmsize_t read_bytes(thandle_t handle, void *target, tmsize_t count) {
    bridge_tiff_picture *picture = (bridge_tiff_picture *)handle;
    tmsize_t done = 0;
    while (done < count) {
        int64_t got = bridge_input_read(&picture->input, picture->offset, (uint8_t *)target + done, (size_t)(count - done));
        if (got < 0) picture->read_error = errno;
        if (got <= 0) break;
        done += (tmsize_t)got;
        picture->offset += (uint64_t)got;
    }
    if (done < count) picture->ended = 1;
    return done;
}

static tmsize_t write_nothing(thandle_t handle, void *bytes, tmsize_t count) {
    (void)handle, (void)bytes, (void)count;
    return 0;
}

static toff_t seek(thandle_t handle, toff_t offset, int whence) {
    bridge_tiff_picture *picture = (bridge_tiff_picture *)handle;
    uint64_t base = whence == SEEK_CUR ? picture->offset : whence == SEEK_END ? picture->input.size : 0;
    picture->offset = base + offset;
    return picture->offset;
}

static int close_nothing(thandle_t handle) {
    (void)handle;
    return 0;
}

static toff_t whole_size(thandle_t handle) { return ((bridge_tiff_picture *)handle)->input.size; }

static int remember_error(TIFF *tiff, void *data, const char *module, const char *format, va_list arguments) {
    (void)tiff, (void)module;
    bridge_tiff_picture *picture = data;
    /* The first thing that goes wrong with pixels says most; of a directory the last, at which it is given up. */
    if (!(picture->has_failed || picture->is_damaged) || !picture->is_decoding) {
        vsnprintf(picture->message, sizeof picture->message, format, arguments);
    }
    picture->has_failed = 1;
    return 1;
}

/* What libtiff (4.5 to 4.7) warns of while it decodes, and every sample is right all the same; by how its formats begin.
   Every other warning is damage. */
static const char *const harmless_warnings[] = {
    "Old-style LZW codes",                /* the order of bits before 1990 */
    "LZWDecode: Strip",                   /* without its end code; an error follows where samples are missing */
    "Terminating PackBitsDecode",         /* likewise */
    "Discarding %",                       /* a PackBits run beyond the last sample; strips are decoded whole for it */
    "Assuming 8-bit colormap",
    "Try to decode (read) fax Group 3",   /* without end-of-line codes, which is tried and found right */
    "JPEG strip size exceeds",            /* a last strip that is larger than it has to be */
    "The JPEG strip/tile is encoded with progressive mode",
    "Auto-corrected former TIFF subsampling",
    "Deprecated and troublesome old-style JPEG",
    "Subsampling tag is not",             /* old-style JPEG: the data, which count, say otherwise */
    "Subsampling inside JPEG data",
};

/* Whether a warning of libjpeg's, which libtiff passes on as text, is damage. */
static int is_jpeg_damage(const bridge_tiff_picture *picture, const char *text) {
    int parameters[2];
    int message = bridge_jpeg_message_of(text, parameters);
    /* Without an end marker, missing scans and missing arithmetic-coded blocks are said by nothing else. */
    static const char missing_end[] = "Premature end of JPEG file";
    int frame = picture->jpeg_frame;
    if (strcmp(text, missing_end) == 0 && (frame == 0xC2 || frame == 0xC9 || frame == 0xCA)) return 1;
    return message == 0 || bridge_jpeg_warning_is_damage(message, parameters[0], parameters[1]);
}

static int remember_warning(TIFF *tiff, void *data, const char *module, const char *format, va_list arguments) {
    (void)tiff, (void)module;
    bridge_tiff_picture *picture = data;
    if (strstr(format, "Defining non-color channels as ExtraSamples") != NULL) picture->lacks_extras = 1;
    if (!picture->is_decoding) return 1;
    char text[sizeof picture->message];
    vsnprintf(text, sizeof text, format, arguments);
    if (strcmp(format, "%s") == 0) {
        if (!is_jpeg_damage(picture, text)) {
            picture->has_warned = 1;
            return 1;
        }
    } else {
        for (size_t i = 0; i < sizeof harmless_warnings / sizeof harmless_warnings[0]; i++) {
            if (strncmp(format, harmless_warnings[i], strlen(harmless_warnings[i])) == 0) return 1;
        }
    }
    if (!picture->has_failed && !picture->is_damaged) memcpy(picture->message, text, sizeof text);
    picture->is_damaged = 1;
    return 1;
}

bridge_status bridge_tiff_failure(const bridge_tiff_picture *picture, const char *words) {
    if (picture->read_error != 0) return bridge_failure(BRIDGE_READ_FAILED, picture->read_error, NULL);
    enum bridge_code code = picture->ended ? BRIDGE_TRUNCATED : BRIDGE_CORRUPT;
    int parameters[2];
    int message = bridge_jpeg_message_of(picture->message, parameters);
    if (message != 0 && bridge_jpeg_error_code(message) == BRIDGE_UNSUPPORTED) code = BRIDGE_UNSUPPORTED;
    if (strstr(picture->message, "not configured") != NULL || strstr(picture->message, "not implemented") != NULL) {
        code = BRIDGE_UNSUPPORTED;
    }
    return bridge_failure(code, 0, picture->message[0] != 0 ? picture->message : words);
}

bridge_status bridge_tiff_open(bridge_input input, bridge_limits limits, size_t maximum_memory, bridge_tiff_page page,
                               bridge_tiff_picture **out, bridge_tiff_info *info) {
    *out = NULL;
    memset(info, 0, sizeof *info);
    bridge_tiff_picture *picture = calloc(1, sizeof *picture);
    TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
    if (picture == NULL || options == NULL) {
        free(picture);
        if (options != NULL) TIFFOpenOptionsFree(options);
        return bridge_failure(BRIDGE_OUT_OF_MEMORY, 0, NULL);
    }
    picture->input = input;
    picture->maximum_cpu_seconds = limits.maximum_cpu_seconds;
    picture->tolerates_damage = limits.tolerates_damage;
    picture->jpeg_frame = page.jpeg_frame;
    TIFFOpenOptionsSetMaxSingleMemAlloc(options, (tmsize_t)maximum_memory);
    TIFFOpenOptionsSetErrorHandlerExtR(options, remember_error, picture);
    TIFFOpenOptionsSetWarningHandlerExtR(options, remember_warning, picture);
    /* m: no memory mapping; the input is read. */
    picture->tiff = TIFFClientOpenExt("TIFF", "rm", picture, read_bytes, write_nothing, seek, close_nothing, whole_size, NULL,
                                      NULL, options);
    TIFFOpenOptionsFree(options);
    bridge_status status =
        picture->tiff == NULL ? bridge_tiff_failure(picture, "no directory can be read") : bridge_tiff_read_header(picture, page, info);
    /* A directory that points outside of the file is damage; nothing says that the rest is missing. */
    if (status.code == BRIDGE_TRUNCATED) status.code = BRIDGE_CORRUPT;
    if (status.code != BRIDGE_OK) {
        bridge_tiff_close(picture);
        return status;
    }
    picture->ended = 0;
    *out = picture;
    return status;
}

bridge_status bridge_tiff_profile(bridge_tiff_picture *picture, uint8_t *profile) {
    uint32_t size = 0;
    void *bytes = NULL;
    if (!TIFFGetField(picture->tiff, TIFFTAG_ICCPROFILE, &size, &bytes)) return bridge_tiff_failure(picture, "no profile");
    memcpy(profile, bytes, size);
    return bridge_ok();
}

void bridge_tiff_close(bridge_tiff_picture *picture) {
    if (picture == NULL) return;
    if (picture->uses_rgba && picture->band != NULL) TIFFRGBAImageEnd(&picture->rgba);
    if (picture->tiff != NULL) TIFFClose(picture->tiff);
    free(picture->band);
    free(picture->tile);
    free(picture->samples_row);
    free(picture);
}

#endif
