/* The C side of the codecs. Every call into libjpeg and libpng goes through here, because both
   report errors with longjmp: each function below arms its own setjmp and returns a status, so a
   jump starts and ends inside C and never crosses a Swift frame. No function exits the process,
   calls back into Swift, or keeps a caller's pointer after the call, unless its comment says so.

   Every buffer that a function fills comes with its size, checked before the first write. If the
   buffer is too small, the result is BRIDGE_MISUSE and nothing is written, unless the function's
   comment says otherwise. */
#ifndef CODEC_BRIDGE_H
#define CODEC_BRIDGE_H

#include <stddef.h>
#include <stdint.h>

enum bridge_code {
    BRIDGE_OK = 0,
    BRIDGE_TRUNCATED,       /* the data end before the image does */
    BRIDGE_CORRUPT,         /* the codec refused the data, or warned of damage that changes pixels */
    BRIDGE_UNSUPPORTED,     /* legal, but not decoded by the linked codec */
    BRIDGE_TOO_MANY_SCANS,  /* value: the limit */
    BRIDGE_TOO_MANY_WARNINGS, /* value: the limit */
    BRIDGE_CPU_TIME,        /* value: the limit in seconds */
    BRIDGE_OUTPUT_LIMIT,    /* the encoded bytes exceed the caller's maximum; value: the maximum */
    BRIDGE_OUT_OF_MEMORY,
    BRIDGE_READ_FAILED,     /* value: errno */
    BRIDGE_MISUSE           /* a call out of order, or a buffer too small: a defect of the caller */
};

typedef struct {
    int32_t code;     /* enum bridge_code */
    int64_t value;    /* see the codes */
    char message[200]; /* the codec's own message, NUL-terminated, empty if it gave none */
} bridge_status;

/* The source of encoded bytes: memory (`bytes` not NULL) or a seekable file (`descriptor` >= 0),
   read with pread, so that several readers can share a descriptor. Both stay the caller's and must
   outlive the decoder. */
typedef struct {
    const uint8_t *bytes;
    uint64_t size;
    int descriptor;
} bridge_input;

/* Encoded output. `bytes` is malloc'ed; release it with bridge_free. */
typedef struct {
    uint8_t *bytes;
    size_t size;
} bridge_output;

void bridge_free(void *pointer);

/* The versions of the libraries, as "2.1.5". Static storage. */
const char *bridge_jpeg_version(void);
const char *bridge_png_version(void);
/* The version compiled against: ISA-L does not report one at run time. NULL without the trait
   FastPNG. */
const char *bridge_isal_version(void);

/* --- zlib ------------------------------------------------------------------------------------- */

/* Returns the CRC-32 of the bytes, continued from `crc` (0 at the start). */
uint32_t bridge_crc32(uint32_t crc, const uint8_t *bytes, size_t size);

/* Inflates a zlib stream piece by piece; accepts and refuses the same streams as libpng. */
typedef struct bridge_inflater bridge_inflater;

enum {
    BRIDGE_INFLATER_RUNNING = 0, /* more input or more room is needed */
    BRIDGE_INFLATER_ENDED,       /* the stream is over, its checksum right; further bytes are not part of it */
    BRIDGE_INFLATER_DAMAGED
};

/* NULL without memory. */
bridge_inflater *bridge_inflater_open(void);
/* Reads up to `*size` bytes, writes up to `*capacity` bytes, and sets both to the actual
   numbers. */
int32_t bridge_inflater_run(bridge_inflater *inflater, const uint8_t *bytes, size_t *size, uint8_t *output,
                            size_t *capacity);
void bridge_inflater_close(bridge_inflater *inflater);

/* Compresses the bytes to a zlib stream, malloc'ed. */
bridge_status bridge_deflate(const uint8_t *bytes, size_t size, bridge_output *output);

/* --- JPEG decoder ----------------------------------------------------------------------------- */

typedef struct bridge_jpeg_decoder bridge_jpeg_decoder;

typedef struct {
    int32_t maximum_scans;
    int32_t maximum_warnings;
    double maximum_cpu_seconds; /* of the calling threads, summed over the calls on this decoder */
    int32_t tolerates_damage;   /* JPEG and TIFF: decode damaged data as far as possible; see bridge_jpeg_damage */
} bridge_limits;

typedef struct {
    int32_t width, height;        /* px, as stored */
    int32_t components;           /* 1, 3 or 4 */
    int32_t raw_planes;           /* 1 if bridge_jpeg_start_planes can serve this file */
    int32_t chroma_shift_x, chroma_shift_y; /* log2 of the subsampling, if raw_planes and components == 3 */
} bridge_jpeg_info;

