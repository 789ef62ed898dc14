/* SPDX-License-Identifier: EUPL-1.2
 *
 * Packets of a process that was taken over, each with a u16 length before it:
 * none of them leads the reader astray, and after them a good record still
 * arrives unless one of them was refused. */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "process.h"

enum { MAX = 300000, PACKETS = 32 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Takes all that has come. False: a record was refused. */
static bool
drain(struct process_link *l, bool *last)
{
    for (;;) {
        enum process_record type = PROCESS_NONE;
        struct slice payload;
        enum dhk_err rc = process_receive(l, &type, &payload, false);
        if (rc == DHK_NOTFOUND)
            return true;
        must((rc == DHK_OK) == (type != PROCESS_NONE));
        if (rc != DHK_OK)
            return false;
        must(payload.n <= MAX);
        /* touch every byte, for the sanitizer */
        *last = payload.n == 4 && memcmp(payload.p, "good", 4) == 0;
    }
}

static bool
feed(int fd, struct process_link *l, struct cursor *c)
{
    bool last = false;
    for (int i = 0; i < PACKETS && c->left.n > 0; i++) {
        uint16_t n = cursor_u16(c);
        struct slice packet = cursor_bytes(c, n < c->left.n ? n : c->left.n);
        if (packet.n == 0)
            continue;
        (void)send(fd, packet.p, packet.n, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (!drain(l, &last))
            return false;
    }
    return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int fd[2];
    struct process_link *reader = NULL, *writer = NULL;
    struct cursor c;
    bool last = false;
    if (process_pair(fd) != DHK_OK)
        return 0;
    if (process_link_new(&reader, fd[1], MAX) != DHK_OK ||
        process_link_new(&writer, fd[0], MAX) != DHK_OK)
        return 0;
    cursor_init(&c, slice_of(data, size));
    if (feed(process_link_fd(writer), reader, &c)) {
        must(process_send(writer, PROCESS_READY, slice_str("go"),
                 slice_str("od")) == DHK_OK);
        must(drain(reader, &last) && last);
    }
    process_link_destroy(&reader);
    process_link_destroy(&writer);
    return 0;
}
