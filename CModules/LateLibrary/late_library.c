#include "LateLibrary.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

/* One for all libraries: each is loaded once. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static enum late_result failure(const late_library *library, char *message, size_t size) {
    const char *reason = dlerror();
    if (reason == NULL) reason = "the loader gives no reason";
    snprintf(message, size, "%s cannot be loaded: %s; install %s", library->soname, reason, library->package);
    /* The loader gives causes as text only; the second is a refused mapping. */
    int is_memory = strstr(reason, strerror(ENOMEM)) != NULL || strstr(reason, "failed to map segment") != NULL;
    return is_memory ? LATE_OUT_OF_MEMORY : LATE_MISSING;
}

static enum late_result load(late_library *library, char *message, size_t size) {
    dlerror();
    void *handle = dlopen(library->soname, RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL) return failure(library, message, size);
    for (size_t i = 0; i < library->count; i++) {
        const late_function *function = &library->functions[i];
        if (dlsym(handle, function->name) != NULL || function->is_optional) continue;
        enum late_result result = failure(library, message, size);
        dlclose(handle);
        return result;
    }
    for (size_t i = 0; i < library->count; i++) {
        void *symbol = dlsym(handle, library->functions[i].name);
        memcpy(library->functions[i].pointer, &symbol, sizeof symbol);
    }
    __atomic_store_n(&library->is_loaded, 1, __ATOMIC_RELEASE);
    return LATE_LOADED;
}

enum late_result late_library_load(late_library *library, char *message, size_t size) {
    if (__atomic_load_n(&library->is_loaded, __ATOMIC_ACQUIRE)) return LATE_LOADED;
    pthread_mutex_lock(&lock);
    enum late_result result = library->is_loaded ? LATE_LOADED : load(library, message, size);
    pthread_mutex_unlock(&lock);
    return result;
}
