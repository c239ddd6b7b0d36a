/* Measures the codecs alone: decodes SOURCE and encodes WIDTH x HEIGHT of its pixels as JPEG. Only
   the codecs scale, convert or check anything; if the target is larger, rows and columns are
   repeated. One thread.  floor SOURCE TARGET WIDTH HEIGHT QUALITY 420|444  JPEG in the target's
   subsampling goes from decoder to encoder as planes; everything else as RGB. Prints one line, then
   does the work once for each line on standard input and prints its cost: see
   comparison/workers.py. */
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <webp/decode.h>

#include <jpeglib.h>

typedef struct {
    int width, height, channels;
    uint8_t *pixels;
} picture;

static void fail(const char *what) {
    fprintf(stderr, "floor: %s\n", what);
    exit(1);
}

static uint8_t *allocate(size_t size) {
    uint8_t *bytes = malloc(size);
    if (bytes == NULL) fail("out of memory");
    return bytes;
}

static FILE *open_file(const char *path, const char *mode) {
    FILE *file = fopen(path, mode);
    if (file == NULL) fail(path);
    return file;
}

static void set_target(struct jpeg_compress_struct *out, FILE *file, int width, int height, int quality, int is_420) {
    jpeg_create_compress(out);
    jpeg_stdio_dest(out, file);
    out->image_width = (JDIMENSION)width;
    out->image_height = (JDIMENSION)height;
    out->input_components = 3;
    out->in_color_space = JCS_RGB;
    jpeg_set_defaults(out);
    jpeg_set_quality(out, quality, TRUE);
    out->comp_info[0].h_samp_factor = out->comp_info[0].v_samp_factor = is_420 ? 2 : 1;
}

/* Copies planes strip by strip, so that only the codecs take memory. A strip is 16 rows of luma. */
static int copy_planes(const char *source, const char *target, int width, int height, int quality) {
    struct jpeg_decompress_struct in;
    struct jpeg_compress_struct out;
    struct jpeg_error_mgr errors;
    in.err = out.err = jpeg_std_error(&errors);
    FILE *from = open_file(source, "rb");
    jpeg_create_decompress(&in);
    jpeg_stdio_src(&in, from);
    jpeg_read_header(&in, TRUE);
    int is_420 = in.num_components == 3 && in.comp_info[0].h_samp_factor == 2 && in.comp_info[0].v_samp_factor == 2
        && in.comp_info[1].h_samp_factor == 1 && in.comp_info[1].v_samp_factor == 1;
    if (!is_420 || (int)in.image_width < width || (int)in.image_height < height) {
        jpeg_destroy_decompress(&in);
        fclose(from);
        return 0;
    }
    in.raw_data_out = TRUE;
    jpeg_start_decompress(&in);
    FILE *to = open_file(target, "wb");
    set_target(&out, to, width, height, quality, 1);
    out.in_color_space = JCS_YCbCr;
    jpeg_set_colorspace(&out, JCS_YCbCr);
    out.comp_info[0].h_samp_factor = out.comp_info[0].v_samp_factor = 2;
    out.raw_data_in = TRUE;
    jpeg_start_compress(&out, TRUE);
    size_t stride = (in.image_width + 63) / 32 * 32;
    uint8_t *memory = allocate(stride * 32);
    JSAMPROW luma[16], blue[8], red[8];
    JSAMPARRAY planes[3] = {luma, blue, red};
    for (int i = 0; i < 16; i++) luma[i] = memory + stride * (size_t)i;
    for (int i = 0; i < 8; i++) {
        blue[i] = memory + stride * (size_t)(16 + i);
        red[i] = memory + stride * (size_t)(24 + i);
    }
    while (in.output_scanline < in.output_height) {
        jpeg_read_raw_data(&in, planes, 16);
        if (out.next_scanline < out.image_height) jpeg_write_raw_data(&out, planes, 16);
    }
    jpeg_finish_decompress(&in);
    jpeg_finish_compress(&out);
    jpeg_destroy_decompress(&in);
    jpeg_destroy_compress(&out);
    free(memory);
    fclose(from);
    fclose(to);
    return 1;
}

static picture read_jpeg(const char *path) {
    struct jpeg_decompress_struct in;
    struct jpeg_error_mgr errors;
    in.err = jpeg_std_error(&errors);
    FILE *file = open_file(path, "rb");
    jpeg_create_decompress(&in);
    jpeg_stdio_src(&in, file);
    jpeg_read_header(&in, TRUE);
    in.out_color_space = JCS_RGB;
    jpeg_start_decompress(&in);
    picture result = {(int)in.output_width, (int)in.output_height, 3, NULL};
    result.pixels = allocate((size_t)result.width * 3 * (size_t)result.height);
    while (in.output_scanline < in.output_height) {
        JSAMPROW row = result.pixels + (size_t)in.output_scanline * (size_t)result.width * 3;
        jpeg_read_scanlines(&in, &row, 1);
    }
    jpeg_finish_decompress(&in);
    jpeg_destroy_decompress(&in);
    fclose(file);
    return result;
}

