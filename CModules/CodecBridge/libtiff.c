#ifdef WITH_TIFF

#include "libtiff.h"

#if BRIDGE_LOADS_LATE

struct libtiff libtiff;

bridge_status bridge_tiff_load(void) {
    static const late_function functions[] = {
#define REQUIRED(name) {"TIFF" #name, &libtiff.name, 0},
        LIBTIFF_FUNCTIONS(REQUIRED)
    };
    static late_library library = {"libtiff.so.6", "libtiff6", functions, sizeof functions / sizeof functions[0], 0};
    return bridge_load(&library);
}

#else

struct libtiff libtiff = {
#define LINKED(name) .name = TIFF##name,
    LIBTIFF_FUNCTIONS(LINKED)
};

bridge_status bridge_tiff_load(void) { return bridge_ok(); }

#endif
#endif
