/*
 * What the benchmarks measure against: the fastest copies that can be written for this machine when nothing is checked and nothing is
 * survived, and the cheapest fault there is. Not part of the product.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <ucontext.h>

#define EXPORT __attribute__((visibility("default")))

EXPORT void yardstick_memcpy(void *dst, const void *src, size_t n) { memcpy(dst, src, n); }

#if defined(__x86_64__)
#include <immintrin.h>

EXPORT void yardstick_string_copy(void *dst, const void *src, size_t n) {
    __asm__ volatile("rep movsb" : "+D"(dst), "+S"(src), "+c"(n) : : "memory");
}

#define AVX512 __attribute__((target("avx512f,avx512vl,avx512bw")))
#define LOAD(o) _mm512_loadu_si512(s + (o))
#define STORE(o, v) _mm512_storeu_si512(d + (o), v)

/* Overlapping moves below a kilobyte, then a loop over aligned destination lines. */
EXPORT AVX512 void yardstick_avx512(void *dst, const void *src, size_t n) {
    char *d = dst;
    const char *s = src;
    if (n <= 64) {
        __mmask64 m = n == 64 ? ~0ull : (1ull << n) - 1;
        _mm512_mask_storeu_epi8(d, m, _mm512_maskz_loadu_epi8(m, s));
        return;
    }
    if (n <= 128) {
        __m512i a = LOAD(0), b = LOAD(n - 64);
        STORE(0, a), STORE(n - 64, b);
        return;
    }
    if (n <= 256) {
        __m512i a = LOAD(0), b = LOAD(64), y = LOAD(n - 128), z = LOAD(n - 64);
        STORE(0, a), STORE(64, b), STORE(n - 128, y), STORE(n - 64, z);
        return;
    }
    if (n <= 512) {
        __m512i a = LOAD(0), b = LOAD(64), c = LOAD(128), e = LOAD(192);
        __m512i w = LOAD(n - 256), x = LOAD(n - 192), y = LOAD(n - 128), z = LOAD(n - 64);
        STORE(0, a), STORE(64, b), STORE(128, c), STORE(192, e);
        STORE(n - 256, w), STORE(n - 192, x), STORE(n - 128, y), STORE(n - 64, z);
        return;
    }
    STORE(0, LOAD(0));
    size_t i = 64 - ((uintptr_t)d & 63);
    for (; i + 512 <= n; i += 512) {
        __m512i a = LOAD(i), b = LOAD(i + 64), c = LOAD(i + 128), e = LOAD(i + 192);
        __m512i f = LOAD(i + 256), g = LOAD(i + 320), h = LOAD(i + 384), k = LOAD(i + 448);
        STORE(i, a), STORE(i + 64, b), STORE(i + 128, c), STORE(i + 192, e);
        STORE(i + 256, f), STORE(i + 320, g), STORE(i + 384, h), STORE(i + 448, k);
    }
    for (; i + 64 < n; i += 64)
        STORE(i, LOAD(i));
    STORE(n - 64, LOAD(n - 64));
}

__attribute__((target("avx2"))) EXPORT void yardstick_avx2(void *dst, const void *src, size_t n) {
    char *d = dst;
    const char *s = src;
    if (n < 128) {
        memcpy(dst, src, n);
        return;
    }
    size_t i = 0;
    for (; i + 128 <= n; i += 128) {
        __m256i a = _mm256_loadu_si256((const void *)(s + i)), b = _mm256_loadu_si256((const void *)(s + i + 32));
        __m256i c = _mm256_loadu_si256((const void *)(s + i + 64)), e = _mm256_loadu_si256((const void *)(s + i + 96));
        _mm256_storeu_si256((void *)(d + i), a), _mm256_storeu_si256((void *)(d + i + 32), b);
        _mm256_storeu_si256((void *)(d + i + 64), c), _mm256_storeu_si256((void *)(d + i + 96), e);
    }
    memcpy(d + i, s + i, n - i);
}

/* Around the cache, two lines a turn, prefetching a page ahead. Needs 64-byte alignment and multiples of 128. */
EXPORT AVX512 void yardstick_streaming(void *dst, const void *src, size_t n) {
    char *d = dst;
    const char *s = src;
    for (size_t i = 0; i < n; i += 128) {
        _mm_prefetch(s + i + 4096, _MM_HINT_NTA);
        _mm_prefetch(s + i + 4160, _MM_HINT_NTA);
        __m512i a = LOAD(i), b = LOAD(i + 64);
        _mm512_stream_si512((void *)(d + i), a);
        _mm512_stream_si512((void *)(d + i + 64), b);
    }
    _mm_sfence();
}

EXPORT int yardstick_has_avx512(void) {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw");
}
#endif

/* The cheapest fault: one load that raises SIGBUS, and a handler that does nothing but step over it. */
void yardstick_load(const void *address);
#if defined(__x86_64__)
__asm__(".text\n.globl yardstick_load\n.type yardstick_load, @function\nyardstick_load:\n movb (%rdi), %al\n ret\n");
static void step_over(int signal, siginfo_t *info, void *context) {
    (void)signal, (void)info;
    ((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP] += 2;
}
#elif defined(__aarch64__)
__asm__(".text\n.globl yardstick_load\n.type yardstick_load, %function\nyardstick_load:\n ldrb w0, [x0]\n ret\n");
static void step_over(int signal, siginfo_t *info, void *context) {
    (void)signal, (void)info;
    ((ucontext_t *)context)->uc_mcontext.pc += 4;
}
#endif

static struct sigaction former;

/* The handler replaces whatever handles SIGBUS until yardstick_floor_end. For one thread at a time. */
EXPORT int yardstick_floor_begin(void) {
    struct sigaction action = {.sa_sigaction = step_over, .sa_flags = SA_SIGINFO};
    return sigaction(SIGBUS, &action, &former);
}

EXPORT void yardstick_floor_fault(const void *address) { yardstick_load(address); }

EXPORT int yardstick_floor_end(void) { return sigaction(SIGBUS, &former, NULL); }
