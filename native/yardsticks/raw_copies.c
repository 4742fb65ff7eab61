/*
 * The fastest copies without checks and recovery, as an upper bound. Not part of the product. The benchmarks compare the engine with the
 * best of them at each size.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

typedef void raw_copy(void *dst, const void *src, size_t n);

#define OVERLAPPING(TYPE)                                                                                                                  \
    do {                                                                                                                                   \
        TYPE first, last;                                                                                                                  \
        memcpy(&first, s, sizeof first);                                                                                                   \
        memcpy(&last, s + n - sizeof last, sizeof last);                                                                                   \
        memcpy(d, &first, sizeof first);                                                                                                   \
        memcpy(d + n - sizeof last, &last, sizeof last);                                                                                   \
    } while (0)

static inline __attribute__((always_inline)) void copy_upto_16(char *d, const char *s, size_t n) {
    if (n >= 8)
        OVERLAPPING(uint64_t);
    else if (n >= 4)
        OVERLAPPING(uint32_t);
    else if (n >= 2)
        OVERLAPPING(uint16_t);
    else if (n == 1)
        *d = *s;
}

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))
#define AVX512 __attribute__((target("avx512f,avx512vl,avx512bw,bmi2")))

static inline __attribute__((always_inline)) void copy_upto_32(char *d, const char *s, size_t n) {
    if (n >= 16)
        OVERLAPPING(__m128i_u);
    else
        copy_upto_16(d, s, n);
}

AVX512 static inline __attribute__((always_inline)) void copy_upto_64(char *d, const char *s, size_t n) {
    if (n >= 32)
        OVERLAPPING(__m256i_u);
    else
        copy_upto_32(d, s, n);
}

AVX512 static inline __attribute__((always_inline)) void copy_masked(char *d, const char *s, size_t n) {
    __mmask64 mask = _cvtu64_mask64(_bzhi_u64(UINT64_MAX, (unsigned)n));
    _mm512_mask_storeu_epi8(d, mask, _mm512_maskz_loadu_epi8(mask, s));
}

static void string_copy(void *dst, const void *src, size_t n) {
    __asm__ volatile("rep movsb" : "+D"(dst), "+S"(src), "+c"(n) : : "memory");
}

#define VECTOR __m512i
#define TARGET AVX512
#define LOAD(p) _mm512_loadu_si512(p)
#define STORE(p, v) _mm512_storeu_si512(p, v)
#define SMALL copy_upto_64
#define UNROLL 4
#define NAME avx512_by_4
#include "vector_copy.inc"
#define UNROLL 8
#define NAME avx512_by_8
#include "vector_copy.inc"
#undef SMALL
#define SMALL copy_masked
#define UNROLL 4
#define NAME avx512_masked
#include "vector_copy.inc"
#undef VECTOR
#undef TARGET
#undef LOAD
#undef STORE
#undef SMALL

#define VECTOR __m256i
#define TARGET AVX2
#define LOAD(p) _mm256_loadu_si256((const __m256i_u *)(p))
#define STORE(p, v) _mm256_storeu_si256((__m256i_u *)(p), v)
#define SMALL copy_upto_32
#define UNROLL 4
#define NAME avx2_by_4
#include "vector_copy.inc"
#define UNROLL 8
#define NAME avx2_by_8
#include "vector_copy.inc"

/* Writes around the cache, and prefetches past the end of the copy, which the product must not do. */
#define STREAMING(NAME, ATTRIBUTES, AHEAD, MOVE_TWO_LINES)                                                                                 \
    ATTRIBUTES static void NAME(void *dst, const void *src, size_t n) {                                                                    \
        char *d = dst;                                                                                                                     \
        const char *s = src;                                                                                                               \
        if (n < 256) {                                                                                                                     \
            memcpy(d, s, n);                                                                                                               \
            return;                                                                                                                        \
        }                                                                                                                                  \
        size_t head = -(uintptr_t)d & 63;                                                                                                  \
        memcpy(d, s, 64);                                                                                                                  \
        size_t i = head;                                                                                                                   \
        for (; i + 128 <= n; i += 128) {                                                                                                   \
            _mm_prefetch(s + i + (AHEAD), _MM_HINT_NTA);                                                                                   \
            _mm_prefetch(s + i + (AHEAD) + 64, _MM_HINT_NTA);                                                                              \
            MOVE_TWO_LINES;                                                                                                                \
        }                                                                                                                                  \
        _mm_sfence();                                                                                                                      \
        memcpy(d + n - 128, s + n - 128, 128);                                                                                             \
    }