typedef struct {
    int32_t width, height;  /* samples of the plane that belong to the image */
    int32_t stride;         /* samples that libjpeg reads or writes in each row: whole blocks, >= width */
    int32_t strip_rows;     /* rows of this plane in each strip */
} bridge_jpeg_plane;

typedef struct {
    int32_t planes;
    bridge_jpeg_plane plane[3];
    int32_t strips;
} bridge_jpeg_layout;

/* The rows of one plane in a strip: row r is at rows[r], and `row_size` bytes of it may be used. */
typedef struct {
    uint8_t *const *rows;
    int32_t row_count;
    size_t row_size;
} bridge_jpeg_plane_rows;

/* Reads the header. On success `*decoder` must be closed; on failure it is NULL. */
bridge_status bridge_jpeg_open(bridge_input input, bridge_limits limits, bridge_jpeg_decoder **decoder,
                               bridge_jpeg_info *info);

/* Starts decoding to component planes at 1/`denominator` of the size (1, 2, 4 or 8). Reads a
   progressive file to its end. */
bridge_status bridge_jpeg_start_planes(bridge_jpeg_decoder *decoder, int32_t denominator, bridge_jpeg_layout *layout);

/* Decodes the next strip: for each of the layout's planes p, layout.plane[p].strip_rows rows of
   layout.plane[p].stride samples. Rows below the image are written too (with the encoder's
   padding). */
bridge_status bridge_jpeg_read_planes(bridge_jpeg_decoder *decoder, const bridge_jpeg_plane_rows *planes,
                                      int32_t plane_count);

/* Starts decoding to packed rows: 1 channel (grey), 3 (RGB) or 4 (CMYK as stored: inverted in
   Adobe's files), with libjpeg's own upsampling and colour conversion. */
bridge_status bridge_jpeg_start_rows(bridge_jpeg_decoder *decoder, int32_t channels);
/* Decodes one row of width * channels bytes. */
bridge_status bridge_jpeg_read_row(bridge_jpeg_decoder *decoder, uint8_t *row, size_t row_size);

/* Reads the rest of the file after the last row and checks that the image was complete. */
bridge_status bridge_jpeg_finish(bridge_jpeg_decoder *decoder);
/* The first damage found so far, if the limits tolerate damage; BRIDGE_OK without any. */
bridge_status bridge_jpeg_damage(const bridge_jpeg_decoder *decoder);
void bridge_jpeg_close(bridge_jpeg_decoder *decoder);

/* Checks that the data are whole: decodes the coefficients of all scans, but no pixels. */
bridge_status bridge_jpeg_check(bridge_input input, bridge_limits limits);

/* Bytes from `start` up to, not including, `end`. */
typedef struct {
    uint64_t start, end;
} bridge_range;

/* Follows the codes of all scans of a Huffman-coded file and lists the bytes between the data of
   each interval and the next marker: fill bytes, restart markers after the last block, and bytes
   that no decoder reads. BRIDGE_UNSUPPORTED if the scans cannot be followed to their ends, damaged
   or not, or if there are more than `capacity` ranges. */
bridge_status bridge_jpeg_unused(bridge_input input, bridge_limits limits, bridge_range *ranges, size_t capacity,
                                 size_t *count);

/* Rotates a JPEG upright in the coefficient domain, without its metadata. BRIDGE_UNSUPPORTED if
   that would lose samples or if the data are damaged. Defined only with the package trait
   LosslessTurn; TurboJPEG contains its own jumps. */
bridge_status bridge_jpeg_rotate(const uint8_t *bytes, size_t size, int32_t orientation, bridge_limits limits,
                               bridge_output *output);

/* --- JPEG encoder ----------------------------------------------------------------------------- */

typedef struct bridge_jpeg_encoder bridge_jpeg_encoder;

typedef struct {
    int32_t width, height;
    int32_t components;  /* 1 (grey) or 3 (Y'CbCr) */
    int32_t chroma_shift_x, chroma_shift_y;
    int32_t quality;     /* 1...100 */
    const uint8_t *profile; /* ICC profile to embed, or NULL; read during open only */
    size_t profile_size;
    size_t maximum_bytes; /* 0: no limit */
} bridge_jpeg_encode_options;

bridge_status bridge_jpeg_encoder_open(const bridge_jpeg_encode_options *options, bridge_jpeg_encoder **encoder,
                                       bridge_jpeg_layout *layout);
/* Encodes the next strip: layout.plane[p].strip_rows rows of layout.plane[p].stride samples of each
   plane, padding included. */
