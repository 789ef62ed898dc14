/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoek case extract: at the desk, seals what a share holds to a third
 * party's card. That it is handed stands on the ledger first; the file is
 * written after the broker's receipt. A node keeps nothing of a share that it
 * handed out, so the share comes back in as 'receive' printed it. */
#include "cmd_case.h"

#include "casework.h"
#include "file.h"
#include "guestfile.h"
#include "json.h"
#include "session.h"
#include "trust.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { SHARES_MAX = 4 * 1024 * 1024, MS = 1000, TENTHS = 20 };

struct extract {
    struct cli *cli;
    struct dhk_node *node;
    const char *card_path, *out;
    int64_t timeout;
    int64_t index; /* of the share entry */
    struct guest_card card;
    uint8_t *text; /* standard input, which has fields in it */
    size_t text_n;
    struct json_item share;
    uint64_t before; /* the newest statement that it was handed; 0: none */
    int64_t before_made;
    struct guest_extract made;
};

static enum cli_exit
failed(
    const struct extract *x, enum dhk_err rc, const struct dhk_problem *problem)
{
    cli_say(x->cli, "%s",
        problem->text[0] != '\0' ? problem->text : dhk_strerror(rc));
    if (rc == DHK_NOTFOUND)
        return CLI_WAITING;
    return rc == DHK_DENIED || rc == DHK_STATE || rc == DHK_EXISTS
               ? CLI_NO
               : cli_exit_of(rc);
}

/* --- the share --- */

static bool
is_it(const struct extract *x, const json_t *o)
{
    const char *type = json_string_value(json_object_get(o, "type"));
    const json_t *index = json_object_get(o, "index");

    return type != NULL && strcmp(type, "share") == 0 &&
           json_is_integer(index) && json_integer_value(index) == x->index;
}

/* Finds it among what 'receive' printed. */
static enum cli_exit
read_share(struct extract *x)
{
    struct json_reader r = {.at = 0};
    const char *what = "";
    enum dhk_err rc = file_read(&x->text, &x->text_n, "-", SHARES_MAX);

    if (rc != DHK_OK)
        return cli_fail(x->cli, rc, "standard input");
    r.text = slice_of(x->text, x->text_n);
    while ((rc = json_read_next(&x->share, &r, &what)) == DHK_OK) {
        if (is_it(x, x->share.value))
            return CLI_OK;
        json_read_done(&x->share);
    }
    if (rc != DHK_NOTFOUND) {
        cli_say(
            x->cli, "standard input, line %u: %s", x->share.place.line, what);
        return CLI_INVALID;
    }
    cli_say(x->cli,
        "standard input has no share %" PRId64 ": give what 'driehoek receive' "
        "printed of it",
        x->index);
    return CLI_INVALID;
}

static enum cli_exit
check_share(const struct extract *x)
{
    const json_t *o = x->share.value;
    const char *handle = json_string_value(json_object_get(o, "case"));
    uint8_t bytes[GUEST_CASE];

    if (handle == NULL ||
        bytes_unhex(bytes, sizeof bytes, slice_str(handle)) != DHK_OK ||
        !json_is_object(json_object_get(o, "fields")) ||
        !json_is_object(json_object_get(o, "obligations"))) {
        cli_say(x->cli, "that is no share as 'driehoek receive' prints it");
        return CLI_INVALID;
    }
    if (memcmp(bytes, x->card.case_handle, sizeof bytes) != 0) {
        cli_say(x->cli, "the guest card is for another case than the share");
        return CLI_NO;
    }
    return CLI_OK;
}

/* --- the admission --- */

/* Until when the card is admitted at this desk, as all weighers stated it:
 * the last time that all said the same; 0: they did not. */
