#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "checked_copy.h"
#include "test.h"

int passed, failed;
bool emulated;

const struct kernel kernels[] = {
    {"mce_copy", mce_copy, 0, true},
#if defined(__x86_64__)
    {"checked avx512_erms", mce_checked_avx512_erms, MCE_CPU_AVX512, true},
    {"checked avx2_erms", mce_checked_avx2_erms, MCE_CPU_AVX2, true},
    {"checked avx512", mce_checked_avx512, MCE_CPU_AVX512, true},
    {"checked avx2", mce_checked_avx2, MCE_CPU_AVX2, true},
    {"checked sse2", mce_checked_sse2, MCE_CPU_SSE2, true},
    {"checked rep_movsb", mce_checked_rep_movsb, MCE_CPU_SSE2, true},
    {"avx512_erms", mce_copy_avx512_erms, MCE_CPU_AVX512, false},
    {"avx2_erms", mce_copy_avx2_erms, MCE_CPU_AVX2, false},
    {"avx512", mce_copy_avx512, MCE_CPU_AVX512, false},
    {"avx2", mce_copy_avx2, MCE_CPU_AVX2, false},
    {"sse2", mce_copy_sse2, MCE_CPU_SSE2, false},
    {"rep_movsb", mce_copy_rep_movsb, MCE_CPU_SSE2, false},
    {"avx512_streaming", mce_copy_avx512_streaming, MCE_CPU_AVX512, false},
    {"avx2_streaming", mce_copy_avx2_streaming, MCE_CPU_AVX2, false},
    {"sse2_streaming", mce_copy_sse2_streaming, MCE_CPU_SSE2, false},
#else
    {"checked neon", mce_checked_neon, MCE_CPU_NEON, true},
    {"checked neon_streaming", mce_checked_neon_streaming, MCE_CPU_NEON, true},
    {"neon", mce_copy_neon, MCE_CPU_NEON, false},
    {"neon_streaming", mce_copy_neon_streaming, MCE_CPU_NEON, false},
#endif
};
const size_t kernel_count = sizeof kernels / sizeof *kernels;

static void *must(void *p) {
    if (p == MAP_FAILED) {
        perror("mmap");
        exit(1);
    }
    return p;
}

unsigned char *truncated(size_t length, size_t beyond) {
    int file = memfd_create("test", MFD_CLOEXEC);
    if (file < 0 || ftruncate(file, (off_t)length) != 0) {
        perror("memfd");
        exit(1);
    }
    unsigned char *p = must(mmap(NULL, length + beyond, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0));
    close(file);
    for (size_t i = 0; i < length; i++)
        p[i] = (unsigned char)(i * 131 + (i >> 8) + 1);
    return p;
}

unsigned char *anonymous(size_t length) { return must(mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)); }

bool all(const unsigned char *p, size_t n, unsigned char value) {
    for (size_t i = 0; i < n; i++) {
        if (p[i] != value)
            return false;
    }
    return true;
}

int outcome_of(void (*f)(void)) {
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        alarm(30); /* a handler that loops fails the test */
        f();
        _exit(0);
    }
    int status;
    waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}
