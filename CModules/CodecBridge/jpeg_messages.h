/* libjpeg's messages, sorted once for all who hear them: the JPEG decoder, the lossless rotation, and libtiff, which
   passes them on as text. */
#ifndef CODEC_BRIDGE_JPEG_MESSAGES_H
#define CODEC_BRIDGE_JPEG_MESSAGES_H

#include "support.h"

/* What an error means. */
enum bridge_code bridge_jpeg_error_code(int message);

/* Whether pixels can be wrong after a warning. `first` and `second` are the message's parameters. Unknown warnings are
   damage. What is told from a decoder's state besides is in jpeg_decode.c. */
int bridge_jpeg_warning_is_damage(int message, int first, int second);

/* The code of a formatted message, with its parameters (0 where it has none); 0 if libjpeg has no such message. */
int bridge_jpeg_message_of(const char *text, int parameters[2]);

#endif
