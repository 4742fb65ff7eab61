// A process of a situation, which executes the operations that it receives.
#pragma once

struct request {
    unsigned long number; // of the operation, from 1 on
    int child;            // the number that a child gets
    char text[240];
};

// Forks the process that answers at ends[number][1].
void start_process(int ends[][2], int number);
