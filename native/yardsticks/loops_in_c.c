/* The loops of a C program that copies the same bytes again and again. The functions are pointers, so that the compiler cannot replace
 * them. */
#include <stddef.h>

#define EXPORT __attribute__((visibility("default")))

typedef void *library_copy(void *dst, const void *src, size_t n);
typedef size_t checked_copy(void *dst, const void *src, size_t n, void *fault);

EXPORT size_t yardstick_repeat_memcpy(library_copy *copy, void *dst, const void *src, size_t n, size_t count) {
    for (size_t i = 0; i < count; i++)
        copy(dst, src, n);
    return 0;
}

EXPORT size_t yardstick_repeat_mce_copy(checked_copy *copy, void *dst, const void *src, size_t n, size_t count) {
    /* Larger than struct mce_fault. */
    _Alignas(16) char fault[64];
    size_t remaining = 0;
    for (size_t i = 0; i < count; i++)
        remaining |= copy(dst, src, n, fault);
    return remaining;
}
