// An exception in a callback, which is noexcept, ends the process.
#include "test.h"
#include <stdexcept>

namespace {

std::int32_t refuse() { throw std::runtime_error("from a callback"); }

std::int32_t before_step(void *, const copymc_step *) noexcept { return refuse(); }

} // namespace

void throws_out_of_a_callback() {
    machine m = make_machine(nullptr);
    copymc_observer observer = COPYMC_OBSERVER_INIT(before_step, nullptr);
    copymc_call call;
    std::size_t ranges;
    copymc_process_collapse(m.process, m.address, COPYMC_HUGE_PAGE_SIZE, &observer, nullptr, 0, &ranges, &call);
}