/* Copies a PNG row by row into the encoder, whose RGBX input ignores alpha. */
static void copy_png(const char *source, const char *target, int width, int height, int quality, int is_420) {
    FILE *from = open_file(source, "rb"), *to = open_file(target, "wb");
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    if (setjmp(png_jmpbuf(png))) fail("libpng gave up");
    png_init_io(png, from);
    png_read_info(png, info);
    int channels = png_get_channels(png, info), stored = (int)png_get_image_width(png, info);
    int rows = (int)png_get_image_height(png, info);
    if (channels < 3 || png_get_bit_depth(png, info) != 8) fail("expected RGB or RGBA of 8 bits");
    struct jpeg_compress_struct out;
    struct jpeg_error_mgr errors;
    out.err = jpeg_std_error(&errors);
    set_target(&out, to, width, height, quality, is_420);
    out.input_components = channels;
    out.in_color_space = channels == 4 ? JCS_EXT_RGBX : JCS_RGB;
    jpeg_start_compress(&out, TRUE);
    uint8_t *row = allocate((size_t)(stored > width ? stored : width) * (size_t)channels);
    for (int y = 0; y < rows; y++) {
        png_read_row(png, row, NULL);
        if (out.next_scanline < out.image_height) jpeg_write_scanlines(&out, &row, 1);
    }
    png_read_end(png, NULL);
    while (out.next_scanline < out.image_height) jpeg_write_scanlines(&out, &row, 1);
    jpeg_finish_compress(&out);
    jpeg_destroy_compress(&out);
    png_destroy_read_struct(&png, &info, NULL);
    free(row);
    fclose(from);
    fclose(to);
}

static picture read_webp(const char *path) {
    FILE *file = open_file(path, "rb");
    fseek(file, 0, SEEK_END);
    size_t size = (size_t)ftell(file);
    rewind(file);
    uint8_t *bytes = allocate(size);
    if (fread(bytes, 1, size, file) != size) fail(path);
    fclose(file);
    picture result = {0, 0, 3, NULL};
    result.pixels = WebPDecodeRGB(bytes, size, &result.width, &result.height);
    if (result.pixels == NULL) fail("libwebp gave up");
    free(bytes);
    return result;
}

static void write_jpeg(const picture *source, const char *path, int width, int height, int quality, int is_420) {
    FILE *file = open_file(path, "wb");
    struct jpeg_compress_struct out;
    struct jpeg_error_mgr errors;
    out.err = jpeg_std_error(&errors);
    set_target(&out, file, width, height, quality, is_420);
    jpeg_start_compress(&out, TRUE);
    uint8_t *wide = allocate((size_t)width * 3);
    while (out.next_scanline < out.image_height) {
        size_t y = (size_t)out.next_scanline * (size_t)source->height / (size_t)height;
        JSAMPROW row = source->pixels + y * (size_t)source->width * 3;
        if (source->width < width) {
            for (int x = 0; x < width; x++) memcpy(wide + 3 * x, row + 3 * ((size_t)x * (size_t)source->width / (size_t)width), 3);
            row = wide;
        }
        jpeg_write_scanlines(&out, &row, 1);
    }
    jpeg_finish_compress(&out);
    jpeg_destroy_compress(&out);
    free(wide);
    fclose(file);
}

static long status_field(const char *name) {
    char line[256];
    long value = 0;
    FILE *file = open_file("/proc/self/status", "r");
    while (fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, name, strlen(name)) == 0) value = atol(line + strlen(name) + 1);
    }
    fclose(file);
    return value;
}

static double seconds(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

int main(int count, char **arguments) {
    if (count != 7) fail("usage: floor SOURCE TARGET WIDTH HEIGHT QUALITY 420|444");
    const char *source = arguments[1], *target = arguments[2];
    int width = atoi(arguments[3]), height = atoi(arguments[4]), quality = atoi(arguments[5]);
    int is_420 = strcmp(arguments[6], "420") == 0;
    const char *dot = strrchr(source, '.');
    printf("{\"idle\": %ld}\n", status_field("VmRSS"));
    fflush(stdout);
    while (getchar() != EOF) {
        double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID), wall = seconds(CLOCK_MONOTONIC);
        if (strcmp(dot, ".png") == 0) {
            copy_png(source, target, width, height, quality, is_420);
        } else if (strcmp(dot, ".webp") == 0 || !is_420 || !copy_planes(source, target, width, height, quality)) {
            picture decoded = strcmp(dot, ".webp") == 0 ? read_webp(source) : read_jpeg(source);
            write_jpeg(&decoded, target, width, height, quality, is_420);
            free(decoded.pixels);
        }
        printf("{\"cpu\": %f, \"wall\": %f, \"peak\": %ld}\n", seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu,
               seconds(CLOCK_MONOTONIC) - wall, status_field("VmHWM"));
        fflush(stdout);
    }
    return 0;
}
