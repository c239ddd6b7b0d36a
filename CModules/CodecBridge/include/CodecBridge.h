/* The one C target. Every call into libjpeg and libpng goes through here, because both report errors with longjmp:
   each function below arms its own setjmp and returns a status, so a jump starts and ends inside C and no Swift frame
   ever lies between. No function exits the process, calls back into Swift, or keeps a pointer that the caller owns
   past the call, except where its comment says so. */
#ifndef CODEC_BRIDGE_H
#define CODEC_BRIDGE_H

#include <stddef.h>
#include <stdint.h>

enum bridge_code {
    BRIDGE_OK = 0,
    BRIDGE_TRUNCATED,       /* the data end before the picture does */
    BRIDGE_CORRUPT,         /* the codec refused the data, or warned of damage that changes pixels */
    BRIDGE_UNSUPPORTED,     /* legal, but not decoded by the linked codec */
    BRIDGE_TOO_MANY_SCANS,  /* value: the limit */
    BRIDGE_TOO_MANY_WARNINGS, /* value: the limit */
    BRIDGE_CPU_TIME,        /* value: the limit in seconds */
    BRIDGE_OUTPUT_LIMIT,    /* the encoded bytes exceed the caller's maximum; value: the maximum */
    BRIDGE_OUT_OF_MEMORY,
    BRIDGE_READ_FAILED,     /* value: errno */
    BRIDGE_MISUSE           /* a call out of order: a defect of the caller */
};

typedef struct {
    int32_t code;     /* enum bridge_code */
    int64_t value;    /* see the codes */
    char message[200]; /* the codec's own words, NUL-terminated, empty where it has none */
} bridge_status;

/* Where encoded bytes come from: memory (`bytes` not NULL) or a seekable descriptor (`descriptor` >= 0), read with
   pread, so that one descriptor may serve several readers. Both stay the caller's and must outlive the decoder. */
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

/* Versions of the linked libraries, as "2.1.5". Static storage. */
const char *bridge_jpeg_version(void);
const char *bridge_png_version(void);
/* As compiled with: the library does not tell. NULL without the trait FastPNG. */
const char *bridge_isal_version(void);

/* --- zlib ------------------------------------------------------------------------------------------------------- */

uint32_t bridge_crc32(uint32_t crc, const uint8_t *bytes, size_t size);

/* Inflates a zlib stream piece by piece, and takes and refuses what libpng does. NULL without memory. */
typedef struct bridge_inflater bridge_inflater;

enum {
    BRIDGE_INFLATER_RUNNING = 0, /* more input or more room is needed */
    BRIDGE_INFLATER_ENDED,       /* the stream is over and its check sum right; what follows in `bytes` is not its own */
    BRIDGE_INFLATER_DAMAGED
};

bridge_inflater *bridge_inflater_open(void);
/* Reads up to `*size` bytes and writes up to `*capacity`; afterwards they say how many it were. */
int32_t bridge_inflater_run(bridge_inflater *inflater, const uint8_t *bytes, size_t *size, uint8_t *output,
                            size_t *capacity);
void bridge_inflater_close(bridge_inflater *inflater);

/* Makes a zlib stream of the bytes, malloc'ed. */
bridge_status bridge_deflate(const uint8_t *bytes, size_t size, bridge_output *output);

/* --- JPEG decoder ----------------------------------------------------------------------------------------------- */

typedef struct bridge_jpeg_decoder bridge_jpeg_decoder;

typedef struct {
    int32_t maximum_scans;
    int32_t maximum_warnings;
    double maximum_cpu_seconds; /* of the calling threads, summed over the calls on this decoder */
    int32_t tolerates_damage;   /* JPEG and TIFF: what can be decoded of damaged data counts; see bridge_jpeg_damage */
} bridge_limits;

typedef struct {
    int32_t width, height;        /* px, as stored */
    int32_t components;           /* 1, 3 or 4 */
    int32_t raw_planes;           /* 1 if bridge_jpeg_start_planes can serve this file */
    int32_t chroma_shift_x, chroma_shift_y; /* log2 of the subsampling, where raw_planes and components == 3 */
} bridge_jpeg_info;

typedef struct {
    int32_t width, height;  /* samples of the plane that belong to the picture */
    int32_t stride;         /* samples libjpeg writes in each row: whole blocks, >= width */
    int32_t band_rows;      /* rows of this plane in each band */
} bridge_jpeg_plane;

typedef struct {
    int32_t planes;
    bridge_jpeg_plane plane[3];
    int32_t bands;
} bridge_jpeg_layout;

/* Reads the header. On success `*decoder` must be closed; on failure it is NULL. */
bridge_status bridge_jpeg_open(bridge_input input, bridge_limits limits, bridge_jpeg_decoder **decoder,
                               bridge_jpeg_info *info);

