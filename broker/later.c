/* SPDX-License-Identifier: EUPL-1.2 */
#include "later.h"

#include <stdlib.h>
#include <string.h>

#include "core.h"

struct core_later { /* to a peer, or to the operator */
    struct core_later *next;
    uint64_t to;
    bool reply;
    uint8_t code;
    uint64_t number; /* of what is answered, for "busy" */
    size_t n;
    uint8_t bytes[];
};

static void
later_push(struct core *c, const struct core_later *what, struct slice bytes)
{
    struct core_later *l = malloc(sizeof *l + bytes.n);

    if (l == NULL) {
        core_fail(c, DHK_NOMEM);
        return;
    }
    *l = *what;
    l->next = NULL;
    l->n = bytes.n;
    memcpy(l->bytes, bytes.p, bytes.n);
    *c->later_end = l;
    c->later_end = &l->next;
}

void
later_clear(struct core *c)
{
    while (c->later != NULL) {
        struct core_later *l = c->later;
        c->later = l->next;
        free(l);
    }
    c->later_end = &c->later;
}

void
core_send_later(struct core *c, const struct peer *p, const struct command *cmd)
{
    uint8_t mem[1024];
    struct sink out;

    sink_init(&out, mem, sizeof mem);
    if (command_encode(&out, cmd, NULL, 0, NULL, 0) == DHK_OK)
        later_push(c, &(struct core_later){.to = p->id, .number = cmd->number},
            sink_done(&out));
}

void
core_reply_bytes(
    struct core *c, uint32_t client, uint8_t code, struct slice bytes)
{
    later_push(c,
        &(struct core_later){.to = client, .reply = true, .code = code}, bytes);
}

void
core_reply(struct core *c, uint32_t client, uint8_t code, const char *text)
{
    core_reply_bytes(c, client, code, slice_str(text));
}

void
later_send(struct core *c)
{
    for (struct core_later *l = c->later; l != NULL; l = l->next) {
        if (l->reply)
            c->out.reply(
                c->out.ctx, (uint32_t)l->to, l->code, slice_of(l->bytes, l->n));
        else
            c->out.send(c->out.ctx, l->to, slice_of(l->bytes, l->n));
    }
    later_clear(c);
}

void
later_busy(struct core *c, const char *why)
{
    for (struct core_later *l = c->later; l != NULL; l = l->next) {
        if (l->reply)
            c->out.reply(c->out.ctx, (uint32_t)l->to, 1, slice_str(why));
        else
            core_error(c, l->to, l->number, COMMAND_ERROR_BUSY);
    }
    later_clear(c);
}
