/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the sharing rules of voorbeeldstad.h say of a request, and the requests
 * that are worth asking. */
#ifndef TEST_ROWS_H
#define TEST_ROWS_H

#include "evaluate.h"

/* The shipped agreement, between the two; for cmocka. */
extern struct agreement *rows_agreement;
int rows_load(void **state);
int rows_unload(void **state);

/* What all rows together say; no fields: nothing is given. */
struct said {
    uint32_t fields, days;
    uint64_t onward;
    struct duty_approval approval; /* count 0: nobody's */
};
struct said rows_say(const struct request *req);
/* Whether some row gives something on the route, whatever it asks for. */
bool rows_is_route(const struct request *req);

typedef void (*rows_visitor)(const struct request *req);
/* The routes of every row, each once, with every assignment of what a row of
 * the route looks at and the rest by chance; where that is too many, as many by
 * chance, most values as a row asks. Returns the number of visits. */
size_t rows_visit(rows_visitor visit);
/* Kind and attributes as row I asks: the first value of each condition; the
 * rest by chance. */
void rows_satisfy(struct request *req, size_t i);

#endif
