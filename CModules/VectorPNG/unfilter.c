#include "unfilter.h"

#ifdef WITH_FAST_PNG

#include <string.h>

/* Average and Paeth need the pixel to the left, so a single row is limited by the latency from one
   pixel to the next, not by the number of instructions. Four consecutive rows with the same filter
   are therefore unfiltered at once, each one pixel behind the row above it: four pixels in one
   vector of 16 bytes,

     lane group    0             1                 2                 3
     pixel         x of row 0    x - 1 of row 1    x - 2 of row 2    x - 3 of row 3

   The result of the last step holds the left neighbours; shifted by one group it holds the upper
   neighbours, because the row above is one pixel ahead; the upper neighbours of the last step are
   the upper left ones. */
typedef uint8_t vector __attribute__((vector_size(16)));

enum filter { FILTER_NONE, FILTER_SUB, FILTER_UP, FILTER_AVERAGE, FILTER_PAETH };

static inline vector larger(vector a, vector b) { return __builtin_elementwise_max(a, b); }
static inline vector smaller(vector a, vector b) { return __builtin_elementwise_min(a, b); }
static inline vector where(vector mask, vector a, vector b) { return (mask & a) | (~mask & b); }

static inline vector average(vector left, vector up) {
    /* (a + b) / 2 without overflow: the common bits, and half of the differing ones. */
    return (left & up) + ((left ^ up) >> 1);
}

/* The distances of p = a + b - c are |b - c| to a, |a - c| to b and |(a - c) + (b - c)| to c. If
   the two differences have opposite signs, the third distance is the difference of the other two
   and fits 8 bits. Otherwise it is no smaller than either, and c is not chosen. */
static inline vector paeth(vector left, vector up, vector corner) {
    vector high_up = larger(up, corner), high_left = larger(left, corner);
    vector to_left = high_up - smaller(up, corner);
    vector to_up = high_left - smaller(left, corner);
    vector same_side = ~((vector)(high_up == up) ^ (vector)(high_left == left));
    vector to_corner = (larger(to_left, to_up) - smaller(to_left, to_up)) | same_side;
    vector nearest = smaller(smaller(to_left, to_up), to_corner);
    return where((vector)(to_left == nearest), left, where((vector)(to_up == nearest), up, corner));
}

static inline uint32_t load(const uint8_t *bytes) {
    uint32_t value;
    memcpy(&value, bytes, 4);
    return value;
}

/* Processes one step at byte `x` of row 0 for rows `from`...`to` - 1; the other rows have no pixel
   there. Reads and writes four bytes even if a pixel has three; the next step corrects the
   fourth. */
static inline __attribute__((always_inline)) void step(
    enum filter filter, uint8_t *rows, size_t stride, const uint8_t *filtered, size_t pitch, const uint8_t *above,
    size_t x, size_t channels, int from, int to, vector *made, vector *up) {
    typedef uint32_t words __attribute__((vector_size(16)));
    words input = {0};
    for (int row = from; row < to; row++) {
        input[row] = load(filtered + (size_t)row * pitch + x - (size_t)row * channels);
    }
    words higher = __builtin_shufflevector((words)*made, (words){0}, 4, 0, 1, 2);
    if (from == 0) higher[0] = load(above + x);
    vector corner = *up;
    *up = (vector)higher;
    vector guess = filter == FILTER_PAETH ? paeth(*made, *up, corner) : average(*made, *up);
    *made = (vector)input + guess;
    words output = (words)*made;
    for (int row = from; row < to; row++) {
        uint32_t pixel = output[row];
        memcpy(rows + (size_t)row * stride + x - (size_t)row * channels, &pixel, 4);
    }
}

static inline __attribute__((always_inline)) void staggered(
    enum filter filter, uint8_t *rows, size_t stride, const uint8_t *filtered, size_t pitch, const uint8_t *above,
    size_t row_bytes, size_t channels, int count) {
    vector made = {0}, up = {0};
    size_t lead = (size_t)(count - 1) * channels;
    if (row_bytes < lead + channels) { /* too narrow to have a pixel of every row in one step */
        for (int row = 0; row < count; row++) {
            made = up = (vector){0};
            for (size_t x = 0; x < row_bytes; x += channels) {
                step(filter, rows + (size_t)row * stride, stride, filtered + (size_t)row * pitch, pitch,
                     row == 0 ? above : rows + (size_t)(row - 1) * stride, x, channels, 0, 1, &made, &up);
            }
        }
        return;
    }
    size_t x = 0;
    for (int inside = 1; inside < count; inside++, x += channels) {
        step(filter, rows, stride, filtered, pitch, above, x, channels, 0, inside, &made, &up);
    }
    for (; x < row_bytes; x += channels) {
        step(filter, rows, stride, filtered, pitch, above, x, channels, 0, count, &made, &up);
    }
    for (int outside = 1; outside < count; outside++, x += channels) {
        step(filter, rows, stride, filtered, pitch, above, x, channels, outside, count, &made, &up);
    }
}