bridge_status bridge_jpeg_write_planes(bridge_jpeg_encoder *encoder, const bridge_jpeg_plane_rows *planes,
                                       int32_t plane_count);
bridge_status bridge_jpeg_encoder_finish(bridge_jpeg_encoder *encoder, bridge_output *output);
void bridge_jpeg_encoder_close(bridge_jpeg_encoder *encoder);

/* --- PNG decoder ------------------------------------------------------------------------------ */

typedef struct bridge_png_decoder bridge_png_decoder;

typedef struct {
    int32_t width, height;
    int32_t channels;   /* after expansion: 1 grey, 2 grey + alpha, 3 RGB, 4 RGBA */
    int32_t sample_bytes; /* 1, or 2 (native byte order) if 16 bits are stored and were asked for */
    int32_t bit_depth;  /* as stored */
    int32_t interlaced;
} bridge_png_info;

enum {
    BRIDGE_PNG_KEEPS_16_BITS = 1, /* else 16-bit samples are scaled to 8 */
    BRIDGE_PNG_LIBPNG_ALONE = 2,  /* else (trait FastPNG) VectorPNG reads plain images; the result is the same */
    BRIDGE_PNG_IGNORES_TRNS = 4,  /* libpng's versions differ on a misplaced tRNS: the header's reader decides */
};
bridge_status bridge_png_open(bridge_input input, bridge_limits limits, int32_t options,
                              bridge_png_decoder **decoder, bridge_png_info *info);
/* Whether all image data read so far were read without libpng. */
int32_t bridge_png_is_fast(const bridge_png_decoder *decoder);
/* Decodes one row of width * channels samples. Interlaced files need bridge_png_read_image
   instead. */
bridge_status bridge_png_read_row(bridge_png_decoder *decoder, uint8_t *row, size_t row_size);
/* Decodes the whole image, rows `stride` bytes apart. */
bridge_status bridge_png_read_image(bridge_png_decoder *decoder, uint8_t *pixels, size_t size, size_t stride);
bridge_status bridge_png_finish(bridge_png_decoder *decoder);
void bridge_png_close(bridge_png_decoder *decoder);

/* Whether the image data, starting at the IDAT chunk at `offset`, are one zlib stream of `size`
   inflated bytes that ends with its last IDAT chunk, with correct checksums. Checks no pixels. 0
   means no or, without the trait FastPNG, unknown. */
int32_t bridge_png_data_is_plain(bridge_input input, uint64_t offset, uint64_t size);

/* --- PNG encoder ------------------------------------------------------------------------------ */

typedef struct bridge_png_encoder bridge_png_encoder;

typedef struct {
    int32_t width, height;
    int32_t channels;  /* 1 grey, 2 grey + alpha, 3 RGB, 4 RGBA; 8 bits each */
    int32_t compression; /* zlib level, 1...9 */
    const uint8_t *profile;
    size_t profile_size;
    size_t maximum_bytes;
} bridge_png_encode_options;

bridge_status bridge_png_encoder_open(const bridge_png_encode_options *options, bridge_png_encoder **encoder);
/* Encodes the next row of width * channels bytes. */
bridge_status bridge_png_write_row(bridge_png_encoder *encoder, const uint8_t *row, size_t row_size);
bridge_status bridge_png_encoder_finish(bridge_png_encoder *encoder, bridge_output *output);
void bridge_png_encoder_close(bridge_png_encoder *encoder);

/* --- WebP (never jumps; here so that all codecs have one interface) --------------------------- */

const char *bridge_webp_version(void);

/* The buffer for decoded rows, width * channels bytes apart: RGB (3 channels) or straight RGBA (4).
   The caller fills it with zeros. */
typedef struct {
    uint8_t *pixels;
    size_t capacity; /* in bytes */
    int32_t width, height, channels;
} bridge_webp_target;

/* Decodes a still image of the target's size. `bytes` starts at its VP8 or VP8L chunk, or at the
   ALPH chunk before it. Reads no more than `size` bytes, even if the chunk's length says more. */
bridge_status bridge_webp_decode(const uint8_t *bytes, size_t size, const bridge_webp_target *target);
/* Decodes like bridge_webp_decode and sets `*used` to the number of bytes needed, give or take the
   few that encoders usually append. If there are more bytes, finding the end takes about 20
   decodings. Leaves the pixels of `target` unspecified. */
bridge_status bridge_webp_measure(const uint8_t *bytes, size_t size, const bridge_webp_target *target,
                                  double maximum_cpu_seconds, size_t *used);
