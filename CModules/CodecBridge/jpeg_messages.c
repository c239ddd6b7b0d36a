#include "jpeg_messages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

enum bridge_code bridge_jpeg_error_code(int message) {
    switch (message) {
    case JERR_OUT_OF_MEMORY: return BRIDGE_OUT_OF_MEMORY;
    case JERR_INPUT_EMPTY:
    case JERR_INPUT_EOF: return BRIDGE_TRUNCATED;
    case JERR_SOF_UNSUPPORTED:
    case JERR_BAD_PRECISION:
    case JERR_ARITH_NOTIMPL:
    case JERR_NOT_COMPILED:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_CCIR601_NOTIMPL:
    case JERR_FRACT_SAMPLE_NOTIMPL: return BRIDGE_UNSUPPORTED;
    default: return BRIDGE_CORRUPT;
    }
}

int bridge_jpeg_warning_is_damage(int message, int first, int second) {
    (void)first, (void)second;
    switch (message) {
    case JWRN_NOT_SEQUENTIAL: /* Ss, Se, Ah and Al have only one valid value in a sequential scan: decoders do not need them */
    case JWRN_ADOBE_XFORM:    /* every decoder takes an unknown transform for Y'CbCr or YCCK */
    case JWRN_JFIF_MAJOR:
    case JWRN_JPEG_EOF: /* JWRN_HIT_MARKER reports missing data, if any */
    case JWRN_EXTRANEOUS_DATA: /* skipped bytes that no block uses; webcams pad restart intervals with some */
        return 0;
    case JWRN_HIT_MARKER:        /* the scan's data end before its last block */
    case JWRN_HUFF_BAD_CODE:
    case JWRN_ARITH_BAD_CODE:
    case JWRN_MUST_RESYNC:       /* restart markers are missing or out of order */
    case JWRN_BOGUS_PROGRESSION: /* a scan refines what no scan has sent */
    default: return 1;
    }
}

/* Whether `text` matches a printf format of numbers, which are stored in `parameters`. */
static int fits(const char *format, const char *text, int parameters[2]) {
    int count = 0;
    while (*format != 0) {
        if (*format != '%') {
            if (*format++ != *text++) return 0;
            continue;
        }
        const char *conversion = format + 1 + strspn(format + 1, "0123456789l.");
        if (strchr("dux", *conversion) == NULL || *conversion == 0) return 0;
        char *end;
        long value = strtol(text, &end, *conversion == 'x' ? 16 : 10);
        if (end == text) return 0;
        if (count < 2) parameters[count++] = (int)value;
        text = end;
        format = conversion + 1;
    }
    return *text == 0;
}

int bridge_jpeg_message_of(const char *text, int parameters[2]) {
    struct jpeg_error_mgr errors;
    jpeg_std_error(&errors);
    for (int message = 1; message <= errors.last_jpeg_message; message++) {
        parameters[0] = parameters[1] = 0;
        const char *format = errors.jpeg_message_table[message];
        if (format != NULL && fits(format, text, parameters)) return message;
    }
    parameters[0] = parameters[1] = 0;
    return 0;
}
