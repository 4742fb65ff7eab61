/* Other ways to survive a copy from memory that may be gone. Each returns the bytes not copied, as exactly as it can. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <setjmp.h>
#include <stddef.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "yardsticks.h"

static __thread sigjmp_buf *escape;
static __thread uintptr_t fault_address;
static struct sigaction former;
static int self_memory = -1;

static void jump_out(int signal, siginfo_t *info, void *context) {
    (void)signal, (void)context;
    fault_address = (uintptr_t)info->si_addr;
    siglongjmp(*escape, 1);
}

/* nodefer: the handler does not block SIGBUS, so no mask needs to be restored. */
EXPORT int yardstick_longjmp_begin(int nodefer) {
    struct sigaction action = {.sa_sigaction = jump_out, .sa_flags = SA_SIGINFO | (nodefer ? SA_NODEFER : 0)};
    return sigaction(SIGBUS, &action, &former);
}

EXPORT int yardstick_longjmp_end(void) { return sigaction(SIGBUS, &former, NULL); }

/* The count is right only if the C library's memcpy copies forward, which it does not guarantee. */
EXPORT size_t yardstick_sigsetjmp_mask(void *destination, const void *source, size_t length) {
    sigjmp_buf here;
    escape = &here;
    if (sigsetjmp(here, 1))
        return length - (fault_address - (uintptr_t)source);
    memcpy(destination, source, length);
    return 0;
}

EXPORT size_t yardstick_sigsetjmp(void *destination, const void *source, size_t length) {
    sigjmp_buf here;
    escape = &here;
    if (sigsetjmp(here, 0))
        return length - (fault_address - (uintptr_t)source);
    memcpy(destination, source, length);
    return 0;
}

#if defined(__x86_64__)
/* Strictly forward, so that the count is right. */
EXPORT size_t yardstick_sigsetjmp_forward(void *destination, const void *source, size_t length) {
    sigjmp_buf here;
    escape = &here;
    if (sigsetjmp(here, 0))
        return length - (fault_address - (uintptr_t)source);
    const void *from = source;
    size_t left = length;
    __asm__ volatile("rep movsb" : "+D"(destination), "+S"(from), "+c"(left)::"memory");
    return 0;
}
#endif

EXPORT size_t yardstick_process_vm_readv(void *destination, const void *source, size_t length) {
    struct iovec to = {destination, length}, from = {(void *)source, length};
    ssize_t copied = process_vm_readv(getpid(), &to, 1, &from, 1, 0);
    return copied < 0 ? length : length - (size_t)copied;
}

EXPORT int yardstick_self_memory_open(void) {
    if (self_memory < 0)
        self_memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    return self_memory < 0 ? -1 : 0;
}

EXPORT size_t yardstick_self_memory(void *destination, const void *source, size_t length) {
    size_t done = 0;
    while (done < length) {
        ssize_t copied = pread(self_memory, (char *)destination + done, length - done, (off_t)((uintptr_t)source + done));
        if (copied <= 0)
            break;
        done += (size_t)copied;
    }
    return length - done;
}
