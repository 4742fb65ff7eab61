#define _GNU_SOURCE
#include "accesses.h"

#include "kernel_interface.h"

#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { PAGE_BYTES = 4096, PATIENCE_MS = 30000 };

static sigjmp_buf leave;
static volatile sig_atomic_t reason;

// Runs on the accessing thread, for a fault or to interrupt a wait.
static void interrupted(int signal) {
    reason = signal == SIGBUS ? ACCESS_SIGBUS : signal == SIGSEGV ? ACCESS_SIGSEGV : ACCESS_WAITS;
    siglongjmp(leave, 1);
}

struct work {
    struct accesses *accesses;
    int done;
};

static void *access_pages(void *argument) {
    struct work *work = argument;
    struct accesses *accesses = work->accesses;
    for (volatile int i = 0; i < accesses->count; i++) {
        char *page = accesses->start + (size_t)i * PAGE_BYTES;
        volatile struct stamp *first = (volatile struct stamp *)page;
        volatile struct stamp *last = (volatile struct stamp *)(page + PAGE_BYTES - sizeof *last);
        if (sigsetjmp(leave, 1)) {
            accesses->outcomes[i] = (unsigned char)reason;
            continue;
        }
        if (accesses->operation) {
            first->operation = last->operation = accesses->operation;
            first->page = last->page = (unsigned long)(accesses->first_page + i);
        } else {
            accesses->first[i] = (struct stamp){first->operation, first->page};
            accesses->last[i] = (struct stamp){last->operation, last->page};
        }
        accesses->outcomes[i] = ACCESS_DONE;
    }
    uint64_t one = 1;
    if (write(work->done, &one, sizeof one) != sizeof one)
        abort();
    return NULL;
}

void run_accesses(struct accesses *accesses, int userfaultfd) {
    struct sigaction action = {.sa_handler = interrupted};
    sigaction(SIGBUS, &action, NULL);
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGUSR1, &action, NULL);
    struct work work = {accesses, eventfd(0, EFD_CLOEXEC)};
    pthread_t thread;
    if (pthread_create(&thread, NULL, access_pages, &work) != 0)
        abort();
    struct pollfd polled[] = {{work.done, POLLIN, 0}, {userfaultfd, POLLIN, 0}};
    for (;;) {
        if (poll(polled, 2, PATIENCE_MS) <= 0)
            abort();
        if (polled[0].revents)
            break;
        // The access waits for userfaultfd. Interrupts it, and the thread continues with the next page.
        struct uffd_msg event;
        if ((polled[1].revents & POLLIN) && read(userfaultfd, &event, sizeof event) == sizeof event)
            pthread_kill(thread, SIGUSR1);
    }
    pthread_join(thread, NULL);
    close(work.done);
}
