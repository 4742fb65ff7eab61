#ifndef TEST_H
#define TEST_H

#ifdef __cplusplus
extern "C" {
#endif

#include <copymc.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

extern int passed, failed;

/* Counts a check, and prints one that fails, with the last message of the library. */
#define CHECK(condition) check((condition), #condition, __FILE__, __LINE__)
#define IS(status, call) check_status((status), (call), #call, __FILE__, __LINE__)
#define OK(call) IS(COPYMC_OK, call)

bool check(bool condition, const char *text, const char *file, int line);
bool check_status(copymc_status wanted, copymc_status found, const char *text, const char *file, int line);

/* A machine with one process and 2 MiB of written anonymous memory, page n filled with the byte n. */
struct machine {
    copymc_machine machine;
    copymc_process process;
    uint64_t address;
};
struct machine make_machine(const char *kernel);
uint64_t violations(copymc_machine machine);
uint32_t frame_at(copymc_process process, uint64_t address);

/* Groups of tests. */
void test_library(void);
void test_handles(void);
void test_arguments(void);
void test_copies(void);
void test_machines(void);
void test_collapses(void);
void test_callbacks(void);
void test_threads(void);

/* Programs of their own for what a process does with signals: returns the exit status. */
int scenario(const char *name);

/* In C++: ends the process. */
void throws_out_of_a_callback(void);

#ifdef __cplusplus
}
#endif

#endif
