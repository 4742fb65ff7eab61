/* As copy.c, in C++: copies from memory with a line that is known to be bad, and from a mapping whose file was truncated. */
#include <csignal>
#include <cstdio>
#include <exception>
#include <sys/mman.h>
#include <unistd.h>

#include "mce.hpp"

static constexpr std::size_t length = 64 * 1024;

static std::size_t copy(void *to, const void *from) {
    const mce::copy_result result = mce::copy(to, from, length);
    std::printf("%zu bytes not copied", result.remaining);
    if (!result)
        std::printf(": %zu bytes are lost from byte %zu on (%s)", result.fault.extent,
                    static_cast<std::size_t>(result.fault.address - reinterpret_cast<std::uintptr_t>(from)),
                    result.fault.kind == MCE_KNOWN_POISON ? "known poison" : "bus error");
    std::puts("");
    return result.remaining;
}

int main() try {
    alignas(64) static unsigned char source[length], destination[length];
    const mce::recovery from_bus_errors(SIGBUS);
    std::size_t known;
    {
        mce::poison_map map(source, length);
        map.mark(10000, 1);
        known = copy(destination, source);
    }

    const int file = memfd_create("example", 0);
    if (ftruncate(file, length) != 0)
        return 1;
    void *mapped = mmap(nullptr, length, PROT_READ, MAP_SHARED, file, 0);
    if (mapped == MAP_FAILED || ftruncate(file, 20480) != 0)
        return 1;
    const std::size_t lost = copy(destination, mapped);
    return known == length - 9984 && lost == length - 20480 ? 0 : 1;
} catch (const std::exception &error) {
    std::fprintf(stderr, "copy: %s\n", error.what());
    return 1;
}
