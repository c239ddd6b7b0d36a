/* Shared inside CodecBridge. */
#ifndef CODEC_BRIDGE_SUPPORT_H
#define CODEC_BRIDGE_SUPPORT_H

#include "CodecBridge.h"

bridge_status bridge_ok(void);
bridge_status bridge_failure(enum bridge_code code, int64_t value, const char *message);

/* Reads up to `capacity` bytes at `offset`; 0 at the end, -1 (errno set) on failure. */
int64_t bridge_input_read(const bridge_input *input, uint64_t offset, uint8_t *buffer, size_t capacity);

/* A byte buffer that grows up to `maximum` (0: no limit). Lives outside every jump. */
typedef struct {
    uint8_t *bytes;
    size_t size, capacity, maximum;
} bridge_growing;

/* Makes room for `more` bytes. Returns BRIDGE_OK, BRIDGE_OUTPUT_LIMIT or BRIDGE_OUT_OF_MEMORY. */
enum bridge_code bridge_growing_reserve(bridge_growing *buffer, size_t more);

/* CPU seconds this thread has used. */
double bridge_thread_seconds(void);


#endif
