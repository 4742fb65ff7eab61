/* Faults inside copies: finds the progress of the copy in the interrupted registers, fills in its record, and continues at its fixup. */
#define _GNU_SOURCE
#include "recovery.h"

#include <unistd.h>

#include "fixup_table.h"
#include "mce_stub.h"
#include "registers.h"

static uintptr_t page_size = 4096;

__attribute__((constructor)) static void read_page_size(void) { page_size = (uintptr_t)sysconf(_SC_PAGESIZE); }

static bool touches(uintptr_t address, size_t extent, uintptr_t start, uintptr_t end) { return address < end && address + extent > start; }

/* Whether the kernel raised the signal for an access by the interrupted instruction: not kill(), BUS_MCEERR_AO or an alignment check. */
static bool is_access_fault(int signal, int code) {
    if (signal == SIGBUS)
        return code == BUS_ADRERR || code == BUS_OBJERR || code == BUS_MCEERR_AR;
    return code == SEGV_MAPERR || code == SEGV_ACCERR;
}

size_t mce_extent_of(const siginfo_t *info) {
    bool has_extent = info->si_signo == SIGBUS && (info->si_code == BUS_MCEERR_AR || info->si_code == BUS_MCEERR_AO);
    return has_extent && info->si_addr_lsb > 0 ? (size_t)1 << info->si_addr_lsb : page_size;
}

/*
 * If a poisoned page is mapped more than once, the kernel reports the address of the first mapping that it finds, which need not be the
 * one that the copy reads (mm/memory-failure.c, add_to_kill). It has unmapped all of them, so a retry of the access raises a page fault
 * with the right address. The record's code counts the retries; a value left by an earlier copy can only make them fewer.
 */
static enum mce_outcome retry_for_address(const siginfo_t *info, struct mce_fault *record) {
    enum { RETRYING = -1, MOST = 16 };
    if (info->si_signo != SIGBUS || info->si_code != BUS_MCEERR_AR)
        return MCE_NOT_OURS;
    if (record->signal != RETRYING) {
        record->signal = RETRYING;
        record->code = 0;
    }
    return record->code++ < MOST ? MCE_RETURN : MCE_NOT_OURS;
}

enum mce_outcome mce_recover(const siginfo_t *info, void *context) {
    const struct mce_fixup *entry = is_access_fault(info->si_signo, info->si_code) ? mce_find_fixup(mce_pc(context)) : NULL;
    if (!entry)
        return MCE_NOT_OURS;
    if (entry->kind == MCE_KIND_INJECTION)
        return info->si_signo == SIGBUS && info->si_code == BUS_MCEERR_AR ? MCE_RETURN : MCE_NOT_OURS;

    uintptr_t at = mce_untagged((uintptr_t)info->si_addr);
    size_t extent = mce_extent_of(info);
    uintptr_t address = at & ~(extent - 1);

    const struct mce_copy copy = mce_copy_at(context, entry->kind == MCE_KIND_SHORT);
    uintptr_t destination_start = copy.destination - (copy.source - copy.source_start);
    uintptr_t destination_end = copy.destination + (copy.source_end - copy.source);

    /* After a machine check si_addr may be rounded down to the page. The exact byte decides if one extent covers parts of both ranges. */
    bool in_destination = touches(at, 1, destination_start, destination_end);
    enum mce_side side;
    if (!in_destination && touches(address, extent, copy.source_start, copy.source_end))
        side = MCE_SOURCE;
    else if (touches(address, extent, destination_start, destination_end))
        side = MCE_DESTINATION;
    else
        return retry_for_address(info, copy.record);

    uintptr_t next = side == MCE_SOURCE ? copy.source : copy.destination;
    struct mce_fault *record = copy.record;
    record->address = address;
    record->extent = extent;
    record->signal = info->si_signo;
    record->code = info->si_code;
    record->side = side;
    record->kind = info->si_signo == SIGSEGV ? MCE_ACCESS_VIOLATION : info->si_code == BUS_MCEERR_AR ? MCE_MACHINE_CHECK : MCE_BUS_ERROR;
    record->written_beyond = 0;
    size_t copyable = address > next ? address - next : 0;
    record->remaining = copy.source_end - copy.source - copyable;
    mce_resume(context, &copy, mce_relative(&entry->fixup), copyable);
    return MCE_RESUME;
}
