#include "jpeg_bits.h"

#include <stdlib.h>

/* Follows the Huffman codes of a JPEG's scans (ITU-T T.81, annexes F and G) without decoding
   coefficients, to find the end of each interval's data and the bytes after it that no decoder
   reads. Calls no libjpeg function, and never jumps. */

enum { MAXIMUM_COMPONENTS = 4, MAXIMUM_SEGMENTS = 100000 };

typedef struct {
    int identifier, horizontal, vertical;
    uint32_t columns, rows; /* blocks of the image, in scans of this component alone */
    uint32_t stride;        /* blocks in a row of whole MCUs */
    uint64_t *nonzero;      /* progressive: a bit for each coefficient of each block; else NULL */
    int dc, ac;             /* tables in this scan */
    int is_seen;            /* a scan with its averages has been read */
    uint8_t sent[64];       /* progressive: Al of the last scan with this coefficient, 0 before the first */
} component;

typedef struct {
    bit_reader reader;
    code_table dc[4], ac[4];
    component components[MAXIMUM_COMPONENTS];
    int component_count, is_progressive, has_frame;
    uint32_t mcu_columns, mcu_rows;
    uint32_t restart_interval;
    uint32_t eob_run;
    int scans, maximum_scans;
    bridge_clock clock;

    bridge_range *ranges;
    size_t capacity, found;
} walk;

/* --- segments --------------------------------------------------------------------------------- */

static int read_tables(walk *w, uint64_t offset, uint64_t end) {
    while (offset + 17 <= end) {
        int header = byte_at(&w->reader, offset);
        if ((header & 15) > 3 || header >> 4 > 1) return 0;
        code_table *table = (header >> 4 ? w->ac : w->dc) + (header & 15);
        memset(table, 0, sizeof *table);
        int32_t code = 0, total = 0;
        uint64_t symbols = offset + 17;
        for (int length = 1; length <= 16; length++) {
            int count = byte_at(&w->reader, offset + (uint64_t)length);
            table->offset[length] = total - code;
            table->last_code[length] = count > 0 ? code + count - 1 : -1;
            /* As in libjpeg, no code is all ones, and no average has more than 15 bits. */
            if (count < 0 || total + count > 256 || symbols + (uint64_t)count > end) return 0;
            if (count > 0 && code + count >= 1 << length) return 0;
            for (int i = 0; i < count; i++, code++, total++) {
                int value = byte_at(&w->reader, symbols++);
                if (value < 0 || (header >> 4 == 0 && value > 15)) return 0;
                table->symbols[total] = (uint8_t)value;
                if (length > LOOKUP_BITS) continue;
                int first = code << (LOOKUP_BITS - length);
                int size = value & 15, passed = size > 0 ? (value >> 4) + 1 : value == 0xF0 ? 16 : 64;
                for (int j = 0; j < 1 << (LOOKUP_BITS - length); j++) {
                    table->lookup[first + j] = (uint16_t)(length << 8 | value);
                    table->steps[first + j] = (uint16_t)(passed << 8 | (length + size));
                }
            }
            code <<= 1;
        }
        if (header >> 4 == 1) join_steps(table);
        table->last_code[17] = INT32_MAX;
        table->is_defined = 1;
        offset = symbols;
    }
    return offset == end;
}

