#ifndef SEEDREAM_CPROCESS_H
#define SEEDREAM_CPROCESS_H

/* Calls of Linux that Swift cannot make: prctl takes any number of arguments, and <sys/statfs.h> and wcwidth are not in
   Swift's module of the C library. */

#ifdef __linux__
#include <sys/prctl.h>
#include <sys/statfs.h>
#include <wchar.h>

extern int wcwidth(wchar_t character);

/* Columns of a character on a terminal, by the locale of the thread: 0 to 2, or -1 if it does not print or is not
   known. */
static inline int cprocess_columns(unsigned int character) { return wcwidth((wchar_t)character); }

/* Forbids core dumps of this process, and other processes of its user to read its memory. 0, or -1 with errno set. */
static inline int cprocess_forbid_dumps(void) { return prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L); }

/* The type of the file system that a path lies on, as statfs(2) lists them; 0 if it is not known. */
static inline unsigned int cprocess_file_system(const char *path) {
    struct statfs status;
    return statfs(path, &status) == 0 ? (unsigned int)status.f_type : 0;
}
#endif

#endif
