#include <stddef.h>
#include <isa-l.h>
