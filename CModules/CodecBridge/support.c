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
        /* One line: some codecs' messages contain or end with line breaks. */
        size_t end = strlen(status.message);
        for (size_t i = 0; i < end; i++) {
            if ((unsigned char)status.message[i] < ' ') status.message[i] = ' ';
        }
        while (end > 0 && status.message[end - 1] == ' ') status.message[--end] = 0;
    }
    return status;
}

bridge_status bridge_load(late_library *library) {
    char message[sizeof ((bridge_status *)0)->message];
    enum late_result result = late_library_load(library, message, sizeof message);
    if (result == LATE_LOADED) return bridge_ok();
    return bridge_failure(result == LATE_MISSING ? BRIDGE_UNSUPPORTED : BRIDGE_OUT_OF_MEMORY, 0, message);
}

bridge_status bridge_fits(size_t size, uint64_t count, uint64_t group, const char *message) {
    uint64_t needed;
    if (__builtin_mul_overflow(count, group, &needed) || needed > INT64_MAX) needed = INT64_MAX;
    return needed <= size ? bridge_ok() : bridge_failure(BRIDGE_MISUSE, (int64_t)needed, message);
}

bridge_status bridge_jpeg_check_rows(const bridge_jpeg_layout *layout, const bridge_jpeg_plane_rows *planes,
                                     int32_t plane_count) {
    if (plane_count < layout->planes) return bridge_failure(BRIDGE_MISUSE, layout->planes, "too few planes");
    for (int32_t p = 0; p < layout->planes; p++) {
        int32_t rows = layout->plane[p].strip_rows;
        if (planes[p].row_count < rows) return bridge_failure(BRIDGE_MISUSE, rows, "too few rows of a plane");
        bridge_status status = bridge_fits(planes[p].row_size, 1, (uint64_t)layout->plane[p].stride, "row buffer too small");
        if (status.code != BRIDGE_OK) return status;
    }
    return bridge_ok();
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

void bridge_clock_enter(bridge_clock *clock) { clock->entered = bridge_thread_seconds(); }

bridge_status bridge_clock_leave(bridge_clock *clock, bridge_status status) {
    clock->before += bridge_thread_seconds() - clock->entered;
    return status;
}

int bridge_clock_is_late(const bridge_clock *clock) {
    return clock->before + bridge_thread_seconds() - clock->entered > clock->limit;
}

bridge_status bridge_clock_failure(const bridge_clock *clock) {
    return bridge_failure(BRIDGE_CPU_TIME, (int64_t)clock->limit, NULL);
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
