/* SPDX-License-Identifier: EUPL-1.2 */
#include "alarm.h"

#include "retention.h"
#include "session.h"
#include "stating.h"

#include <stdlib.h>
#include <string.h>

enum { LINE = 256 };

static size_t
count_kept(const struct dhk_node *node)
{
    struct dhk_problem problem;
    struct thread taken;
    int64_t now = session_now(node);
    size_t n = 0;

    if (thread_read_taken(&taken, node, &problem) == DHK_OK) {
        for (size_t i = 0; i < taken.n; i++)
            n += retention_is_over(&taken.item[i], now);
    }
    thread_clear(&taken);
    return n;
}

void
alarm_begin(struct alarm *a, const struct dhk_node *node, bool sent)
{
    struct dhk_problem problem;

    *a = (struct alarm){.n = 0};
    if (thread_read_open(&a->thread, node, sent, &problem) != DHK_OK)
        thread_clear(&a->thread);
    if (sent)
        a->kept = count_kept(node);
    if (thread_questions(&a->question, &a->n, &a->thread, NULL, NULL) != DHK_OK)
        a->n = 0;
}

/* --- terms --- */

static size_t
count_terms(const struct dhk_case *c)
{
    size_t n = 0;

    for (size_t i = 0; i < c->terms_n; i++)
        n += c->terms[i].own && c->terms[i].passed ? 1 : 0;
    return n;
}

static size_t
all_terms(struct dhk_node *node)
{
    struct dhk_problem problem;
    char(*known)[33] = NULL;
    size_t n = 0, passed = 0;

    if (dhk_case_list(node, &known, &n, &problem) != DHK_OK)
        n = 0;
    for (size_t i = 0; i < n; i++) {
        const struct dhk_case *c = NULL;
        if (dhk_case_get(node, known[i], &c, &problem) == DHK_OK)
            passed += count_terms(c);
        dhk_case_end(&c);
    }
    free(known);
    return passed;
}

/* --- questions --- */

static bool
was_refused(struct dhk_node *node, const struct thread_question *q)
{
    struct dhk_problem problem;
    const struct dhk_case *c = NULL;
    char handle[2 * STATEMENT_CASE + 1];
    bool refused = false;

    bytes_hex(handle, q->item->case_handle, STATEMENT_CASE);
    if (dhk_case_get(node, handle, &c, &problem) != DHK_OK)
        return false;
    for (size_t i = 0; i < c->acts_n; i++)
        refused = refused || (c->acts[i].about == q->share && q->share != 0 &&
                                 strcmp(c->acts[i].act, "refuse") == 0);
    dhk_case_end(&c);
    return refused;
}

static void
count_questions(const struct alarm *a, struct dhk_node *node, size_t *asked,
    size_t *to_answer)
{
    int64_t now = session_now(node);

    *asked = *to_answer = 0;
    for (size_t i = 0; i < a->n; i++) {
        const struct thread_question *q = &a->question[i];
        if (q->due > now || was_refused(node, q))
            continue;
        *(q->partner != NULL ? asked : to_answer) += 1;
    }
}

static size_t
count_refused(const struct dhk_node *node)
{
    struct stating_refused r = {.number = 0};
    size_t n = 0;

    while (stating_refused_next(&r, node->broker_dir, r.number) == DHK_OK)
        n++;
    return n;
}

static void
add(char out[LINE], const char *what, size_t n)
{
    size_t at = strlen(out);

    if (n > 0)
        (void)snprintf(
            out + at, LINE - at, "%s%s: %zu", at > 0 ? "; " : "", what, n);
}

void
alarm_tell(struct alarm *a, const struct cli *cli, struct dhk_node *node)
{
    struct dhk_problem problem = {""};
    char line[LINE] = "";
    size_t asked, to_answer;

    if (node->session != NULL && session_is_ready(node->session) &&
        dhk_case_ask(node, NULL, &problem) != DHK_OK)
        cli_say(cli, "cases: %s", problem.text);
    count_questions(a, node, &asked, &to_answer);
    add(line, "terms of cases that have passed", all_terms(node));
    add(line, "shares that are kept too long", a->kept);
    add(line, "questions to answer", to_answer);
    add(line, "questions that others have not answered", asked);
    add(line, "statements that were not taken", count_refused(node));
    if (line[0] != '\0')
        cli_say(cli, "ALARM: %s. driehoek case list shows which", line);
    free(a->question);
    thread_clear(&a->thread);
    *a = (struct alarm){.n = 0};
}
