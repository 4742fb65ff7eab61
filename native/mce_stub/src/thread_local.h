/*
 * Thread-local memory that a signal handler may use: it exists from the start of the thread, or from the load of the library.
 *
 * glibc allocates it at the first use, except with the initial-exec model. musl allocates it for every thread before dlopen(3) returns,
 * and refuses a library with the initial-exec model there.
 */
#ifndef MCE_THREAD_LOCAL_H
#define MCE_THREAD_LOCAL_H

#include <features.h>

#ifdef __GLIBC__
#define MCE_THREAD_LOCAL __thread __attribute__((tls_model("initial-exec")))
#else
#define MCE_THREAD_LOCAL __thread
#endif

#endif
