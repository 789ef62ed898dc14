/* SPDX-License-Identifier: EUPL-1.2
 *
 * A scraper's request: what is judged is judged the same however much more
 * comes, and a request that is not whole is a beginning of a refusal, too. */
#include "metrics.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum metrics_status all = metrics_request(slice_of(data, size));
    must(size < METRICS_REQUEST || all != METRICS_MORE);
    if (size <= METRICS_REQUEST)
        for (size_t n = 0; n < size && n < 200; n++) {
            enum metrics_status s = metrics_request(slice_of(data, n));
            must(s == METRICS_MORE || s == all);
        }
    return 0;
}