/* `filtered` points to the first pixel here, after the filter byte. */
#define STAGGERED(filter, channels, count) \
    staggered(filter, rows, stride, filtered, row_bytes + 1, above, row_bytes, channels, count)

static void unfilter_average(uint8_t *rows, size_t stride, const uint8_t *filtered, const uint8_t *above,
                             size_t row_bytes, int channels, int count) {
    if (channels == 3) {
        if (count == UNFILTER_ROWS) STAGGERED(FILTER_AVERAGE, 3, UNFILTER_ROWS);
        else STAGGERED(FILTER_AVERAGE, 3, 1);
    } else {
        if (count == UNFILTER_ROWS) STAGGERED(FILTER_AVERAGE, 4, UNFILTER_ROWS);
        else STAGGERED(FILTER_AVERAGE, 4, 1);
    }
}

static void unfilter_paeth(uint8_t *rows, size_t stride, const uint8_t *filtered, const uint8_t *above,
                           size_t row_bytes, int channels, int count) {
    if (channels == 3) {
        if (count == UNFILTER_ROWS) STAGGERED(FILTER_PAETH, 3, UNFILTER_ROWS);
        else STAGGERED(FILTER_PAETH, 3, 1);
    } else {
        if (count == UNFILTER_ROWS) STAGGERED(FILTER_PAETH, 4, UNFILTER_ROWS);
        else STAGGERED(FILTER_PAETH, 4, 1);
    }
}

/* Unfilters one row of pixels of one or two bytes, byte by byte. */
static void unfilter_bytes(enum filter filter, uint8_t *row, const uint8_t *filtered, const uint8_t *above,
                           size_t row_bytes, size_t channels) {
    for (size_t x = 0; x < row_bytes; x++) {
        int left = x < channels ? 0 : row[x - channels], up = above[x];
        int corner = x < channels ? 0 : above[x - channels];
        int guess = (left + up) / 2;
        if (filter == FILTER_PAETH) {
            int to_left = up - corner, to_up = left - corner, to_corner = to_left + to_up;
            if (to_left < 0) to_left = -to_left;
            if (to_up < 0) to_up = -to_up;
            if (to_corner < 0) to_corner = -to_corner;
            guess = to_left <= to_up && to_left <= to_corner ? left : to_up <= to_corner ? up : corner;
        }
        row[x] = (uint8_t)(filtered[x] + guess);
    }
}

static inline __attribute__((always_inline)) void sub(uint8_t *row, const uint8_t *filtered, size_t row_bytes,
                                                      size_t channels) {
    uint8_t left[4] = {0};
    for (size_t x = 0; x < row_bytes; x += channels) {
        for (size_t channel = 0; channel < channels; channel++) {
            left[channel] = (uint8_t)(left[channel] + filtered[x + channel]);
            row[x + channel] = left[channel];
        }
    }
}

static inline __attribute__((always_inline)) void sub_words(uint8_t *row, const uint8_t *filtered, size_t row_bytes,
                                                            size_t channels) {
    typedef uint8_t pixel __attribute__((vector_size(4)));
    pixel left = {0}, more;
    for (size_t x = 0; x < row_bytes; x += channels) {
        memcpy(&more, filtered + x, 4);
        left += more;
        memcpy(row + x, &left, 4);
    }
}

static void unfilter_sub(uint8_t *row, const uint8_t *filtered, size_t row_bytes, int channels) {
    switch (channels) {
    case 1: sub(row, filtered, row_bytes, 1); break;
    case 2: sub(row, filtered, row_bytes, 2); break;
    case 3: sub_words(row, filtered, row_bytes, 3); break;
    default: sub_words(row, filtered, row_bytes, 4); break;
    }
}

int vector_png_unfilter(uint8_t *rows, size_t stride, const uint8_t *filtered, int available,
                        const uint8_t *above, size_t row_bytes, int channels) {
    uint8_t filter = *filtered;
    int count = 1;
    if (filter >= FILTER_AVERAGE && channels >= 3) {
        while (count < available && count < UNFILTER_ROWS && filtered[(size_t)count * (row_bytes + 1)] == filter) {
            count++;
        }
        if (count < UNFILTER_ROWS) count = 1;
    }
    filtered++;
    switch (filter) {
    case FILTER_NONE: memcpy(rows, filtered, row_bytes); break;
    case FILTER_SUB: unfilter_sub(rows, filtered, row_bytes, channels); break;
    case FILTER_UP:
        for (size_t x = 0; x < row_bytes; x++) rows[x] = (uint8_t)(filtered[x] + above[x]);
        break;
    case FILTER_AVERAGE:
    case FILTER_PAETH:
        if (channels < 3) unfilter_bytes(filter, rows, filtered, above, row_bytes, (size_t)channels);
        else if (filter == FILTER_AVERAGE) unfilter_average(rows, stride, filtered, above, row_bytes, channels, count);
        else unfilter_paeth(rows, stride, filtered, above, row_bytes, channels, count);
        break;
    default: return 0;
    }
    return count;
}

#endif
