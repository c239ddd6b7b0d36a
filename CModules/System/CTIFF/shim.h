/* libtiff, called by CodecBridge only. */
#include <tiffio.h>