/* Starts decoding to component planes at 1/`denominator` of the size (1, 2, 4 or 8). A progressive file is read to its
   end here. */
bridge_status bridge_jpeg_start_planes(bridge_jpeg_decoder *decoder, int32_t denominator, bridge_jpeg_layout *layout);

/* Decodes the next band: for each plane p, layout.plane[p].band_rows rows of layout.plane[p].stride samples, row r to
   rows[p][r]. Rows below the picture are written too (with the encoder's padding). */
bridge_status bridge_jpeg_read_planes(bridge_jpeg_decoder *decoder, uint8_t *const *const *rows);

/* Starts decoding to packed rows: 1 channel (grey), 3 (RGB) or 4 (CMYK as stored: Adobe's files hold it inverted), with
   libjpeg's own upsampling and colour conversion. */
bridge_status bridge_jpeg_start_rows(bridge_jpeg_decoder *decoder, int32_t channels);
/* Decodes one row of width * channels bytes. */
bridge_status bridge_jpeg_read_row(bridge_jpeg_decoder *decoder, uint8_t *row);

/* Reads what follows the last row and says whether the picture was complete. */
bridge_status bridge_jpeg_finish(bridge_jpeg_decoder *decoder);
/* The first damage found so far, where the limits tolerate damage; BRIDGE_OK if there is none. */
bridge_status bridge_jpeg_damage(const bridge_jpeg_decoder *decoder);
void bridge_jpeg_close(bridge_jpeg_decoder *decoder);

/* Decodes the coefficients of all scans, and no pixel: whether the data are whole. */
bridge_status bridge_jpeg_check(bridge_input input, bridge_limits limits);

/* Bytes from `start` up to, not including, `end`. */
typedef struct {
    uint64_t start, end;
} bridge_range;

/* Follows the codes of all scans of a Huffman-coded file and lists what lies behind the data of an interval, before the next
   marker: fill bytes, restart markers behind the last block, and what no decoder reads. BRIDGE_UNSUPPORTED where the scans
   cannot be followed to their ends, damaged or not, or where there are more than `capacity` ranges. */
bridge_status bridge_jpeg_unused(bridge_input input, bridge_limits limits, bridge_range *ranges, size_t capacity,
                                 size_t *count);

/* Turns a JPEG upright in the coefficient domain, metadata left out. BRIDGE_UNSUPPORTED where that is not perfect or the data
   are damaged. Defined only where the package trait LosslessTurn is on; TurboJPEG keeps its own jumps inside. */
bridge_status bridge_jpeg_turn(const uint8_t *bytes, size_t size, int32_t orientation, bridge_limits limits,
                               bridge_output *output);

/* --- JPEG encoder ----------------------------------------------------------------------------------------------- */

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
/* Encodes the next band; the layout says how many rows of how many samples each plane needs, padding included. */
bridge_status bridge_jpeg_write_planes(bridge_jpeg_encoder *encoder, uint8_t *const *const *rows);
bridge_status bridge_jpeg_encoder_finish(bridge_jpeg_encoder *encoder, bridge_output *output);
void bridge_jpeg_encoder_close(bridge_jpeg_encoder *encoder);

/* --- PNG decoder ------------------------------------------------------------------------------------------------ */

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
    BRIDGE_PNG_LIBPNG_ALONE = 2,  /* else (trait FastPNG) ISA-L inflates plain pictures; the result is the same */
    BRIDGE_PNG_IGNORES_TRNS = 4,  /* versions of libpng differ on a misplaced tRNS: the reader of the header decides */
};
bridge_status bridge_png_open(bridge_input input, bridge_limits limits, int32_t options,
                              bridge_png_decoder **decoder, bridge_png_info *info);
/* Whether libpng has not been needed for picture data so far. */
int32_t bridge_png_is_fast(const bridge_png_decoder *decoder);
/* Decodes one row of width * channels samples. Interlaced files only through bridge_png_read_image. */
bridge_status bridge_png_read_row(bridge_png_decoder *decoder, uint8_t *row);
/* Decodes the whole picture, rows `stride` bytes apart. */
bridge_status bridge_png_read_image(bridge_png_decoder *decoder, uint8_t *pixels, size_t stride);
bridge_status bridge_png_finish(bridge_png_decoder *decoder);
void bridge_png_close(bridge_png_decoder *decoder);

/* Whether the image data, whose first IDAT chunk begins at `offset`, are one zlib stream of `size` bytes that ends
   where the last of the chunks that follow on ends, with right check sums. No pixel is looked at. 0 says nothing: that
   it is not so, or (without the trait FastPNG) that it was not looked at. */
