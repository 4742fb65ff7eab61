// Runs situations: lists of system calls and memory accesses, each with the kernel's answer. docs/collapse-kernel.md describes the format.
#pragma once

// Reads situations from standard input; prints the name of each, and a line with the answer of each operation.
int run_situations(void);
