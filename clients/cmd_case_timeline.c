/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoek case timeline: what this node sent and took of a case, and what was
 * stated of it, in the order of the ledger. */
#include "cmd_case.h"

#include "caseprint.h"
#include "clock.h"
#include "thread.h"

#include <inttypes.h>
#include <stdlib.h>

struct event {
    uint64_t index; /* UINT64_MAX: not on the ledger yet */
    int64_t time;
    const struct dhk_case_act *act; /* or */
    const struct thread_item *item;
};

static int
by_index(const void *a, const void *b)
{
    const struct event *x = a, *y = b;

    if (x->index != y->index)
        return x->index < y->index ? -1 : 1;
    return x->time < y->time ? -1 : x->time > y->time;
}

static uint64_t
index_of(uint64_t index)
{
    return index == 0 ? UINT64_MAX : index;
}

static struct event *
make_events(size_t *n, const struct dhk_case *c, const struct thread *th)
{
    struct event *list = calloc(c->acts_n + th->n + 1, sizeof *list);

    *n = 0;
    if (list == NULL)
        return NULL;
    for (size_t i = 0; i < c->acts_n; i++)
        list[(*n)++] = (struct event){.index = index_of(c->acts[i].index),
            .time = c->acts[i].time,
            .act = &c->acts[i]};
    for (size_t i = 0; i < th->n; i++)
        list[(*n)++] = (struct event){.index = index_of(th->item[i].index),
            .time = th->item[i].time,
            .item = &th->item[i]};
    if (*n > 0)
        qsort(list, *n, sizeof *list, by_index);
    return list;
}

/* --- text --- */

static void
print_item(const struct thread_item *item)
{
    if (!item->sent) {
        printf("received %s from %s", item->kind, item->sender);
    } else {
        printf("sent %s, signal %" PRIu64, item->kind, item->number);
        for (size_t i = 0; i < item->recipients_n; i++)
            printf("%s %s %s (entry %" PRIu64 ")", i == 0 ? ":" : ",",
                item->recipient[i].partner, item->recipient[i].outcome,
                item->recipient[i].index);
    }
    if (item->in_reply_to[0] != '\0')
        printf(", in reply to %.16s...", item->in_reply_to);
}

static void
print_text(const struct event *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char time[21], index[24] = "waits";

        clock_text(time, list[i].time);
        if (list[i].index != UINT64_MAX)
            (void)snprintf(index, sizeof index, "%" PRIu64, list[i].index);
        printf("%8s  %s  ", index, time);
        if (list[i].act != NULL)
            caseprint_act(list[i].act);
        else
            print_item(list[i].item);
        putchar('\n');
    }
}

/* --- JSON --- */

static json_t *
item_json(const struct thread_item *item)
{
    json_t *o = json_build_object(), *to;

    json_build_text(o, "event", item->sent ? "sent" : "received");
    if (item->index != 0)
        json_build_uint(o, "index", item->index);
    json_build_bool(o, "waits", item->index == 0);
    json_build_time(o, "time", item->time);
    json_build_text(o, "from", item->sender);
    json_build_text(o, "kind", item->kind);
    json_build_text(o, "id", item->id);
    if (item->in_reply_to[0] != '\0')
        json_build_text(o, "in_reply_to", item->in_reply_to);
    if (!item->sent)
        return o;
    json_build_uint(o, "number", item->number);
    to = json_build_array();
    for (size_t i = 0; i < item->recipients_n; i++) {
        json_t *one = json_build_object();
        json_build_text(one, "partner", item->recipient[i].partner);
        json_build_text(one, "outcome", item->recipient[i].outcome);
        json_build_uint(one, "index", item->recipient[i].index);
        json_build_add(to, one);
    }
    json_build_put(o, "outcomes", to);
    return o;
}

static void
print_json(const struct event *list, size_t n)
{
    json_t *all = json_build_array();

    for (size_t i = 0; i < n; i++)
        json_build_add(all, list[i].act != NULL
                                ? caseprint_act_json(list[i].act)
                                : item_json(list[i].item));
    (void)json_print(stdout, all);
}

static enum cli_exit
show(struct case_run *r)
{
    struct dhk_problem problem = {""};
    const struct dhk_case *c = NULL;
    struct thread th = {.n = 0};
    struct event *list = NULL;
    uint8_t handle[STATEMENT_CASE];
    size_t n = 0;
    enum cli_exit exit = CLI_OK;
    enum dhk_err rc = dhk_case_get(r->node, r->handle, &c, &problem);

    if (rc == DHK_OK)
        rc = bytes_unhex(handle, sizeof handle, slice_str(r->handle));
    if (rc == DHK_OK)
        rc = thread_read(&th, r->node, handle, &problem);
    if (rc == DHK_OK && (list = make_events(&n, c, &th)) == NULL)
        rc = DHK_NOMEM;
    if (rc != DHK_OK)
        exit = cmd_case_failed(r, rc, &problem);
    else if (r->json)
        print_json(list, n);
    else
        print_text(list, n);
    free(list);
    thread_clear(&th);
    dhk_case_end(&c);
    return exit;
}

enum cli_exit
cmd_case_timeline(struct cli *cli, int argc, char **argv)
{
    struct case_run r = {.cli = cli, .timeout = CASE_TIMEOUT};
    enum cli_exit exit;
    const struct cli_option options[] = {CASE_OPTIONS(&r)};
    const struct cli_usage usage = {"[--offline] [--json] HANDLE",
        "Shows what this node sent and took of a case, what became of it, and "
        "what was\nstated of the case, in the order of the ledger. No value of "
        "a field is kept.",
        options, sizeof options / sizeof options[0], 1, 1};
    return cli_parse(cli, &usage, argc, argv, &exit) ? cmd_case_look(&r, show)
                                                     : exit;
}
