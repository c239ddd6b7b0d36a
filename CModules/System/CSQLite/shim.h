#pragma once

#include <sqlite3.h>

// Swift imports neither macros that are expressions nor pointers made of numbers.

/// Codes of file systems that have no working locks.
static const int seedream_sqlite_lock_codes[] = {
    SQLITE_IOERR_LOCK,    SQLITE_IOERR_RDLOCK,  SQLITE_IOERR_UNLOCK, SQLITE_IOERR_CHECKRESERVEDLOCK,
    SQLITE_IOERR_SHMLOCK, SQLITE_IOERR_SHMOPEN, SQLITE_IOERR_SHMMAP, SQLITE_PROTOCOL,
    SQLITE_NOLFS,
};

/// Binds UTF-8 text, of which SQLite makes a copy.
static inline int seedream_sqlite_bind_text(
    sqlite3_stmt *statement, int index, const char *text, sqlite3_uint64 count) {
    return sqlite3_bind_text64(statement, index, text, count, SQLITE_TRANSIENT, SQLITE_UTF8);
}
