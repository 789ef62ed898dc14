/* SPDX-License-Identifier: EUPL-1.2
 *
 * Lines for people: UTF-8 text broken at blanks. */
#ifndef CLIENTS_WRAP_TEXT_H
#define CLIENTS_WRAP_TEXT_H

#include <stddef.h>
#include <stdio.h>

/* Characters in N bytes of TEXT, each one column wide. */
size_t wrap_text_width(const char *text, size_t n);
/* TEXT and a newline, from column INDENT on, where the line is now; no line
 * longer than WIDTH unless a word is. */
void wrap_text_print(FILE *out, const char *text, size_t indent, size_t width);

#endif
