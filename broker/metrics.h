/* SPDX-License-Identifier: EUPL-1.2
 *
 * The two texts that driehoekd-metrics deals in: the request of a scraper,
 * which is hostile, and the page for it, in Prometheus' text format. */
#ifndef BROKER_METRICS_H
#define BROKER_METRICS_H

#include "report.h"

enum { METRICS_REQUEST = 4096 }; /* bytes of a request, with its head */

/* HTTP's codes, and "more of it must come". */
enum metrics_status {
    METRICS_MORE = 0,
    METRICS_OK = 200,
    METRICS_BAD = 400,
    METRICS_NOT_FOUND = 404,
    METRICS_METHOD = 405,
    METRICS_TOO_LARGE = 431,
    METRICS_UNAVAILABLE = 503,
};
/* What to answer to the bytes that came so far: OK for "GET /metrics" of
 * HTTP/1.0 or 1.1 whose head is well-formed and whole. */
enum metrics_status metrics_request(struct slice in);
/* The head of the answer STATUS with a body of N bytes. */
void metrics_head(struct sink *out, enum metrics_status status, size_t n);

/* Most bytes of R's page. */
size_t metrics_page_max(const struct report *r);
DHK_MUST_USE enum dhk_err metrics_page(
    struct sink *out, const struct report *r);

#endif
