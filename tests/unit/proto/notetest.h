/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the tests of checkpoint have in common. */
#ifndef TESTS_UNIT_NOTETEST_H
#define TESTS_UNIT_NOTETEST_H

#include "checkpoint.h"

#include <string.h>

#include "vector.h"

#define TESSERA_VKEY                                                           \
    "example.com/log/testdata+33d7b496+"                                       \
    "AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"
#define ROOT_15 "rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs="
#define DASH "\xe2\x80\x94 "

struct fixture {
    struct sign_secret *sk;
    struct sign_public pk;
    struct checkpoint cp;
    struct checkpoint_vkey vkey;
    uint8_t mem[LIMIT_CHECKPOINT];
    struct slice note; /* of cp, in mem */
};

int notetest_set_up(void **state);
int notetest_tear_down(void **state);

#endif