int32_t bridge_png_data_is_plain(bridge_input input, uint64_t offset, uint64_t size);

/* --- PNG encoder ------------------------------------------------------------------------------------------------ */

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
bridge_status bridge_png_write_row(bridge_png_encoder *encoder, const uint8_t *row);
bridge_status bridge_png_encoder_finish(bridge_png_encoder *encoder, bridge_output *output);
void bridge_png_encoder_close(bridge_png_encoder *encoder);

/* --- WebP (never jumps; here so that all codecs answer in one shape) --------------------------------------------- */

const char *bridge_webp_version(void);

/* Where decoded rows go, width * channels bytes apart: RGB (3 channels) or straight RGBA (4). The caller fills it with zeros. */
typedef struct {
    uint8_t *pixels;
    size_t capacity; /* in bytes */
    int32_t width, height, channels;
} bridge_webp_target;

/* Decodes a still image of the target's size from its VP8 or VP8L chunk, or from the ALPH chunk before it on. Nothing behind
   `size` bytes is read, whatever the length of the chunk says. */
bridge_status bridge_webp_decode(const uint8_t *bytes, size_t size, const bridge_webp_target *target);
/* Decodes like bridge_webp_decode, and says how many of the bytes are needed, give or take an encoder's usual ending. Where
   there are more of them, the search for their end takes some 20 decodings. `target` is unspecified afterwards. */
bridge_status bridge_webp_measure(const uint8_t *bytes, size_t size, const bridge_webp_target *target,
                                  double maximum_cpu_seconds, size_t *used);
/* Decodes the first frame of an animated file onto its transparent canvas, which has the target's size. */
bridge_status bridge_webp_decode_first_frame(const uint8_t *bytes, size_t size, const bridge_webp_target *target);

typedef struct {
    int32_t width, height;
    int32_t channels;  /* 3 or 4 (straight alpha) */
    int32_t quality;   /* 1...100 */
    const uint8_t *profile;
    size_t profile_size;
    size_t maximum_bytes;
} bridge_webp_encode_options;

bridge_status bridge_webp_encode(const bridge_webp_encode_options *options, const uint8_t *pixels, size_t stride,
                                 bridge_output *output);

/* --- HEIF and AVIF (never jumps). Defined only where the package trait HEIF is on. --------------------------------- */

const char *bridge_heif_version(void);
/* 1 if tiles are decoded one by one and planes come as they are coded: libheif 1.19 and later. */
int32_t bridge_heif_has_tiles(void);

/* The primary picture of a file, or the first frame of a sequence without one. */
typedef struct bridge_heif_picture bridge_heif_picture;

typedef struct {
    int64_t maximum_pixels; /* of one image */
    int64_t maximum_memory; /* bytes that libheif takes for one image */
} bridge_heif_limits;

typedef struct {
    int32_t width, height;     /* px, after irot, imir and clap */
    int32_t bits;              /* of a luma sample */
    int32_t has_alpha, is_premultiplied;
    int32_t pictures;          /* top-level pictures in the file, at least 1 */
    int32_t has_metadata;
    size_t profile_size;       /* of the ICC profile, or 0 */
    /* How many tiles there are and how large, and the size before irot, imir and clap; 0 where tiles cannot be had. */
    int32_t tile_columns, tile_rows, tile_width, tile_height, coded_width, coded_height;
} bridge_heif_info;

/* Reads the header; nothing is decoded. `bytes` must outlive the picture. On failure `*picture` is NULL. */
bridge_status bridge_heif_open(const uint8_t *bytes, size_t size, bridge_heif_limits limits,
                               bridge_heif_picture **picture, bridge_heif_info *info);
/* Copies the ICC profile, info.profile_size bytes. */
bridge_status bridge_heif_profile(bridge_heif_picture *picture, uint8_t *profile);

enum bridge_heif_model { BRIDGE_HEIF_GREY = 0, BRIDGE_HEIF_YCBCR, BRIDGE_HEIF_RGB };

typedef struct {
    int32_t model;             /* enum bridge_heif_model */
    int32_t shift_x, shift_y;  /* log2 of the chroma subsampling */
    int32_t bits, alpha_bits;  /* samples of more than 8 bits take two bytes, native byte order; 0: no alpha */
    int32_t width, height;     /* px */
    int32_t matrix;            /* MatrixCoefficients of ITU-T H.273; -1: nothing is said */
    int32_t full_range;        /* 1, or 0 for limited range; -1: as the file says */
    const uint8_t *samples[4]; /* one or three planes, alpha last at [3]; valid until the next decode or close */
    int32_t strides[4];        /* bytes from one row to the next */
} bridge_heif_planes;

/* Decodes the whole picture, its transformations applied. How it is coded (grey, or the chroma's shifts) has to be told for
   the sake of libheif before 1.19, which converts. */