static int read_frame(walk *w, int marker, uint64_t offset, uint64_t end) {
    if (w->has_frame || end - offset < 6 || byte_at(&w->reader, offset) != 8) return 0;
    w->has_frame = 1;
    w->is_progressive = marker == 0xC2;
    uint32_t height = (uint32_t)(byte_at(&w->reader, offset + 1) << 8 | byte_at(&w->reader, offset + 2));
    uint32_t width = (uint32_t)(byte_at(&w->reader, offset + 3) << 8 | byte_at(&w->reader, offset + 4));
    w->component_count = byte_at(&w->reader, offset + 5);
    if (width == 0 || height == 0 || w->component_count < 1 || w->component_count > MAXIMUM_COMPONENTS
        || end - offset != 6 + 3 * (uint64_t)w->component_count) return 0;
    int across = 1, down = 1;
    for (int c = 0; c < w->component_count; c++) {
        component *part = &w->components[c];
        part->identifier = byte_at(&w->reader, offset + 6 + 3 * (uint64_t)c);
        int factors = byte_at(&w->reader, offset + 7 + 3 * (uint64_t)c);
        part->horizontal = factors >> 4;
        part->vertical = factors & 15;
        if (part->horizontal < 1 || part->horizontal > 4 || part->vertical < 1 || part->vertical > 4) return 0;
        if (part->horizontal > across) across = part->horizontal;
        if (part->vertical > down) down = part->vertical;
    }
    w->mcu_columns = (width + 8 * (uint32_t)across - 1) / (8 * (uint32_t)across);
    w->mcu_rows = (height + 8 * (uint32_t)down - 1) / (8 * (uint32_t)down);
    for (int c = 0; c < w->component_count; c++) {
        component *part = &w->components[c];
        part->columns = (width * (uint32_t)part->horizontal + 8 * (uint32_t)across - 1) / (8 * (uint32_t)across);
        part->rows = (height * (uint32_t)part->vertical + 8 * (uint32_t)down - 1) / (8 * (uint32_t)down);
        part->stride = w->mcu_columns * (uint32_t)part->horizontal;
        if (!w->is_progressive) continue;
        part->nonzero = calloc((size_t)part->stride * w->mcu_rows * (uint32_t)part->vertical, sizeof *part->nonzero);
        if (part->nonzero == NULL) return 0;
    }
    return 1;
}

/* --- blocks ----------------------------------------------------------------------------------- */

typedef struct {
    component *parts[MAXIMUM_COMPONENTS];
    int count, first, last, high, low; /* Ss, Se, Ah, Al */
} scan;

static int sequential_block(walk *w, const component *part) {
    const code_table *table = &w->ac[part->ac];
    int k = pass_block(&w->reader, &w->dc[part->dc], table);
    if (k == 0) {
        int size = symbol(&w->reader, &w->dc[part->dc]);
        if (size < 0 || size > 15 || !skip(&w->reader, size)) return 0;
        k = 1;
    }
    while (k < 64) {
        /* A long code, or the last codes of an interval. */
        int value = symbol(&w->reader, table);
        if (value < 0 || !skip(&w->reader, value & 15)) return 0;
        k += (value & 15) > 0 ? (value >> 4) + 1 : value == 0xF0 ? 16 : 64;
    }
    return 1;
}

/* Skips a correction bit for each known coefficient from `*k` on, until `zeros` unknown ones have
   been passed. */
static int refine(walk *w, uint64_t known, int *k, int last, int zeros) {
    for (; *k <= last; (*k)++) {
        if (known >> *k & 1) {
            if (!skip(&w->reader, 1)) return 0;
        } else if (--zeros < 0) {
            break;
        }
    }
    return 1;
}

static int progressive_block(walk *w, const component *part, const scan *s, uint64_t *known) {
    uint32_t more;
    if (s->first == 0) {
        if (s->high > 0) return skip(&w->reader, 1);
        int size = symbol(&w->reader, &w->dc[part->dc]);
        return size >= 0 && size <= 15 && skip(&w->reader, size);
    }
    int k = s->first;
    while (w->eob_run == 0 && k <= s->last) {
        int value = symbol(&w->reader, &w->ac[part->ac]);
        if (value < 0) return 0;
        int run = value >> 4, size = value & 15;
        if (size == 0 && run < 15) {
            if (!take(&w->reader, run, &more)) return 0;
            w->eob_run = (1u << run) + more;
            break;
        }
        if (s->high > 0) {
            if (size > 1 || !skip(&w->reader, size) || !refine(w, *known, &k, s->last, run)) return 0;
        } else {
            k += run;
            if (!skip(&w->reader, size)) return 0;
        }
        if (size > 0 && k > s->last) return 0;
        if (size > 0) *known |= (uint64_t)1 << k;
        k++;
    }
    if (w->eob_run > 0) {
        if (s->high > 0 && !refine(w, *known, &k, s->last, 64)) return 0;
        w->eob_run--;
    }
    return 1;
}

static int block(walk *w, component *part, const scan *s, uint32_t column, uint32_t row) {
    if (!w->is_progressive) return sequential_block(w, part);
    return progressive_block(w, part, s, &part->nonzero[(size_t)row * part->stride + column]);
}

