/* SPDX-License-Identifier: EUPL-1.2
 *
 * The sharing rules that the shipped agreement is made of, written by hand from
 * the law. They know nothing of permits and forbids: a row says who gets
 * exactly what, and whatever no row says gets nobody anything. */
#ifndef TEST_VOORBEELDSTAD_H
#define TEST_VOORBEELDSTAD_H

#include <stddef.h>
#include <stdint.h>

struct row {
    int number;            /* of the sharing rule */
    const char *from, *to; /* each with each, but nobody with himself */
    const char *kind, *purpose, *ground;
    const char *conditions; /* each must hold; | is or */
    const char *fields;
    const char *letters; /* statutory categories that may be among them; s is a
                          * special one */
    uint32_t days;       /* retention at most; 0: none */
    const char *onward;  /* to whom it may go on; NULL: no limit */
    /* how many of whom approve before it is delivered; "": nobody */
    const char *approval;
};
extern const struct row voorbeeldstad_rows[];
extern const size_t voorbeeldstad_rows_n;

/* What a sharing rule names as withheld, and a rule that keeps it back from
 * everybody to whom it gives something. */
struct withheld {
    int number;
    const char *kind, *field, *rule;
};
extern const struct withheld voorbeeldstad_withheld[];
extern const size_t voorbeeldstad_withheld_n;

#endif
