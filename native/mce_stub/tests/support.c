#define _GNU_SOURCE
#include <fcntl.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "checked_copy.h"
#include "test.h"

_Atomic int passed, failed;
bool emulated;
bool in_guest;

int repetitions(int on_a_machine) { return in_guest ? on_a_machine / 10 : on_a_machine; }

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

_Atomic long allocated;
_Thread_local int allocations_left = -1;
_Thread_local bool guards_mappings;

void *__real_malloc(size_t size);
void __real_free(void *memory);
void *__real_mmap(void *address, size_t length, int protection, int flags, int file, off_t offset);
int __real_munmap(void *address, size_t length);

static bool may_allocate(void) { return allocations_left < 0 || allocations_left-- > 0; }

static void *counted(void *memory) {
    allocated += memory != NULL;
    return memory;
}

/* The calls that a statically linked C library makes itself are wrapped too: musl's malloc calls mmap. */
static _Thread_local bool inside_library;

void *__wrap_malloc(size_t size) {
    if (!may_allocate())
        return NULL;
    inside_library = true;
    void *memory = counted(__real_malloc(size));
    inside_library = false;
    return memory;
}

/* The C library's may call malloc, and musl's does. */
void *__wrap_calloc(size_t count, size_t size) {
    void *memory = __wrap_malloc(count * size);
    return memory ? memset(memory, 0, count * size) : NULL;
}

/* Overwrites the memory, so that whoever still uses it fails. */
void __wrap_free(void *memory) {
    if (memory) {
        memset(memory, 0xdf, malloc_usable_size(memory));
        allocated--;
    }
    inside_library = true;
    __real_free(memory);
    inside_library = false;
}

void *__wrap_mmap(void *address, size_t length, int protection, int flags, int file, off_t offset) {
    if (inside_library)
        return __real_mmap(address, length, protection, flags, file, offset);
    if (!may_allocate())
        return MAP_FAILED;
    size_t guard = guards_mappings ? PAGE : 0;
    void *memory = __real_mmap(address, length + guard, protection, flags, file, offset);
    if (memory != MAP_FAILED && guard)
        mprotect((char *)memory + length, guard, PROT_NONE);
    allocated += memory != MAP_FAILED;
    return memory;
}

int __wrap_munmap(void *address, size_t length) {
    allocated -= !inside_library;
    return __real_munmap(address, length);
}

mce_map_t map_over(uintptr_t start, size_t length) {
    mce_map_t map = 0;
    CHECK(mce_map_create((void *)start, length, &map) == 0, "a map");
    return map;
}

uint64_t lines_of(mce_map_t map) {
    uint64_t lines = 0;
    CHECK(mce_map_count(map, &lines) == 0, "count");
    return lines;
}

void gate_is_clear(const char *after) {
    const struct mce_gate *gate = mce_gate_of_process();
    int counted_pages = 0;
    for (int i = 0; i < 65536; i++)
        counted_pages += gate->poisoned_pages[i] != 0;
    CHECK(gate->poisoned_lines == 0 && counted_pages == 0, "after %s the gate counts %ld lines and %d pages", after,
          (long)gate->poisoned_lines, counted_pages);
}

uint64_t next_random(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state * UINT64_C(0x2545f4914f6cdd1d) >> 16;
}

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
        alarm(120); /* a handler that loops fails the test */
        f();
        _exit(0);
    }
    int status;
    waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}
