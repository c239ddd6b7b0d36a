/* Classifies libjpeg's messages for the JPEG decoder, the lossless rotation and libtiff, which
   passes them on as text. */
#ifndef CODEC_BRIDGE_JPEG_MESSAGES_H
#define CODEC_BRIDGE_JPEG_MESSAGES_H

#include "support.h"

/* The bridge_code of a libjpeg error. */
enum bridge_code bridge_jpeg_error_code(int message);

/* Whether pixels can be wrong after a warning. `first` and `second` are the message's parameters.
   Unknown warnings are damage. jpeg_decode.c also considers the decoder's state. */
int bridge_jpeg_warning_is_damage(int message, int first, int second);

/* The code of a formatted message, with its parameters (0 if it has none); 0 if libjpeg has no such
   message. */
int bridge_jpeg_message_of(const char *text, int parameters[2]);

#endif