static int mcu(walk *w, const scan *s, uint32_t column, uint32_t row) {
    if (s->count == 1) return block(w, s->parts[0], s, column, row);
    for (int c = 0; c < s->count; c++) {
        component *part = s->parts[c];
        for (int y = 0; y < part->vertical; y++) {
            for (int x = 0; x < part->horizontal; x++) {
                if (!block(w, part, s, column * (uint32_t)part->horizontal + (uint32_t)x,
                           row * (uint32_t)part->vertical + (uint32_t)y)) return 0;
            }
        }
    }
    return 1;
}

/* Ends an interval: records the bytes between its last bit and the next marker, and sets `position`
   to the marker's 0xFF. After the last interval of a scan, also passes restart markers, because no
   block follows them. */
static int end_interval(walk *w, int is_last) {
    uint64_t end = end_of_data(&w->reader);
    uint64_t at = w->reader.position;
    for (int value; (value = byte_at(&w->reader, at)) >= 0; at++) {
        if (value != 0xFF) continue;
        int next = byte_at(&w->reader, at + 1);
        if (next > 0 && next < 0xFF && !(is_last && next >= 0xD0 && next <= 0xD7)) break;
    }
    w->reader.position = at;
    w->reader.bits = 0;
    w->reader.count = w->reader.at_marker = 0;
    w->eob_run = 0;
    if (at == end) return 1;
    if (w->found >= w->capacity) return 0;
    w->ranges[w->found++] = (bridge_range){end, at};
    return 1;
}

static int read_scan(walk *w, uint64_t offset, uint64_t end) {
    scan s = {.count = byte_at(&w->reader, offset)};
    if (!w->has_frame || s.count < 1 || s.count > w->component_count || end - offset != 4 + 2 * (uint64_t)s.count) return 0;
    int blocks = 0;
    for (int i = 0; i < s.count; i++) {
        int identifier = byte_at(&w->reader, offset + 1 + 2 * (uint64_t)i), tables = byte_at(&w->reader, offset + 2 + 2 * (uint64_t)i);
        for (int c = 0; c < w->component_count && s.parts[i] == NULL; c++) {
            if (w->components[c].identifier == identifier) s.parts[i] = &w->components[c];
        }
        if (s.parts[i] == NULL || tables >> 4 > 3 || (tables & 15) > 3) return 0;
        s.parts[i]->dc = tables >> 4;
        s.parts[i]->ac = tables & 15;
        blocks += s.parts[i]->horizontal * s.parts[i]->vertical;
    }
    if (s.count > 1 && blocks > 10) return 0;
    uint64_t rest = offset + 1 + 2 * (uint64_t)s.count;
    s.last = 63;
    if (w->is_progressive) {
        s.first = byte_at(&w->reader, rest);
        s.last = byte_at(&w->reader, rest + 1);
        s.high = byte_at(&w->reader, rest + 2) >> 4;
        s.low = byte_at(&w->reader, rest + 2) & 15;
        if (s.last > 63 || s.first > s.last || (s.first == 0) != (s.last == 0) || (s.first > 0 && s.count > 1)) return 0;
        if (s.low > 13 || (s.high > 0 && s.low != s.high - 1)) return 0;
        for (int i = 0; i < s.count; i++) {
            /* Each scan continues from the last one of the same coefficients. */
            for (int k = s.first; k <= s.last; k++) {
                if (s.parts[i]->sent[k] != s.high) return 0;
                s.parts[i]->sent[k] = (uint8_t)s.low;
            }
        }
    }
    for (int i = 0; i < s.count; i++) {
        int needs_dc = s.first == 0 && s.high == 0, needs_ac = s.last > 0;
        if ((needs_dc && !w->dc[s.parts[i]->dc].is_defined) || (needs_ac && !w->ac[s.parts[i]->ac].is_defined)) return 0;
    }
    uint32_t columns = s.count == 1 ? s.parts[0]->columns : w->mcu_columns;
    uint32_t rows = s.count == 1 ? s.parts[0]->rows : w->mcu_rows;
    uint32_t left = w->restart_interval;
    int expected = 0xD0;
    w->reader.position = end;
    for (uint32_t row = 0; row < rows; row++) {
        for (uint32_t column = 0; column < columns; column++) {
            if (w->restart_interval > 0 && left == 0) {
                if (!end_interval(w, 0) || byte_at(&w->reader, w->reader.position + 1) != expected) return 0;
                w->reader.position += 2;
                expected = 0xD0 | ((expected + 1) & 7);
                left = w->restart_interval;
            }
            if (!mcu(w, &s, column, row)) return 0;
            left--;
        }
        if (bridge_clock_is_late(&w->clock)) return 0;
    }
    for (int i = 0; i < s.count && s.first == 0; i++) s.parts[i]->is_seen = 1;
    return end_interval(w, 1);
}

