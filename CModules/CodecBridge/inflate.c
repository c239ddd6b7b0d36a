#include "support.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

struct bridge_inflater {
    z_stream stream;
    int has_begun;
};

bridge_inflater *bridge_inflater_open(void) {
    bridge_inflater *inflater = calloc(1, sizeof *inflater);
    if (inflater == NULL) return NULL;
    /* 0: a window of exactly the size in the stream's header, as in libpng. */
    if (inflateInit2(&inflater->stream, 0) != Z_OK) {
        free(inflater);
        return NULL;
    }
    return inflater;
}

int32_t bridge_inflater_run(bridge_inflater *inflater, const uint8_t *bytes, size_t *size, uint8_t *output,
                            size_t *capacity) {
    z_stream *stream = &inflater->stream;
    /* zlib does not check this if it takes the window size from the header (libpng,
       png_zlib_inflate). */
    if (!inflater->has_begun && *size > 0 && bytes[0] >> 4 > 7) return BRIDGE_INFLATER_DAMAGED;
    if (*size > 0) inflater->has_begun = 1;
    size_t most = 1u << 30;
    uInt given = (uInt)(*size < most ? *size : most), room = (uInt)(*capacity < most ? *capacity : most);
    stream->next_in = (Bytef *)bytes;
    stream->avail_in = given;
    stream->next_out = output;
    stream->avail_out = room;
    int answer = inflate(stream, Z_NO_FLUSH);
    *size = given - stream->avail_in;
    *capacity = room - stream->avail_out;
    if (answer == Z_STREAM_END) return BRIDGE_INFLATER_ENDED;
    return answer == Z_OK || answer == Z_BUF_ERROR ? BRIDGE_INFLATER_RUNNING : BRIDGE_INFLATER_DAMAGED;
}

void bridge_inflater_close(bridge_inflater *inflater) {
    if (inflater == NULL) return;
    inflateEnd(&inflater->stream);
    free(inflater);
}

bridge_status bridge_deflate(const uint8_t *bytes, size_t size, bridge_output *output) {
    uLongf capacity = compressBound((uLong)size);
    output->size = 0;
    output->bytes = malloc(capacity);
    if (output->bytes == NULL || compress(output->bytes, &capacity, bytes, (uLong)size) != Z_OK) {
        free(output->bytes);
        output->bytes = NULL;
        return bridge_failure(BRIDGE_OUT_OF_MEMORY, 0, NULL);
    }
    output->size = capacity;
    return bridge_ok();
}