bridge_status bridge_heif_decode(bridge_heif_picture *picture, int32_t is_grey, int32_t shift_x, int32_t shift_y,
                                 bridge_heif_planes *planes);
/* Decodes one tile, no transformation applied. */
bridge_status bridge_heif_decode_tile(bridge_heif_picture *picture, int32_t column, int32_t row,
                                      bridge_heif_planes *planes);
void bridge_heif_close(bridge_heif_picture *picture);

/* --- Planes to rows: arithmetic only ---------------------------------------------------------------------------------- */

enum bridge_rows_model { BRIDGE_ROWS_GREY = 0, BRIDGE_ROWS_YCBCR, BRIDGE_ROWS_RGB };

typedef struct {
    int32_t width;             /* px */
    int32_t model;             /* enum bridge_rows_model */
    int32_t shift_x, shift_y;  /* log2 of the chroma subsampling, 0 or 1 */
    int32_t bits, alpha_bits;  /* 1...16, more than 8 in two bytes */
    int32_t full_range;
    float matrix[6];           /* what U and V, of 1 from end to end, add to R, to G and to B */
    int32_t channels;          /* of the target: 3, or 4 with alpha */
    int32_t sample_bytes;      /* of the target: 1 or 2 */
    int32_t is_premultiplied;  /* alpha is divided out */
} bridge_row_conversion;

typedef struct {
    const uint8_t *planes[3];  /* the row; of subsampled chroma the nearest one */
    const uint8_t *far[2];     /* of chroma with fewer rows, the second nearest */
    const uint8_t *alpha;      /* NULL where channels is 3 */
} bridge_plane_rows;

/* Converts one row of planes to width * channels full-range samples. `scratch` has room for 4 * width + 1 numbers. */
void bridge_convert_row(const bridge_row_conversion *how, const bridge_plane_rows *rows, float *scratch, uint8_t *target);

/* --- GIF (giflib never jumps). Defined only where the package trait GIF is on. -------------------------------------- */

const char *bridge_gif_version(void);
/* Decodes the first frame onto a canvas of width x height straight RGBA pixels, rows width * 4 apart, which the caller has
   filled with zeros; `capacity` is in bytes. What of the frame lies outside of the canvas is left out. A frame without a size
   has the screen's. */
bridge_status bridge_gif_decode(const uint8_t *bytes, size_t size, uint8_t *pixels, size_t capacity, int32_t width,
                                int32_t height);

/* --- TIFF (libtiff catches libjpeg's jumps itself). Defined only where the package trait TIFF is on. ----------------- */

const char *bridge_tiff_version(void);

/* One image of a file. */
typedef struct bridge_tiff_picture bridge_tiff_picture;

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
    int32_t bits;             /* of a stored sample or index: 1...16, or 32, of which 16 come out */
    int32_t channels;         /* of the rows: 1 grey, 2 grey + alpha, 3 RGB, 4 RGBA or CMYK; 0 ink is no ink */
    int32_t has_alpha;
    int32_t channels_left_out; /* extra samples that are no alpha */
    int32_t orientation;      /* the tag's value, valid or not */
    int32_t pages;            /* directories of the chain, at least 1 */
    int32_t has_metadata;
    int64_t decode_memory;    /* bytes */
    size_t profile_size;      /* of the ICC profile, or 0 */
} bridge_tiff_info;

/* Which image of a file is read. */
typedef struct {
    uint64_t directory;   /* where its directory begins */
    int32_t jpeg_frame;   /* start of frame marker of its JPEG data, or 0 */
    int32_t jpeg_factors; /* sampling factors of the first component there, 16 * horizontal + vertical, or 0 */
} bridge_tiff_page;

/* Reads the directory; nothing is decoded. No single allocation of libtiff exceeds `maximum_memory` bytes. On failure `*picture`
   is NULL. */
bridge_status bridge_tiff_open(bridge_input input, bridge_limits limits, size_t maximum_memory, bridge_tiff_page page,
                               bridge_tiff_picture **picture, bridge_tiff_info *info);
/* Copies the ICC profile, info.profile_size bytes. */
bridge_status bridge_tiff_profile(bridge_tiff_picture *picture, uint8_t *profile);
/* Decodes the next row of width * channels samples: straight alpha, full range of 8 or (native byte order) 16 bits. */
bridge_status bridge_tiff_read_row(bridge_tiff_picture *picture, int32_t sample_bytes, uint8_t *row);
/* The first damage found so far, where the limits tolerate damage; BRIDGE_OK if there is none. */
bridge_status bridge_tiff_damage(const bridge_tiff_picture *picture);
void bridge_tiff_close(bridge_tiff_picture *picture);

#endif
