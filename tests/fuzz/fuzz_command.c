/* SPDX-License-Identifier: EUPL-1.2
 *
 * Messages between node and broker, their lists read to the end. */
#include "command.h"
#include "fuzz_again.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct slice list[COMMAND_LIST];
    static uint64_t index[COMMAND_LIST];
    static const struct sign_public nobody = {.b = {1}};
    struct slice in = slice_of(data, size);
    struct command c;
    struct cursor at;

    fuzz_ready();
    if (command_decode(&c, in, NULL) != DHK_OK)
        return 0;
    if (c.type == COMMAND_HELLO)
        (void)!command_hello_verify(&c.hello, &nobody);
    command_list(&at, c.list);
    for (size_t i = 0; i < c.list_n; i++)
        list[i] = command_list_next(&at);
    must(cursor_end(&at) == DHK_OK);
    command_list(&at, c.indexes);
    for (size_t i = 0; i < c.indexes_n; i++)
        index[i] = command_index_next(&at);
    must(cursor_end(&at) == DHK_OK);
    struct sink out = fuzz_sink();
    must(
        command_encode(&out, &c, index, c.indexes_n, list, c.list_n) == DHK_OK);
    fuzz_same(&out, in);
    return 0;
}