/* Walks to the end of the image; whether everything is valid. */
static int walk_file(walk *w) {
    w->reader.position = 2;
    for (int segments = 0; segments < MAXIMUM_SEGMENTS; segments++) {
        int value = byte_at(&w->reader, w->reader.position), marker = byte_at(&w->reader, w->reader.position + 1);
        if (value >= 0 && (value != 0xFF || marker == 0xFF || marker == 0)) {
            w->reader.position++;
            segments--;
            continue;
        }
        if (marker < 0 || marker == 0xD9) {
            for (int c = 0; c < w->component_count; c++) {
                if (!w->components[c].is_seen) return 0;
            }
            return w->has_frame;
        }
        uint64_t start = w->reader.position + 4;
        w->reader.position += 2;
        if (marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8)) continue;
        int high = byte_at(&w->reader, w->reader.position), low = byte_at(&w->reader, w->reader.position + 1);
        if (high < 0 || low < 0) return 0;
        int length = high << 8 | low;
        /* As in libjpeg, a length below 2 counts as 2: the length itself. */
        uint64_t end = w->reader.position + (uint64_t)(length < 2 ? 2 : length);
        w->reader.position = end;
        if (marker == 0xC4) {
            if (!read_tables(w, start, end)) return 0;
        } else if (marker == 0xDB) {
            /* Whole tables, as libjpeg requires. */
            uint64_t table = start;
            while (table < end) table += byte_at(&w->reader, table) > 15 ? 129 : 65;
            if (table != end) return 0;
        } else if (marker == 0xDD) {
            if (end - start != 2) return 0;
            int interval = byte_at(&w->reader, start + 1);
            if (interval < 0) return 0;
            w->restart_interval = (uint32_t)(byte_at(&w->reader, start) << 8 | interval);
        } else if (marker >= 0xC0 && marker <= 0xC2) {
            if (!read_frame(w, marker, start, end)) return 0;
        } else if (marker >= 0xC3 && marker <= 0xCF && marker != 0xC8 && marker != 0xCC) {
            return 0;
        } else if (marker == 0xDA) {
            if (++w->scans > w->maximum_scans || !read_scan(w, start, end)) return 0;
        }
    }
    return 0;
}

bridge_status bridge_jpeg_unused(bridge_input input, bridge_limits limits, bridge_range *ranges, size_t capacity,
                                 size_t *count) {
    *count = 0;
    walk *w = calloc(1, sizeof *w);
    if (w == NULL) return bridge_failure(BRIDGE_OUT_OF_MEMORY, 0, NULL);
    w->reader.input = input;
    w->reader.window = input.bytes;
    w->reader.window_end = input.bytes != NULL ? input.size : 0;
    w->maximum_scans = limits.maximum_scans;
    w->ranges = ranges;
    w->capacity = capacity;
    w->clock.limit = limits.maximum_cpu_seconds;
    bridge_clock_enter(&w->clock);
    bridge_status status = bridge_ok();
    if (input.bytes == NULL && (w->reader.window = w->reader.chunk = malloc(INPUT_CHUNK)) == NULL) {
        status = bridge_failure(BRIDGE_OUT_OF_MEMORY, 0, NULL);
    } else if (!walk_file(w)) {
        status = bridge_failure(BRIDGE_UNSUPPORTED, 0, "scans that cannot be followed");
    } else {
        *count = w->found;
    }
    if (w->reader.read_error != 0) status = bridge_failure(BRIDGE_READ_FAILED, w->reader.read_error, NULL);
    for (int c = 0; c < MAXIMUM_COMPONENTS; c++) free(w->components[c].nonzero);
    free(w->reader.chunk);
    free(w);
    return status;
}
