// A callback must not throw: the exception finds no handler, and the process ends by abort.
#include "test.h"
#include <stdexcept>

void throws_out_of_a_callback() {
    machine m = make_machine(nullptr);
    copymc_observer observer =
        COPYMC_OBSERVER_INIT([](void *, const copymc_step *) -> std::int32_t { throw std::runtime_error("from a callback"); }, nullptr);
    copymc_call call;
    std::size_t ranges;
    try {
        copymc_process_collapse(m.process, m.address, COPYMC_HUGE_PAGE_SIZE, &observer, nullptr, 0, &ranges, &call);
    } catch (const std::exception &) {
        std::puts("the exception went through the library");
    }
}
