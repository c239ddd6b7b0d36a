/* libpq, loaded when the first connection is made. Empty without the package trait Postgres. */
#ifndef POSTGRES_LIBRARY_H
#define POSTGRES_LIBRARY_H

#include <stddef.h>

/* Debian has the header in a folder that the compiler does not search. Without the trait it may be
   missing. */
#if __has_include(<libpq-fe.h>)
#include <libpq-fe.h>
#define LIBPQ_HAS_HEADER 1
#elif __has_include(<postgresql/libpq-fe.h>)
#include <postgresql/libpq-fe.h>
#define LIBPQ_HAS_HEADER 1
#endif

#ifdef LIBPQ_HAS_HEADER

#define LIBPQ_FUNCTIONS(FUNCTION) \
    FUNCTION(clear) \
    FUNCTION(cmdTuples) \
    FUNCTION(connectdbParams) \
    FUNCTION(consumeInput) \
    FUNCTION(errorMessage) \
    FUNCTION(finish) \
    FUNCTION(fname) \
    FUNCTION(getResult) \
    FUNCTION(getisnull) \
    FUNCTION(getvalue) \
    FUNCTION(isBusy) \
    FUNCTION(nfields) \
    FUNCTION(ntuples) \
    FUNCTION(parameterStatus) \
    FUNCTION(resultErrorField) \
    FUNCTION(resultStatus) \
    FUNCTION(sendQuery) \
    FUNCTION(sendQueryParams) \
    FUNCTION(setNoticeProcessor) \
    FUNCTION(socket) \
    FUNCTION(status)

/* libpq's functions, called as finish() for PQfinish(). */
struct libpq_functions {
#define MEMBER(name) __typeof__(PQ##name) *name;
    LIBPQ_FUNCTIONS(MEMBER)
#undef MEMBER
};

/* Loads libpq, if no earlier call has; on macOS it is linked. Returns 1, or 0 with one line about
   the failure in `message`, cut to `size` bytes with its NUL. Any thread may call this. */
int postgres_library_load(char *message, size_t size);

/* The functions, valid once the library is loaded. */
const struct libpq_functions *postgres_library(void);

#endif
#endif
