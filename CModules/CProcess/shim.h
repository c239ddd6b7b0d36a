#ifndef SEEDREAM_CPROCESS_H
#define SEEDREAM_CPROCESS_H

/* Calls of Linux and glibc that Swift cannot make: prctl takes any number of arguments, and
   <sys/statfs.h>, <malloc.h> and wcwidth are not in Swift's module of the C library. */

/* Defines __GLIBC__. */
#include <stdlib.h>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

/* Returns memory that glibc's allocator keeps for later to the system. */
static inline void cprocess_return_memory(void) {
#if defined(__GLIBC__)
    malloc_trim(0);
#endif
}

/* Makes glibc's allocator use one arena for all threads; an arena reserves 64 MiB of addresses,
   used or not. Call it before the first thread. */
static inline void cprocess_share_arena(void) {
#if defined(__GLIBC__)
    mallopt(M_ARENA_MAX, 1);
#endif
}

/* Makes glibc's allocator take blocks of 64 KiB and more from the system, and return them to it. */
static inline void cprocess_limit_memory(void) {
#if defined(__GLIBC__)
    mallopt(M_MMAP_THRESHOLD, 65536);
#endif
}

#ifdef __linux__
#include <sys/prctl.h>
#include <sys/statfs.h>
#include <wchar.h>

extern int wcwidth(wchar_t character);

/* Columns of a character on a terminal, by the locale of the thread: 0 to 2, or -1 if it does not
   print or is not known. */
static inline int cprocess_columns(unsigned int character) { return wcwidth((wchar_t)character); }

/* Forbids core dumps of this process, and other processes of its user to read its memory. 0, or -1
   with errno set. */
static inline int cprocess_forbid_dumps(void) { return prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L); }

/* The type of the file system of a path, as statfs(2) lists them; 0 if it is not known. */
static inline unsigned int cprocess_file_system(const char *path) {
    struct statfs status;
    return statfs(path, &status) == 0 ? (unsigned int)status.f_type : 0;
}
#endif

#endif