/* Decodes the first frame of an animated file onto its transparent canvas, which has the target's
   size. */
bridge_status bridge_webp_decode_first_frame(const uint8_t *bytes, size_t size, const bridge_webp_target *target);

typedef struct {
    int32_t width, height;
    int32_t channels;  /* 3 or 4 (straight alpha) */
    int32_t quality;   /* 1...100 */
    const uint8_t *profile;
    size_t profile_size;
    size_t maximum_bytes;
} bridge_webp_encode_options;

/* Encodes rows of width * channels bytes, `stride` bytes apart. */
bridge_status bridge_webp_encode(const bridge_webp_encode_options *options, const uint8_t *pixels, size_t size,
                                 size_t stride, bridge_output *output);

/* --- HEIF and AVIF (never jumps). Defined only with the package trait HEIF. ------------------- */

/* Loads libheif, if no earlier call has; the functions below that need no decoder do so too. On
   macOS it is linked. If it is missing, the result is BRIDGE_UNSUPPORTED. The constructors of its
   C++ libraries end the process without memory: the caller makes sure that there is some. */
bridge_status bridge_heif_load(void);
/* NULL if libheif cannot be loaded. */
const char *bridge_heif_version(void);
/* 1 if tiles can be decoded one by one and planes keep their coding: libheif 1.19 and later. */
int32_t bridge_heif_has_tiles(void);

/* Decodes the primary image of a file, or the first frame of a sequence without one. */
typedef struct bridge_heif_decoder bridge_heif_decoder;

typedef struct {
    int64_t maximum_pixels; /* of one image */
    int64_t maximum_memory; /* bytes that libheif may allocate for one image */
} bridge_heif_limits;

typedef struct {
    int32_t width, height;     /* px, after irot, imir and clap */
    int32_t bits;              /* of a luma sample */
    int32_t has_alpha, is_premultiplied;
    int32_t images;            /* top-level images in the file, at least 1 */
    int32_t has_metadata;
    size_t profile_size;       /* of the ICC profile, or 0 */
    /* The tiles' numbers and size, and the size before irot, imir and clap, all in px; 0 if tiles
       cannot be decoded one by one. */
    int32_t tile_columns, tile_rows, tile_width, tile_height, coded_width, coded_height;
} bridge_heif_info;

/* Reads the header without decoding pixels. `bytes` must outlive the decoder. On failure `*decoder`
   is NULL. */
bridge_status bridge_heif_open(const uint8_t *bytes, size_t size, bridge_heif_limits limits,
                               bridge_heif_decoder **decoder, bridge_heif_info *info);
/* Copies the ICC profile, info.profile_size bytes. */
bridge_status bridge_heif_profile(bridge_heif_decoder *decoder, uint8_t *profile, size_t size);

enum bridge_heif_model { BRIDGE_HEIF_GREY = 0, BRIDGE_HEIF_YCBCR, BRIDGE_HEIF_RGB };

typedef struct {
    int32_t model;             /* enum bridge_heif_model */
    int32_t shift_x, shift_y;  /* log2 of the chroma subsampling */
    int32_t bits, alpha_bits;  /* samples of more than 8 bits take two bytes, native byte order; 0: no alpha */
    int32_t width, height;     /* px */
    int32_t matrix;            /* MatrixCoefficients of ITU-T H.273; -1: not stated */
    int32_t full_range;        /* 1, or 0 for limited range; -1: as stated by the file */
    const uint8_t *samples[4]; /* one or three planes, alpha last at [3]; valid until the next decode or close */
    int32_t strides[4];        /* bytes from one row to the next */
} bridge_heif_planes;

/* Decodes the whole image and applies its transformations. `is_grey` and the chroma shifts state
   how it is coded: libheif before 1.19 converts and needs them to restore the coded form. */
bridge_status bridge_heif_decode(bridge_heif_decoder *decoder, int32_t is_grey, int32_t shift_x, int32_t shift_y,
                                 bridge_heif_planes *planes);
/* Decodes one tile, without transformations. */
bridge_status bridge_heif_decode_tile(bridge_heif_decoder *decoder, int32_t column, int32_t row,
                                      bridge_heif_planes *planes);
void bridge_heif_close(bridge_heif_decoder *decoder);

/* --- Planes to rows: arithmetic only ---------------------------------------------------------- */

enum bridge_rows_model { BRIDGE_ROWS_GREY = 0, BRIDGE_ROWS_YCBCR, BRIDGE_ROWS_RGB };

