#ifdef WITH_HEIF

#include "libheif.h"

#if BRIDGE_LOADS_LATE

struct libheif libheif;

bridge_status bridge_heif_load(void) {
    static const late_function functions[] = {
#define REQUIRED(name) {"heif_" #name, &libheif.name, 0},
#define OPTIONAL(name) {"heif_" #name, &libheif.name, 1},
        LIBHEIF_FUNCTIONS(REQUIRED, OPTIONAL)
    };
    static late_library library = {"libheif.so.1", "libheif1", functions, sizeof functions / sizeof functions[0], 0};
    return bridge_load(&library);
}

#else

struct libheif libheif = {
#define LINKED(name) .name = heif_##name,
    LIBHEIF_FUNCTIONS(LINKED, LINKED)
};

bridge_status bridge_heif_load(void) { return bridge_ok(); }

#endif
#endif