#define STREAM_512(o) _mm512_stream_si512((void *)(d + i + (o)), _mm512_loadu_si512(s + i + (o)))
#define STREAM_256(o) _mm256_stream_si256((void *)(d + i + (o)), LOAD(s + i + (o)))
STREAMING(avx512_streaming_1k, AVX512, 1024, (STREAM_512(0), STREAM_512(64)))
STREAMING(avx512_streaming_4k, AVX512, 4096, (STREAM_512(0), STREAM_512(64)))
STREAMING(avx2_streaming_4k, AVX2, 4096, (STREAM_256(0), STREAM_256(32), STREAM_256(64), STREAM_256(96)))

enum needed { NOTHING, NEEDS_AVX2, NEEDS_AVX512 };

static int has(enum needed needed) {
    __builtin_cpu_init();
    if (needed == NEEDS_AVX512)
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") &&
               __builtin_cpu_supports("bmi2");
    return needed != NEEDS_AVX2 || __builtin_cpu_supports("avx2");
}

static const struct {
    const char *name;
    raw_copy *copy;
    enum needed needed;
    int around_cache;
} copies[] = {
    {"rep movsb", string_copy, NOTHING, 0},
    {"avx512", avx512_by_4, NEEDS_AVX512, 0},
    {"avx512 x8", avx512_by_8, NEEDS_AVX512, 0},
    {"avx512 mask", avx512_masked, NEEDS_AVX512, 0},
    {"avx2", avx2_by_4, NEEDS_AVX2, 0},
    {"avx2 x8", avx2_by_8, NEEDS_AVX2, 0},
    {"stream 1K", avx512_streaming_1k, NEEDS_AVX512, 1},
    {"stream 4K", avx512_streaming_4k, NEEDS_AVX512, 1},
    {"avx2 stream", avx2_streaming_4k, NEEDS_AVX2, 1},
};
#elif defined(__aarch64__)
#include <arm_neon.h>

#define VECTOR uint8x16_t
#define TARGET
#define LOAD(p) vld1q_u8((const uint8_t *)(p))
#define STORE(p, v) vst1q_u8((uint8_t *)(p), v)
#define SMALL copy_upto_16
#define UNROLL 4
#define NAME neon_by_4
#include "vector_copy.inc"
#define UNROLL 8
#define NAME neon_by_8
#include "vector_copy.inc"

enum needed { NOTHING };

static int has(enum needed needed) { return needed == NOTHING; }

static const struct {
    const char *name;
    raw_copy *copy;
    enum needed needed;
    int around_cache;
} copies[] = {
    {"neon", neon_by_4, NOTHING, 0},
    {"neon x8", neon_by_8, NOTHING, 0},
};
#endif

/* Returns the copy at an index among those that run on this CPU, and whether it writes around the cache; NULL after the last. */
EXPORT raw_copy *yardstick_raw_copy(size_t index, const char **name, int *around_cache) {
    for (size_t i = 0; i < sizeof copies / sizeof *copies; i++) {
        if (has(copies[i].needed) && index-- == 0) {
            *name = copies[i].name;
            *around_cache = copies[i].around_cache;
            return copies[i].copy;
        }
    }
    return NULL;
}