typedef struct {
    int32_t width;             /* px */
    int32_t model;             /* enum bridge_rows_model */
    int32_t shift_x, shift_y;  /* log2 of the chroma subsampling, 0 or 1 */
    int32_t bits, alpha_bits;  /* 1...16, more than 8 in two bytes */
    int32_t full_range;
    float matrix[6];           /* factors of U and V (range 1) in R, in G and in B */
    int32_t channels;          /* of the target: 3, or 4 with alpha */
    int32_t sample_bytes;      /* of the target: 1 or 2 */
    int32_t is_premultiplied;  /* alpha is divided out */
} bridge_row_conversion;

typedef struct {
    const uint8_t *planes[3];  /* the row; for subsampled chroma the nearest one */
    const uint8_t *far[2];     /* for chroma with fewer rows, the second nearest */
    const uint8_t *alpha;      /* NULL if channels is 3 */
} bridge_plane_rows;

/* Converts one row of planes to width * channels full-range samples. `scratch_count` is the room in
   `scratch`, in floats: at least 4 * width + 1. */
bridge_status bridge_convert_row(const bridge_row_conversion *how, const bridge_plane_rows *rows, float *scratch,
                                 size_t scratch_count, uint8_t *target, size_t target_size);

/* --- GIF (giflib never jumps). Defined only with the package trait GIF. ----------------------- */

const char *bridge_gif_version(void);
/* Decodes the first frame onto a canvas of width x height straight RGBA pixels, rows width * 4
   bytes apart, which the caller has filled with zeros; `capacity` is in bytes. Skips pixels outside
   the canvas. A frame without a size takes that of the logical screen. */
bridge_status bridge_gif_decode(const uint8_t *bytes, size_t size, uint8_t *pixels, size_t capacity, int32_t width,
                                int32_t height);

/* --- TIFF: only with the package trait TIFF. libtiff catches libjpeg's jumps itself. --- */

/* NULL if libtiff cannot be loaded. It is loaded like libheif, by this or by bridge_tiff_open. */
const char *bridge_tiff_version(void);

/* Decodes one image of a file. */
typedef struct bridge_tiff_decoder bridge_tiff_decoder;

enum bridge_tiff_model {
    BRIDGE_TIFF_GREY = 0,
    BRIDGE_TIFF_RGB,
    BRIDGE_TIFF_PALETTE,
    BRIDGE_TIFF_YCBCR,
    BRIDGE_TIFF_CMYK
};

typedef struct {
    uint32_t width, height;   /* px, as stored */
    int32_t model;            /* enum bridge_tiff_model */
    int32_t bits;             /* of a stored sample or index: 1...16, or 32, decoded to 16 */
    int32_t channels;         /* of the rows: 1 grey, 2 grey + alpha, 3 RGB, 4 RGBA or CMYK (0: no ink) */
    int32_t has_alpha;
    int32_t channels_left_out; /* extra samples that are not alpha */
    int32_t orientation;      /* the tag's value, valid or not */
    int32_t pages;            /* directories of the chain, at least 1 */
    int32_t has_metadata;
    int64_t decode_memory;    /* bytes */
    size_t profile_size;      /* of the ICC profile, or 0 */
} bridge_tiff_info;

/* Selects an image of a file. */
typedef struct {
    uint64_t directory;   /* the offset of its directory, in bytes */
    int32_t jpeg_frame;   /* start of frame marker of its JPEG data, or 0 */
    int32_t jpeg_factors; /* sampling factors of the first component there, 16 * horizontal + vertical, or 0 */
} bridge_tiff_page;

/* Reads the directory without decoding pixels. No single allocation of libtiff exceeds
   `maximum_memory` bytes. On failure `*decoder` is NULL. */
bridge_status bridge_tiff_open(bridge_input input, bridge_limits limits, size_t maximum_memory, bridge_tiff_page page,
                               bridge_tiff_decoder **decoder, bridge_tiff_info *info);
/* Copies the ICC profile, info.profile_size bytes. */
bridge_status bridge_tiff_profile(bridge_tiff_decoder *decoder, uint8_t *profile, size_t size);
/* Decodes the next row of width * channels samples: straight alpha, full range of 8 or 16 bits
   (native byte order), `sample_bytes` (1 or 2) each. */
bridge_status bridge_tiff_read_row(bridge_tiff_decoder *decoder, int32_t sample_bytes, uint8_t *row, size_t row_size);
/* The first damage found so far, if the limits tolerate damage; BRIDGE_OK without any. */
bridge_status bridge_tiff_damage(const bridge_tiff_decoder *decoder);
void bridge_tiff_close(bridge_tiff_decoder *decoder);

#endif
