/* SPDX-License-Identifier: EUPL-1.2
 *
 * Sentences for a person about a failure. Names of files, partners, rules and
 * fields may be in one; a field's value or a secret never. */
#ifndef CLIENTS_PROBLEM_H
#define CLIENTS_PROBLEM_H

#include "err.h"
#include "driehoek.h"

/* Writes the sentence to P (may be NULL) and returns RC, so that a function
 * can leave with `return problem_set(...)`. Too long: cut at the end. */
enum dhk_err problem_set(struct dhk_problem *p, enum dhk_err rc,
    const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Puts "PATH: " before the sentence. */
void problem_of_file(struct dhk_problem *p, const char *path);
/* The same for a call of the operating system that failed on PATH. */
enum dhk_err problem_file(
    struct dhk_problem *p, enum dhk_err rc, const char *path);

#endif
