/* Shared inside CodecBridge. */
#ifndef CODEC_BRIDGE_SUPPORT_H
#define CODEC_BRIDGE_SUPPORT_H

#include "CodecBridge.h"

#include <LateLibrary.h>

/* Whether libheif and libtiff are loaded when they are first needed, or linked. */
#if defined(__linux__)
#define BRIDGE_LOADS_LATE 1
#else
#define BRIDGE_LOADS_LATE 0
#endif

/* The value of a macro as a string literal. */
#define BRIDGE_TEXT(macro) BRIDGE_TEXT_OF(macro)
#define BRIDGE_TEXT_OF(text) #text

bridge_status bridge_ok(void);
bridge_status bridge_failure(enum bridge_code code, int64_t value, const char *message);

/* Loads a library, if no earlier call has. BRIDGE_UNSUPPORTED if it is missing. */
bridge_status bridge_load(late_library *library);

/* BRIDGE_OK if `size` bytes hold `count` groups of `group` bytes, else BRIDGE_MISUSE with
   `message`. */
bridge_status bridge_fits(size_t size, uint64_t count, uint64_t group, const char *message);

/* BRIDGE_OK if the rows hold one strip of the layout, else BRIDGE_MISUSE. */
bridge_status bridge_jpeg_check_rows(const bridge_jpeg_layout *layout, const bridge_jpeg_plane_rows *planes,
                                     int32_t plane_count);

/* Reads up to `capacity` bytes at `offset`; 0 at the end, -1 (errno set) on failure. */
int64_t bridge_input_read(const bridge_input *input, uint64_t offset, uint8_t *buffer, size_t capacity);

/* A byte buffer that grows up to `maximum` bytes (0: no limit). Keep it off the stack of a function
   with setjmp. */
typedef struct {
    uint8_t *bytes;
    size_t size, capacity, maximum;
} bridge_growing;

/* Makes room for `more` bytes. Returns BRIDGE_OK, BRIDGE_OUTPUT_LIMIT or BRIDGE_OUT_OF_MEMORY. */
enum bridge_code bridge_growing_reserve(bridge_growing *buffer, size_t more);

/* The CPU time of this thread in seconds. */
double bridge_thread_seconds(void);

/* Sums the CPU time of the calls on a decoder and compares it with a limit. Starts as {.limit =
   ...}. */
typedef struct {
    double limit;   /* in seconds */
    double before;  /* used by earlier calls */
    double entered; /* the thread's time when this call began */
} bridge_clock;

/* Begins a call. */
void bridge_clock_enter(bridge_clock *clock);
/* Ends a call and passes its status on. */
bridge_status bridge_clock_leave(bridge_clock *clock, bridge_status status);
/* Whether the limit is exceeded, between enter and leave. */
int bridge_clock_is_late(const bridge_clock *clock);
/* BRIDGE_CPU_TIME. */
bridge_status bridge_clock_failure(const bridge_clock *clock);

#endif
