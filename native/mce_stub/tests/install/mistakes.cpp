/* Mistakes with mce.hpp have a defined result. Exits with 0 if each has; built with exceptions and without. */
#include <csignal>
#include <cstdio>
#include <type_traits>

#include "mce.hpp"

static int failures;

static void expect(bool condition, const char *promise) {
    if (!condition) {
        std::printf("failed: %s\n", promise);
        failures++;
    }
}

static_assert(!std::is_copy_constructible_v<mce::recovery> && !std::is_copy_assignable_v<mce::recovery>);
static_assert(!std::is_copy_constructible_v<mce::poison_map> && !std::is_copy_assignable_v<mce::poison_map>);
static_assert(std::is_nothrow_move_constructible_v<mce::recovery> && std::is_nothrow_move_assignable_v<mce::recovery>);
static_assert(std::is_nothrow_move_constructible_v<mce::poison_map> && std::is_nothrow_move_assignable_v<mce::poison_map>);
static_assert(noexcept(mce::copy(nullptr, nullptr, 0)));

static int clients() {
    struct mce_handler_state state;
    return mce_handler_state(SIGBUS, &state) == 0 ? state.clients : -1;
}

static void with_codes() {
    alignas(64) static unsigned char memory[4096], other[4096];
    std::error_code code;
    mce::recovery wrong(SIGUSR1, code);
    expect(code == std::errc::invalid_argument && !wrong, "recovery from another signal is refused");
    {
        mce::recovery first(SIGBUS, code), second(std::move(first));
        expect(!code && second && !first && clients() == 1, "a recovery is moved");
        second = mce::recovery(SIGBUS, code);
        expect(clients() == 1, "what is assigned over ends");
        mce::recovery &itself = second;
        second = std::move(itself);
        expect(second && clients() == 1, "a recovery that is moved to itself goes on");
        mce::prepare_thread(code);
        expect(!code, "a thread is prepared");
    }
    expect(clients() == 0, "recovery ends with its scope");

    mce::poison_map map(memory, sizeof memory, code);
    map.mark(100, 1, code);
    expect(!code && map.count(code) == 1 && map.first(0, 4096, code) == 64, "a line is marked");
    const mce::copy_result stopped = mce::copy(other, memory, 4096);
    expect(!stopped && stopped.remaining == 4032 && stopped.fault.kind == MCE_KNOWN_POISON, "a copy stops at it");
    mce::poison_map moved(std::move(map));
    map.mark(0, 1, code);
    expect(code == std::errc::bad_file_descriptor && !map && map.handle() == 0, "mark after a move");
    map.clear(0, 1, code);
    expect(code == std::errc::bad_file_descriptor, "clear after a move");
    expect(map.first(0, 7, code) == 7 && code == std::errc::bad_file_descriptor, "first after a move");
    expect(map.count(code) == 0 && code == std::errc::bad_file_descriptor, "count after a move");
    map.destroy(code);
    expect(code == std::errc::bad_file_descriptor, "destroy after a move");
    moved.mark(4096, 1, code);
    expect(code == std::errc::result_out_of_range && moved.count(code) == 1, "a mark outside the map");
    moved.clear(0, 4096, code);
    const mce::copy_result all = mce::copy(other, memory, 4096);
    expect(all && all.remaining == 0 && all.fault.kind == 0, "a copy of clean memory");
    const mce_map_t handle = moved.handle();
    moved = mce::poison_map();
    expect(mce_map_mark(handle, 0, 1) == EBADF, "what is assigned over is destroyed");
    mce::poison_map none(nullptr, 1, code);
    expect(code == std::errc::invalid_argument && !none, "a map of a null pointer");
    const mce::copy_result null = mce::copy(nullptr, memory, 1);
    expect(null.remaining == 1 && null.fault.kind == MCE_NULL_POINTER, "a copy to a null pointer");
}

#ifdef __cpp_exceptions
template <typename F> static void expect_error(F call, std::errc error, const char *promise) {
    try {
        call();
        expect(false, promise);
    } catch (const std::system_error &thrown) {
        expect(thrown.code() == error, promise);
    }
}

static void with_exceptions() {
    static unsigned char memory[4096];
    expect_error([] { mce::recovery(SIGUSR1); }, std::errc::invalid_argument, "recovery from another signal throws");
    expect_error([] { mce::poison_map(nullptr, 1); }, std::errc::invalid_argument, "a map of a null pointer throws");
    mce::poison_map map(memory, sizeof memory), moved = std::move(map);
    expect_error([&] { map.mark(0, 1); }, std::errc::bad_file_descriptor, "mark after a move throws");
    expect_error([&] { map.clear(0, 1); }, std::errc::bad_file_descriptor, "clear after a move throws");
    expect_error([&] { (void)map.first(0, 1); }, std::errc::bad_file_descriptor, "first after a move throws");
    expect_error([&] { (void)map.count(); }, std::errc::bad_file_descriptor, "count after a move throws");
    expect_error([&] { map.destroy(); }, std::errc::bad_file_descriptor, "destroy after a move throws");
    moved.destroy();
    expect(!moved, "a map is destroyed before its end");
    mce::prepare_thread();
}
#endif

/* Linked so that the library seems to have another version. */
static void with_another_version() {
    std::error_code code;
    mce::recovery recovery(SIGBUS, code);
    expect(code == std::errc::not_supported && !recovery && clients() == 0, "recovery with another version of the library");
    static unsigned char memory[64];
    mce::poison_map map(memory, sizeof memory, code);
    expect(code == std::errc::not_supported && !map, "a map with another version of the library");
#ifdef __cpp_exceptions
    try {
        mce::recovery again(SIGBUS);
        expect(false, "recovery with another version throws");
    } catch (const std::system_error &thrown) {
        std::puts(thrown.what());
    }
#endif
}

extern "C" std::uint32_t __wrap_mce_abi_version(void);
extern "C" std::uint32_t __wrap_mce_abi_version(void) { return 6; }

int main() {
    if (mce_abi_version() != MCE_ABI_VERSION) {
        with_another_version();
    } else {
        with_codes();
#ifdef __cpp_exceptions
        with_exceptions();
#endif
    }
    return failures != 0;
}
