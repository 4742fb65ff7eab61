// Collapses 2 MiB of a simulated process: once with poison in it, which undoes everything, and again after the poisoned page was dropped.
#include <copymc.h>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <sys/mman.h>
#include <vector>

namespace {

void must(copymc_status status) {
    if (status == COPYMC_OK)
        return;
    std::fprintf(stderr, "%s: %s\n", copymc_status_name(status), copymc_last_error());
    std::exit(1);
}

class simulation {
  public:
    simulation() {
        must(copymc_machine_create(nullptr, &machine_));
        must(copymc_process_create(machine_, &process_));
        copymc_call call;
        must(copymc_process_mmap(process_, 0, COPYMC_HUGE_PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, 0, 0, &call));
        address_ = call.value;
        std::vector<unsigned char> bytes(COPYMC_HUGE_PAGE_SIZE);
        for (std::size_t i = 0; i < bytes.size(); i++)
            bytes[i] = static_cast<unsigned char>(i / COPYMC_PAGE_SIZE);
        copymc_access access;
        must(copymc_process_write(process_, address_, bytes.data(), bytes.size(), &access));
    }
    ~simulation() { copymc_destroy(machine_); }
    simulation(const simulation &) = delete;
    simulation &operator=(const simulation &) = delete;

    // Makes the frame of page 300 bad just before the copy. Nobody knows of it until the copy reads it.
    std::int32_t before(const copymc_step &step) {
        if (step.step == COPYMC_STEP_COPY && !poisoned_) {
            // The page table is unlinked here, so the frame was looked up before.
            must(copymc_machine_poison(machine_, frame_, 12, COPYMC_SOURCE_TRUNCATED_MAPPING));
            poisoned_ = true;
        }
        return 0;
    }

    void show(const char *when) const {
        copymc_machine_stats machine{};
        copymc_process_stats process{};
        machine.size = sizeof machine;
        process.size = sizeof process;
        must(copymc_machine_get_stats(machine_, &machine));
        must(copymc_process_get_stats(process_, &process));
        copymc_page first;
        must(copymc_process_page(process_, address_, &first));
        std::size_t violations;
        must(copymc_machine_check(machine_, nullptr, 0, &violations));
        std::printf("%-18s %s page; %3llu pages resident, %llu frames free, %llu retired; %zu violations\n", when,
                    first.flags & COPYMC_PAGE_HUGE ? "huge" : "small", static_cast<unsigned long long>(process.rss_anon),
                    static_cast<unsigned long long>(machine.free_frames), static_cast<unsigned long long>(machine.hardware_corrupted),
                    violations);
    }

    void collapse() {
        copymc_observer observer = COPYMC_OBSERVER_INIT(
            [](void *context, const copymc_step *step) noexcept { return static_cast<simulation *>(context)->before(*step); }, this);
        copymc_page at_300;
        must(copymc_process_page(process_, page(300), &at_300));
        frame_ = at_300.frame;
        copymc_collapsed_range range;
        std::size_t count;
        copymc_call call;
        must(copymc_process_collapse(process_, address_, COPYMC_HUGE_PAGE_SIZE, &observer, &range, 1, &count, &call));
        std::printf("MADV_COLLAPSE: %s, %s; %u pages copied, %llu bytes not\n", call.error ? std::strerror(call.error) : "done",
                    copymc_collapse_result_name(range.result), range.copied_pages, static_cast<unsigned long long>(range.bytes_not_copied));
    }

    void read(int n) const {
        unsigned char byte;
        copymc_access access;
        must(copymc_process_read(process_, page(n), &byte, 1, &access));
        if (access.outcome == COPYMC_DONE)
            std::printf("page %d reads as %u\n", n, byte);
        else
            std::printf("page %d: %s\n", n, copymc_outcome_name(access.outcome));
    }

    void drop(int n) {
        copymc_call call;
        must(copymc_process_madvise(process_, page(n), COPYMC_PAGE_SIZE, MADV_DONTNEED, &call));
    }

  private:
    std::uint64_t page(int n) const { return address_ + static_cast<std::uint64_t>(n) * COPYMC_PAGE_SIZE; }

    copymc_machine machine_ = 0;
    copymc_process process_ = 0;
    std::uint64_t address_ = 0;
    std::uint32_t frame_ = 0;
    bool poisoned_ = false;
};

} // namespace

int main() {
    simulation machine;
    machine.show("before");
    machine.collapse();
    machine.show("after the abort");
    machine.read(299);
    machine.read(300);
    machine.drop(300);
    machine.read(300);
    machine.collapse();
    machine.show("after the second");
    machine.read(299);
    machine.read(300);
}
