/* libtiff; see CodecBridge for who may call it. */
#include <tiffio.h>
