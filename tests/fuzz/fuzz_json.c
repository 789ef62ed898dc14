/* SPDX-License-Identifier: EUPL-1.2
 *
 * Signals' JSON: whatever is read has a place inside the text. */
#include "fuzz_again.h"
#include "json.h"

static void
inside(struct json_place at, struct slice text)
{
    size_t lines = 1;
    for (size_t i = 0; i < text.n; i++)
        lines += text.p[i] == '\n';
    must(at.line >= 1 && at.line <= lines && at.column >= 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct json_reader r = {.text = slice_of(data, size)};
    struct json_item item;
    const char *what = NULL;
    enum dhk_err rc;

    while ((rc = json_read_next(&item, &r, &what)) == DHK_OK) {
        must(item.value != NULL);
        inside(item.place, r.text);
        inside(json_read_place(&item, NULL, "kind"), r.text);
        inside(json_read_place(&item, "fields", "naam"), r.text);
        inside(json_read_word(&item, "naam"), r.text);
        json_read_done(&item);
    }
    if (rc == DHK_FORMAT) {
        must(what != NULL);
        inside(item.place, r.text);
    }
    return 0;
}
