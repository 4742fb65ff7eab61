/*
 * The C++ side of mce_stub.h: recovery and poison maps that end with their scope, and copies that return what they did not copy.
 *
 * C++17. Header-only: link with mce_stub. Functions that can fail come in two forms, as in <filesystem>: one throws std::system_error, the
 * other sets a std::error_code and throws nothing. With -fno-exceptions only the second form exists. The codes are those of errno.
 *
 * Everything is thread-safe, except that an object must not be moved, assigned or destroyed while another thread uses it.
 */
#ifndef MCE_HPP
#define MCE_HPP

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string>
#include <system_error>
#include <utility>

/* A structure and a function share a name, as in stat(2). */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#include "mce_stub.h"
#pragma GCC diagnostic pop

namespace mce {

/* What a copy did. */
struct [[nodiscard]] copy_result {
    /* Bytes not copied, counted from the end; 0 if all were copied. */
    std::size_t remaining = 0;

    /* What stopped the copy; all 0 if nothing did. */
    ::mce_fault fault{};

    /* Whether all bytes were copied. */
    explicit operator bool() const noexcept { return remaining == 0; }
};

/*
 * Copies n bytes up to the first poison, as mce_copy does: it honours every live map, and never throws. The ranges must not overlap.
 * Async-signal-safe. Faults of the hardware stop it only while a mce::recovery exists.
 */
inline copy_result copy(void *dst, const void *src, std::size_t n) noexcept {
    copy_result result;
    ::mce_fault fault;
    result.remaining = ::mce_copy(dst, src, n, &fault);
    if (result.remaining != 0)
        result.fault = fault;
    return result;
}

namespace detail {

inline std::error_code code_of(int error) noexcept { return {error, std::generic_category()}; }

/* Whether the library has the functions and structures that this header was written for. The first call asks it. */
inline bool is_right_library() noexcept {
    static const bool is_right = ::mce_abi_version() == MCE_ABI_VERSION;
    return is_right;
}

inline void check(int error, std::error_code &code) noexcept { code = code_of(error); }

#ifdef __cpp_exceptions
inline void check(const std::error_code &code, const char *call) {
    if (!code)
        return;
    std::string what = call;
    if (!is_right_library())
        what += ": the library has ABI version " + std::to_string(::mce_abi_version()) + ", the program was compiled for " +
                std::to_string(MCE_ABI_VERSION);
    throw std::system_error(code, what);
}
#endif

} // namespace detail

/*
 * Unblocks the signals that recovery is enabled for in the calling thread; threads that block signals call it before they copy.
 * mce_prepare_thread says more.
 */
inline void prepare_thread(std::error_code &code) noexcept { detail::check(::mce_prepare_thread(), code); }

#ifdef __cpp_exceptions
inline void prepare_thread() { detail::check(detail::code_of(::mce_prepare_thread()), "mce_prepare_thread"); }
#endif

/*
 * Copies recover from a signal, SIGBUS or SIGSEGV, as long as one of these exists: a client of mce_enable. Make one before the first copy
 * and keep it while copies run. Move-only. One that was moved from, or that could not be made, holds nothing, and its end does nothing.
 *
 * Errors: invalid_argument for another signal; not_supported if the library has another ABI version; those of sigaction(2).
 */
class recovery {
  public:
    /* Holds nothing. */
    recovery() noexcept = default;

    recovery(int signal, std::error_code &code) noexcept {
        detail::check(detail::is_right_library() ? ::mce_enable(signal) : ENOTSUP, code);
        if (!code)
            signal_ = signal;
    }

#ifdef __cpp_exceptions
    explicit recovery(int signal) {
        std::error_code code;
        recovery made(signal, code);
        detail::check(code, "mce_enable");
        swap(made);
    }
#endif

    recovery(recovery &&other) noexcept : signal_(std::exchange(other.signal_, 0)) {}
    recovery &operator=(recovery &&other) noexcept {
        recovery(std::move(other)).swap(*this);
        return *this;
    }
    ~recovery() {
        if (signal_ != 0)
            ::mce_disable(signal_);
    }

    void swap(recovery &other) noexcept { std::swap(signal_, other.signal_); }
    friend void swap(recovery &a, recovery &b) noexcept { a.swap(b); }