static int64_t
admitted_until(
    const struct casework *c, const struct dhk_node *node, const uint8_t id[32])
{
    unsigned of;
    int64_t until = 0;

    (void)casework_role(node, &of);
    for (size_t i = 0; i < c->n; i++) {
        const struct statement *s = &c->act[i].said;
        unsigned said = 0;
        if (c->act[i].index == 0 || s->what != ACT_ADMIT || !s->has_ref ||
            memcmp(s->ref, id, sizeof s->ref) != 0 ||
            !slice_equal(s->partner, slice_str(node->name)))
            continue;
        for (size_t k = 0; k <= i; k++) {
            const struct statement *b = &c->act[k].said;
            said += c->act[k].index != 0 && b->what == ACT_ADMIT &&
                    b->until == s->until && b->code == s->code &&
                    memcmp(b->ref, s->ref, sizeof b->ref) == 0 &&
                    slice_equal(b->partner, s->partner);
        }
        if (of > 0 && said % of == 0)
            until = s->until;
    }
    return until;
}

/* Finds the newest entry that says that it was handed. */
static void
find_handed(struct extract *x, const struct casework *c)
{
    x->before = 0;
    for (size_t i = 0; i < c->n; i++) {
        const struct casework_act *a = &c->act[i];
        if (a->said.what != ACT_HAND || a->index <= x->before ||
            a->said.about != (uint64_t)x->index ||
            memcmp(a->said.ref, x->card.id, sizeof x->card.id) != 0 ||
            !slice_equal(a->partner, slice_str(x->node->name)))
            continue;
        x->before = a->index;
        x->before_made = a->said.made;
    }
}

static enum dhk_err
look_up(struct extract *x, struct dhk_problem *problem)
{
    struct casework *c = NULL;
    enum dhk_err rc = casework_ask(x->node, x->card.case_handle, problem);

    if (rc == DHK_OK)
        rc = casework_open(&c, x->node, x->card.case_handle, problem);
    if (rc != DHK_OK)
        return rc;
    x->made.until = admitted_until(c, x->node, x->card.id);
    find_handed(x, c);
    casework_close(&c);
    if (x->made.until <= session_now(x->node))
        return problem_set(problem, DHK_DENIED,
            x->made.until == 0
                ? "this card is not admitted to the case at this desk"
                : "the admission of this card has ended");
    return DHK_OK;
}

/* The same statement in the same second would be one and the same: the broker
 * would repeat its receipt, whatever has become of the admission. */
static void
let_second_pass(const struct extract *x)
{
    const struct timespec tenth = {.tv_nsec = 100 * 1000 * 1000};

    for (unsigned i = 0;
         i < TENTHS && x->before != 0 && session_now(x->node) <= x->before_made;
         i++)
        (void)nanosleep(&tenth, NULL);
}

/* Stated each time that an extract is made: only the broker knows whether the
 * admission still runs. A statement from before is no leave. */
static enum dhk_err
state_handed(struct extract *x, struct dhk_problem *problem)
{
    struct stating said = {
        .what = ACT_HAND, .about = (uint64_t)x->index, .has_ref = true};

    let_second_pass(x);
    memcpy(said.case_handle, x->card.case_handle, sizeof said.case_handle);
    memcpy(said.ref, x->card.id, sizeof said.ref);
    enum dhk_err rc = casework_state(x->node, &said, &x->made.handed, problem);
    if (rc == DHK_OK && x->made.handed != 0 && x->made.handed <= x->before)
        return problem_set(problem, DHK_DENIED,
            "the broker does not take it that this is handed: the admission "
            "may have ended");
    if (rc == DHK_OK && x->made.handed == 0)
        return problem_set(problem, DHK_NOTFOUND,
            "the broker has not confirmed that it is handed; nothing was "
            "written: do it again");
    return rc;
}

/* --- the file --- */

static void
copy(json_t *to, const char *name, const json_t *from)
{
    json_t *value = json_object_get(from, name);

    json_build_put(to, name, value == NULL ? json_null() : json_incref(value));
}

