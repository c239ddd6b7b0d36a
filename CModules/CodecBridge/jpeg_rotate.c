#include "support.h"

#ifdef WITH_LOSSLESS_TURN

#include <stdlib.h>

#include <turbojpeg.h>

bridge_status bridge_jpeg_rotate(const uint8_t *bytes, size_t size, int32_t orientation, bridge_limits limits,
                               bridge_output *output) {
    static const int operations[9] = {TJXOP_NONE,  TJXOP_NONE,      TJXOP_HFLIP, TJXOP_ROT180,    TJXOP_VFLIP,
                                      TJXOP_TRANSPOSE, TJXOP_ROT90, TJXOP_TRANSVERSE, TJXOP_ROT270};
    output->bytes = NULL;
    output->size = 0;
    if (orientation < 1 || orientation > 8) return bridge_failure(BRIDGE_MISUSE, orientation, "orientation");
    tjhandle handle = tjInitTransform();
    if (handle == NULL) return bridge_failure(BRIDGE_OUT_OF_MEMORY, 0, NULL);
    int width = 0, height = 0, subsampling = 0, space = 0;
    if (tjDecompressHeader3(handle, bytes, (unsigned long)size, &width, &height, &subsampling, &space) != 0
        || subsampling < 0) {
        bridge_status status = bridge_failure(BRIDGE_UNSUPPORTED, 0, tjGetErrorStr2(handle));
        tjDestroy(handle);
        return status;
    }
    /* The result has the same coefficients but possibly other Huffman tables: allocates the worst
       case of either shape. */
    unsigned long room = tjBufSize(width, height, TJSAMP_444);
    unsigned long across = tjBufSize(height, width, TJSAMP_444);
    if (across > room) room = across;
    uint8_t *rotated = malloc(room);
    if (rotated == NULL) {
        tjDestroy(handle);
        return bridge_failure(BRIDGE_OUT_OF_MEMORY, 0, NULL);
    }
    tjtransform transform = {.op = operations[orientation], .options = TJXOPT_PERFECT | TJXOPT_COPYNONE};
    unsigned char *targets[1] = {rotated};
    unsigned long sizes[1] = {room};
    int failed = tjTransform(handle, bytes, (unsigned long)size, 1, targets, sizes, &transform, TJFLAG_NOREALLOC);
    /* TurboJPEG completes the result despite warnings but does not say which: checks the data for
       damage. */
    bridge_input input = {.bytes = bytes, .size = size, .descriptor = -1};
    int is_complete = sizes[0] >= 4 && sizes[0] < room && rotated[sizes[0] - 2] == 0xFF && rotated[sizes[0] - 1] == 0xD9;
    if (failed != 0 && tjGetErrorCode(handle) == TJERR_WARNING && is_complete
        && bridge_jpeg_check(input, limits).code == BRIDGE_OK) {
        failed = 0;
    }
    if (failed != 0) {
        /* Not lossless, or damaged. */
        bridge_status status = bridge_failure(BRIDGE_UNSUPPORTED, 0, tjGetErrorStr2(handle));
        tjDestroy(handle);
        free(rotated);
        return status;
    }
    tjDestroy(handle);
    uint8_t *exact = realloc(rotated, sizes[0]);
    output->bytes = exact != NULL ? exact : rotated;
    output->size = sizes[0];
    return bridge_ok();
}

#endif
