/* Interposes sigaction, as libsigchain and sanitizers do: the kernel calls this library, which calls the program's handler. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stddef.h>

static struct sigaction programs[65];

static void call(int signal, siginfo_t *info, void *context) {
    if (programs[signal].sa_flags & SA_SIGINFO)
        programs[signal].sa_sigaction(signal, info, context);
    else if (programs[signal].sa_handler != SIG_DFL && programs[signal].sa_handler != SIG_IGN)
        programs[signal].sa_handler(signal);
    /* Not a tail call. */
    __asm__ volatile("" ::: "memory");
}

int sigaction(int signal, const struct sigaction *restrict action, struct sigaction *restrict before) {
    int (*real)(int, const struct sigaction *, struct sigaction *) = dlsym(RTLD_NEXT, "sigaction");
    const struct sigaction former = programs[signal];
    if (action) {
        struct sigaction mine = *action;
        programs[signal] = *action;
        if (action->sa_handler != SIG_DFL && action->sa_handler != SIG_IGN) {
            mine.sa_sigaction = call;
            mine.sa_flags |= SA_SIGINFO;
            sigaddset(&mine.sa_mask, SIGUSR2);
        }
        if (real(signal, &mine, NULL) != 0)
            return -1;
    }
    if (before)
        *before = former;
    return 0;
}
