/* libtiff's functions, called as libtiff.Close() for TIFFClose(). */
#ifndef CODEC_BRIDGE_LIBTIFF_H
#define CODEC_BRIDGE_LIBTIFF_H

#include "support.h"

#if !__has_include(<tiffio.h>)
#error "the trait TIFF needs libtiff's headers: on Debian, install libtiff-dev"
#endif
#include <tiffio.h>

#define LIBTIFF_FUNCTIONS(REQUIRED) \
    REQUIRED(ClientOpenExt) \
    REQUIRED(Close) \
    REQUIRED(ComputeStrip) \
    REQUIRED(ComputeTile) \
    REQUIRED(FieldWithTag) \
    REQUIRED(GetField) \
    REQUIRED(GetFieldDefaulted) \
    REQUIRED(GetStrileByteCount) \
    REQUIRED(GetStrileOffset) \
    REQUIRED(GetTagListCount) \
    REQUIRED(GetTagListEntry) \
    REQUIRED(GetVersion) \
    REQUIRED(IsCODECConfigured) \
    REQUIRED(IsTiled) \
    REQUIRED(NumberOfDirectories) \
    REQUIRED(OpenOptionsAlloc) \
    REQUIRED(OpenOptionsFree) \
    REQUIRED(OpenOptionsSetErrorHandlerExtR) \
    REQUIRED(OpenOptionsSetMaxSingleMemAlloc) \
    REQUIRED(OpenOptionsSetWarningHandlerExtR) \
    REQUIRED(RGBAImageBegin) \
    REQUIRED(RGBAImageEnd) \
    REQUIRED(RGBAImageGet) \
    REQUIRED(RGBAImageOK) \
    REQUIRED(ReadEncodedStrip) \
    REQUIRED(ReadEncodedTile) \
    REQUIRED(ReadRawStrip) \
    REQUIRED(ReadRawTile) \
    REQUIRED(ReadScanline) \
    REQUIRED(ScanlineSize64) \
    REQUIRED(SetField) \
    REQUIRED(SetSubDirectory) \
    REQUIRED(TileRowSize64) \
    REQUIRED(TileSize64)

/* Valid once bridge_tiff_load has succeeded. */
extern struct libtiff {
#define MEMBER(name) __typeof__(TIFF##name) *name;
    LIBTIFF_FUNCTIONS(MEMBER)
#undef MEMBER
} libtiff;

/* Loads libtiff, if no earlier call has. */
bridge_status bridge_tiff_load(void);

#endif