/* What the third party gets to read: no attributes, no names of rules. */
static json_t *
content_of(const struct extract *x)
{
    static const char *const names[] = {"case", "sender", "kind", "purpose",
        "ground", "fields", "obligations", "agreement", "id"};
    json_t *o = json_build_object();

    json_build_text(o, "type", "extract");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        copy(o, names[i], x->share.value);
    json_build_text(o, "desk", x->node->name);
    json_build_uint(o, "share", x->made.share);
    json_build_uint(o, "handed", x->made.handed);
    json_build_time(o, "until", x->made.until);
    return o;
}

static enum dhk_err
write_extract(struct extract *x, struct dhk_problem *problem)
{
    json_t *o;
    char *text;
    enum dhk_err rc;

    x->made.origin = slice_str(trust_roster(x->node->trust)->origin);
    x->made.desk = slice_str(x->node->name);
    x->made.share = (uint64_t)x->index;
    x->made.made = session_now(x->node);
    o = content_of(x);
    text = json_dumps(o, JSON_COMPACT);
    json_decref(o);
    if (text == NULL)
        return problem_set(problem, DHK_NOMEM, "out of memory");
    rc = guestfile_seal(x->out, &x->made, &x->card, slice_str(text), problem);
    key_wipe(text, strlen(text));
    free(text);
    return rc;
}

/* --- all of it --- */

static enum cli_exit
run(struct extract *x)
{
    struct dhk_problem problem = {""};
    enum cli_exit exit;
    enum dhk_err rc = guestfile_card(&x->card, x->card_path, &problem);

    if (rc != DHK_OK)
        return failed(x, rc, &problem);
    if (access(x->out, F_OK) == 0) { /* before anything is stated */
        cli_say(x->cli, "%s is there already", x->out);
        return CLI_NO;
    }
    exit = read_share(x);
    if (exit == CLI_OK)
        exit = check_share(x);
    if (exit != CLI_OK)
        return exit;
    if (cli_node(x->cli, &x->node, &exit) != DHK_OK)
        return exit;
    dhk_report(x->node, cli_report, x->cli);
    rc = dhk_connect(x->node, DHK_SEND, (int)x->timeout * MS, &problem);
    if (rc == DHK_OK)
        rc = look_up(x, &problem);
    if (rc == DHK_OK)
        rc = state_handed(x, &problem);
    if (rc == DHK_OK)
        rc = write_extract(x, &problem);
    if (rc != DHK_OK)
        return failed(x, rc, &problem);
    printf("handed at ledger entry %" PRIu64 "; sealed to %s\n", x->made.handed,
        x->out);
    return CLI_OK;
}

enum cli_exit
cmd_case_extract(struct cli *cli, int argc, char **argv)
{
    struct extract x = {.cli = cli, .timeout = 10};
    enum cli_exit exit;
    const struct cli_option options[] = {
        {"card", 'c', CLI_TEXT, "FILE", "the third party's card (required)",
            &x.card_path},
        {"output", 'o', CLI_TEXT, "FILE", "where the extract goes (required)",
            &x.out},
        {"timeout", 't', CLI_NUMBER, "SECONDS", "wait for the broker (10)",
            &x.timeout},
    };
    const struct cli_usage usage = {"--card FILE --output FILE SHARE",
        "Seals the share of ledger entry SHARE, as 'driehoek receive' printed "
        "it (on\nstandard input), to a third party that is admitted to its "
        "case "
        "at this desk. The\nledger has that it is handed before the file is "
        "there.",
        options, sizeof options / sizeof options[0], 1, 1};

    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    if (x.card_path == NULL || x.out == NULL)
        return cli_wrong(cli, "--card and --output are required");
    if (strcmp(x.card_path, "-") == 0)
        return cli_wrong(cli, "--card is a file: standard input has the share");
    if (!cli_number(&x.index, cli->args[0]) || x.index == 0)
        return cli_wrong(cli, "SHARE is the index of a ledger entry");
    exit = run(&x);
    json_read_done(&x.share);
    file_free(&x.text, x.text_n);
    dhk_node_close(&x.node);
    return cli_flushed(cli, exit);
}
