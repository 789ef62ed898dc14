/* SPDX-License-Identifier: EUPL-1.2
 *
 * A node that does one exchange at a time, each on a connection of its own and
 * as often as it takes, and says what came of it; for chaos tests.
 *   chaos_node NODE
 * reads lines, and answers when the line's work is done:
 *   push N COUNT MS [TO]  pushes signals N, N + 1 ... (to TO alone) and
 * flushes; MS is the patience of one attempt. "pushed N COUNT" when the
 * receipts are there and verified take COUNT MS         takes shares, confirms,
 * and sends the answers: "took ID N" each, when the broker has them An error
 * that no broken connection explains ends it with 5, unless it was started as
 * chaos_node NODE patient, for a broker that cannot be trusted: then every
 * error is only a reason to connect again. */
#include "driehoek.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LIMIT_S = 45 };

static struct dhk_node *node;
static bool patient;
static time_t until;

static time_t
now(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec;
}

static _Noreturn void
fail(const char *what, const struct dhk_problem *problem)
{
    (void)fprintf(stderr, "chaos_node: %s: %s\n", what, problem->text);
    exit(5);
}

/* Nothing came in time: the next attempt is on a new connection. */
static void
again(const char *what, enum dhk_err rc, const struct dhk_problem *problem)
{
    bool over = now() > until;

    if (rc != DHK_NOTFOUND || over)
        (void)fprintf(stderr, "chaos_node: %s: %s\n", what, problem->text);
    if (over || (rc != DHK_NOTFOUND && !patient))
        exit(5);
    dhk_disconnect(node);
}

#define CASE "5d0c3f2a91be47d08a6ef1c2b7930e41" /* of the examples */

static struct dhk_signal *
make(uint64_t n, const char *to)
{
    struct dhk_signal *s = dhk_signal_new();
    char handle[33], text[64];
    int len = snprintf(text, sizeof text, "signaal %" PRIu64, n);
    bool all = to == NULL;

    if (all)
        dhk_case_new(handle);
    else /* the case that the script had somebody consent to */
        (void)snprintf(handle, sizeof handle, "%s", CASE);
    if (s == NULL ||
        dhk_signal_set(s, DHK_KIND,
            all ? "politiesignaal" : "aanmelding-politie") != DHK_OK ||
        dhk_signal_set(s, DHK_PURPOSE, all ? "openbare-orde" : "weging") !=
            DHK_OK ||
        dhk_signal_set(s, DHK_GROUND, all ? "wpg-16-1-b" : "pga-5-1-wpg-20") !=
            DHK_OK ||
        dhk_signal_set(s, DHK_CASE, handle) != DHK_OK ||
        dhk_signal_field(s, "betrokkene", "R.", 2) != DHK_OK ||
        dhk_signal_field(s, "signaal", text, (size_t)len) != DHK_OK ||
        dhk_signal_attribute(s, "ernst", "middel") != DHK_OK)
        exit(4);
    if (all ? dhk_signal_attribute(s, "noodzaak-openbare-orde", "yes") != DHK_OK
            : dhk_signal_attribute(s, "kwaliteit-getoetst", "yes") != DHK_OK ||
                  dhk_signal_attribute(s, "handling", "h1") != DHK_OK ||
                  dhk_signal_attribute(s, "bron-betrouwbaarheid", "b") !=
                      DHK_OK ||
                  dhk_signal_attribute(s, "informatie-juistheid", "2") !=
                      DHK_OK ||
                  dhk_signal_to(s, to) != DHK_OK)
        exit(4);
    return s;
}

static void
send_all(int ms)
{
    struct dhk_problem problem = {""};

    for (;;) {
        enum dhk_err rc = dhk_connect(node, DHK_SEND, ms, &problem);

        if (rc == DHK_OK)
            rc = dhk_flush(node, ms, &problem);
        if (rc == DHK_OK)
            break;
        again("sending", rc, &problem);
    }
    dhk_disconnect(node);
}

static void
push(uint64_t n, uint64_t count, int ms, const char *to)
{
    struct dhk_problem problem = {""};
    const struct dhk_sent *sent = NULL;
    uint64_t number = 0;

    for (uint64_t i = 0; i < count; i++) {
        struct dhk_signal *s = make(n + i, to);

        if (dhk_push(node, s, &number, &problem) != DHK_OK)
            fail("push", &problem);
        dhk_signal_destroy(&s);
    }
    send_all(ms);
    for (uint64_t i = number - count; i < number; i++) {
        if (dhk_sent_next(node, i, &sent) == DHK_OK && sent->number == i + 1 &&
            (sent->state == DHK_ACCEPTED || sent->state == DHK_DONE))
            continue;
        (void)snprintf(problem.text, sizeof problem.text,
            "number %" PRIu64 " ended otherwise: %s", i + 1,
            sent != NULL && sent->why != NULL ? sent->why : "not refused");
        fail("push", &problem);
    }
    printf("pushed %" PRIu64 " %" PRIu64 "\n", n, count);
}

static const char *
value_of(const struct dhk_share *share)
{
    for (size_t i = 0; i < share->fields_n; i++)
        if (strcmp(share->fields[i].name, "signaal") == 0 &&
            share->fields[i].n > strlen("signaal "))
            return share->fields[i].value + strlen("signaal ");
    return "?";
}

/* One attempt; *COUNT says how many are still missing. */
static enum dhk_err
take_some(uint64_t *count, int ms, struct dhk_problem *problem)
{
    const struct dhk_share *share;
    enum dhk_err rc = dhk_connect(node, DHK_RECEIVE, ms, problem);

    while (rc == DHK_OK && *count > 0) {
        rc = dhk_receive(node, ms, &share, problem);
        if (rc != DHK_OK)
            return rc;
        printf("took %s %s\n", share->id, value_of(share));
        (*count)--;
        rc = dhk_confirm(node, &share);
    }
    return rc == DHK_OK ? dhk_answers_flush(node, ms, problem) : rc;
}

static void
take(uint64_t count, int ms)
{
    struct dhk_problem problem = {""};
    enum dhk_err rc;

    while ((rc = take_some(&count, ms, &problem)) != DHK_OK)
        again("receiving", rc, &problem);
    dhk_disconnect(node);
}

static void
on_report(void *ctx, const char *sentence)
{
    (void)ctx;
    (void)fprintf(stderr, "chaos_node: %s\n", sentence);
    if (!patient)
        exit(6);
}

int
main(int argc, char **argv)
{
    struct dhk_problem problem = {""};
    char line[128], to[33];
    uint64_t n, count;
    int ms;

    if (argc < 2)
        return 2;
    patient = argc > 2 && strcmp(argv[2], "patient") == 0;
    if (dhk_node_open(&node, argv[1], NULL, &problem) != DHK_OK)
        fail("open", &problem);
    dhk_report(node, on_report, NULL);
    while (fgets(line, sizeof line, stdin) != NULL) {
        until = now() + LIMIT_S;
        int words = sscanf(
            line, "push %" SCNu64 " %" SCNu64 " %d %32s", &n, &count, &ms, to);
        if (words >= 3)
            push(n, count, ms, words == 4 ? to : NULL);
        else if (sscanf(line, "take %" SCNu64 " %d", &count, &ms) == 2)
            take(count, ms);
        else
            return 2;
        (void)fflush(stdout);
    }
    dhk_node_close(&node);
    return 0;
}
