#include <stddef.h>
#include <lcms2.h>

/* Pixel layouts are composed macros, which the importer leaves out. */
static const cmsUInt32Number clcms_grey_8 = TYPE_GRAY_8;
static const cmsUInt32Number clcms_grey_alpha_8 = TYPE_GRAYA_8;
static const cmsUInt32Number clcms_rgb_8 = TYPE_RGB_8;
static const cmsUInt32Number clcms_rgba_8 = TYPE_RGBA_8;
static const cmsUInt32Number clcms_grey_16 = TYPE_GRAY_16;
static const cmsUInt32Number clcms_grey_alpha_16 = TYPE_GRAYA_16;
static const cmsUInt32Number clcms_rgb_16 = TYPE_RGB_16;
static const cmsUInt32Number clcms_rgba_16 = TYPE_RGBA_16;
/* 0 is full ink in the one, no ink in the other. */
static const cmsUInt32Number clcms_cmyk_8 = TYPE_CMYK_8;
static const cmsUInt32Number clcms_cmyk_inverted_8 = TYPE_CMYK_8_REV;
static const cmsUInt32Number clcms_cmyk_16 = TYPE_CMYK_16;
