#include <stddef.h>
#include <libpq-fe.h>
