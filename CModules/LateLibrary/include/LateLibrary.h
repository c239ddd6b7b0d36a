/* Libraries of the system that are loaded when they are first needed. Linked, they would be mapped
   and initialized at every start: libheif alone brings five codecs, whose tables take more
   instructions than a small JPEG does.

   A user lists the functions once, in a macro that takes a macro, and makes of that list a struct
   of pointers with the types of the library's own header, and the array below. Used on Linux only:
   elsewhere the users link their libraries. */
#ifndef LATE_LIBRARY_H
#define LATE_LIBRARY_H

#include <stddef.h>

typedef struct {
    const char *name;
    void *pointer;   /* address of the pointer to the function; set by late_library_load */
    int is_optional; /* keeps NULL if the library is an older one without this function */
} late_function;

typedef struct {
    const char *soname;  /* the one that belongs to the headers, such as "libheif.so.1" */
    const char *package; /* Debian's name of the package to install */
    const late_function *functions;
    size_t count;
    int is_loaded;       /* 0 at first */
} late_library;

enum late_result {
    LATE_LOADED = 0,
    LATE_MISSING,      /* there is no such library, or it lacks a function or another library */
    LATE_OUT_OF_MEMORY /* the system grants no memory for it; a later call may succeed */
};

/* Loads the library, if no earlier call has, and sets the pointers to its functions. It then stays
   loaded. Any thread may call this. On failure no pointer is set, and `message` gets one line, cut
   to `size` bytes with its NUL. */
enum late_result late_library_load(late_library *library, char *message, size_t size);

#endif
