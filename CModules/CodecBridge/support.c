#include "support.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

bridge_status bridge_ok(void) {
    bridge_status status;
    memset(&status, 0, sizeof status);
    return status;
}

bridge_status bridge_failure(enum bridge_code code, int64_t value, const char *message) {
    bridge_status status = bridge_ok();
    status.code = code;
    status.value = value;
    if (message != NULL) {
        strncpy(status.message, message, sizeof status.message - 1);
        /* One line: some break theirs, or end them with a break. */
        size_t end = strlen(status.message);
        for (size_t i = 0; i < end; i++) {
            if ((unsigned char)status.message[i] < ' ') status.message[i] = ' ';
        }
        while (end > 0 && status.message[end - 1] == ' ') status.message[--end] = 0;
    }
    return status;
}

void bridge_free(void *pointer) { free(pointer); }

int64_t bridge_input_read(const bridge_input *input, uint64_t offset, uint8_t *buffer, size_t capacity) {
    if (offset >= input->size) return 0;
    uint64_t left = input->size - offset;
    size_t count = left < capacity ? (size_t)left : capacity;
    if (input->bytes != NULL) {
        memcpy(buffer, input->bytes + offset, count);
        return (int64_t)count;
    }
    for (;;) {
        ssize_t got = pread(input->descriptor, buffer, count, (off_t)offset);
        if (got >= 0) return got;
        if (errno != EINTR) return -1;
    }
}

enum bridge_code bridge_growing_reserve(bridge_growing *buffer, size_t more) {
    size_t needed = buffer->size + more;
    if (buffer->maximum != 0 && needed > buffer->maximum) return BRIDGE_OUTPUT_LIMIT;
    if (needed <= buffer->capacity) return BRIDGE_OK;
    size_t capacity = buffer->capacity < 65536 ? 65536 : buffer->capacity;
    while (capacity < needed) capacity += capacity / 2;
    if (buffer->maximum != 0 && capacity > buffer->maximum) capacity = buffer->maximum;
    uint8_t *grown = realloc(buffer->bytes, capacity);
    if (grown == NULL) return BRIDGE_OUT_OF_MEMORY;
    buffer->bytes = grown;
    buffer->capacity = capacity;
    return BRIDGE_OK;
}

double bridge_thread_seconds(void) {
    struct timespec now;
    if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) != 0) return 0;
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

uint32_t bridge_crc32(uint32_t crc, const uint8_t *bytes, size_t size) {
    while (size > 0) {
        uInt step = size > (1u << 30) ? (1u << 30) : (uInt)size;
        crc = (uint32_t)crc32(crc, bytes, step);
        bytes += step;
        size -= step;
    }
    return crc;
}
