#include "PostgresLibrary.h"

#ifdef WITH_POSTGRES

#ifndef LIBPQ_HAS_HEADER
#error "the trait Postgres needs libpq-fe.h: install libpq-dev"
#endif

#if defined(__linux__)

#include <LateLibrary.h>

static struct libpq_functions libpq;

int postgres_library_load(char *message, size_t size) {
    static const late_function functions[] = {
#define REQUIRED(name) {"PQ" #name, &libpq.name, 0},
        LIBPQ_FUNCTIONS(REQUIRED)
    };
    static late_library library = {"libpq.so.5", "libpq5", functions, sizeof functions / sizeof functions[0], 0};
    return late_library_load(&library, message, size) == LATE_LOADED;
}

#else

static const struct libpq_functions libpq = {
#define LINKED(name) .name = PQ##name,
    LIBPQ_FUNCTIONS(LINKED)
};

int postgres_library_load(char *message, size_t size) {
    (void)message, (void)size;
    return 1;
}

#endif

const struct libpq_functions *postgres_library(void) { return &libpq; }

#endif