    /* Whether it holds recovery enabled. */
    explicit operator bool() const noexcept { return signal_ != 0; }

  private:
    int signal_ = 0;
};

/*
 * The lines of a range of memory that are known to be poisoned; every copy of the process stops at them. Move-only; the map ends with the
 * object. Offsets and lengths are in bytes from the start of the range. mce_stub.h says what a map is.
 *
 * A map that was moved from, or that could not be made, holds nothing: every call on it fails with bad_file_descriptor (EBADF). Other
 * errors: result_out_of_range (ERANGE) for bytes outside the map, and those that mce_map_create has.
 */
class poison_map {
  public:
    /* Holds nothing. */
    poison_map() noexcept = default;

    /* length clean bytes from start, which need not be mapped memory. */
    poison_map(const void *start, std::size_t length, std::error_code &code) noexcept {
        detail::check(detail::is_right_library() ? ::mce_map_create(start, length, &map_) : ENOTSUP, code);
        if (code)
            map_ = 0;
    }

    poison_map(poison_map &&other) noexcept : map_(std::exchange(other.map_, 0)) {}
    poison_map &operator=(poison_map &&other) noexcept {
        poison_map(std::move(other)).swap(*this);
        return *this;
    }

    /* Waits until every other thread has left the map. If there is no memory for that, the map lives on; destroy says so. */
    ~poison_map() {
        if (map_ != 0)
            ::mce_map_destroy(map_);
    }

    /* Removes the map and its marks. After an error the object holds what it held. */
    void destroy(std::error_code &code) noexcept {
        detail::check(::mce_map_destroy(map_), code);
        if (!code)
            map_ = 0;
    }

    /* Mark or clear every line that holds one of length bytes from offset. */
    void mark(std::size_t offset, std::size_t length, std::error_code &code) noexcept {
        detail::check(::mce_map_mark(map_, offset, length), code);
    }
    void clear(std::size_t offset, std::size_t length, std::error_code &code) noexcept {
        detail::check(::mce_map_clear(map_, offset, length), code);
    }

    /* The bytes from offset to the first one in a marked line; length if no line of the range is marked, and after an error. */
    std::size_t first(std::size_t offset, std::size_t length, std::error_code &code) const noexcept {
        std::size_t bytes = length;
        detail::check(::mce_map_first(map_, offset, length, &bytes), code);
        return bytes;
    }

    /* The number of marked lines; 0 after an error. */
    std::uint64_t count(std::error_code &code) const noexcept {
        std::uint64_t lines = 0;
        detail::check(::mce_map_count(map_, &lines), code);
        return lines;
    }

#ifdef __cpp_exceptions
    poison_map(const void *start, std::size_t length) {
        std::error_code code;
        poison_map made(start, length, code);
        detail::check(code, "mce_map_create");
        swap(made);
    }
    void destroy() {
        std::error_code code;
        destroy(code);
        detail::check(code, "mce_map_destroy");
    }
    void mark(std::size_t offset, std::size_t length) {
        std::error_code code;
        mark(offset, length, code);
        detail::check(code, "mce_map_mark");
    }
    void clear(std::size_t offset, std::size_t length) {
        std::error_code code;
        clear(offset, length, code);
        detail::check(code, "mce_map_clear");
    }
    std::size_t first(std::size_t offset, std::size_t length) const {
        std::error_code code;
        const std::size_t bytes = first(offset, length, code);
        detail::check(code, "mce_map_first");
        return bytes;
    }
    std::uint64_t count() const {
        std::error_code code;
        const std::uint64_t lines = count(code);
        detail::check(code, "mce_map_count");
        return lines;
    }
#endif

    void swap(poison_map &other) noexcept { std::swap(map_, other.map_); }
    friend void swap(poison_map &a, poison_map &b) noexcept { a.swap(b); }

    /* Whether it holds a map. */
    explicit operator bool() const noexcept { return map_ != 0; }

    /* For the functions of mce_stub.h; 0 if it holds none. */
    ::mce_map_t handle() const noexcept { return map_; }

  private:
    ::mce_map_t map_ = 0;
};

} // namespace mce

#endif
