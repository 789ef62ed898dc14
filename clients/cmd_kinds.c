/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoek kinds [KIND]: what the agreement knows, and a template to fill. The
 * template is JSON on standard output; what it means goes beside it, so that
 * `driehoek kinds KIND >signal.json` still tells how to fill it. */
#include "cmd.h"

#include <stdlib.h>
#include <string.h>

#include "kindroutes.h"
#include "json.h"
#include "node.h"
#include "table.h"
#include "trust.h"

enum { TEXT = 4096, CONNECT_MS = 5000 };

static void
append(char *out, const char *text)
{
    size_t at = strlen(out);
    (void)snprintf(out + at, TEXT - at, "%s", text);
}

/* --- the list
 * ----------------------------------------------------------------------- */

static void
join_fields(char *out, const struct agreement_kind *k)
{
    out[0] = '\0';
    for (size_t i = 0; i < k->fields_n; i++) {
        append(out, i > 0 ? ", " : "");
        append(out, k->fields[i].name);
    }
}

static enum dhk_err
print_kinds(const struct agreement *a, const struct kindroutes *open)
{
    static const struct table_column columns[] = {
        {"KIND", 0}, {"YOU MAY SEND", 0}, {"FIELDS", TABLE_WRAP}};
    struct table *table = NULL;
    char *fields = malloc(TEXT);
    enum dhk_err rc =
        fields == NULL ? DHK_NOMEM : table_new(&table, columns, 3);
    for (size_t i = 0; rc == DHK_OK && i < a->kinds_n; i++) {
        join_fields(fields, &a->kinds[i]);
        const char *const cells[] = {a->kinds[i].name,
            kindroutes_first(open, i) != NULL ? "yes" : "no", fields};
        rc = table_row(table, cells);
    }
    if (rc == DHK_OK)
        rc = table_print(table, stdout);
    table_destroy(&table);
    free(fields);
    return rc;
}

static enum dhk_err
print_named(const char *title, const struct agreement_named *list, size_t n)
{
    const struct table_column columns[] = {{title, 0}, {"", TABLE_WRAP}};
    struct table *table = NULL;
    enum dhk_err rc = table_new(&table, columns, 2);
    for (size_t i = 0; rc == DHK_OK && i < n; i++) {
        const char *const cells[] = {list[i].name, list[i].title};
        rc = table_row(table, cells);
    }
    putchar('\n');
    if (rc == DHK_OK)
        rc = table_print(table, stdout);
    table_destroy(&table);
    return rc;
}

static enum dhk_err
print_all(const struct agreement *a, const struct kindroutes *open)
{
    enum dhk_err rc = print_kinds(a, open);
    if (rc == DHK_OK)
        rc = print_named("PURPOSE", a->purposes, a->purposes_n);
    if (rc == DHK_OK)
        rc = print_named("GROUND", a->grounds, a->grounds_n);
    printf("\nPartners:");
    for (size_t i = 0; i < a->parties_n; i++)
        printf("%s %s", i > 0 ? "," : "", a->parties[i]);
    printf("\nA template to fill: driehoek kinds KIND\n");
    return rc;
}

/* --- JSON
 * --------------------------------------------------------------------------------
 */

static const char *
type_name(enum attribute_type type)
{
    switch (type) {
    case ATTRIBUTE_YES_NO:
        return "yes-no";
    case ATTRIBUTE_LEVEL:
        return "level";
    case ATTRIBUTE_CHOICE:
        return "choice";
    case ATTRIBUTE_NUMBER:
        return "number";
    default:
        break;
    }
    return "?";
}

static const char *
category_name(const struct agreement_field *f)
{
    static const char *const names[] = {
        "", "a", "b", "c", "d", "e", "f", "g", "h", "special"};
    return (size_t)f->category < sizeof names / sizeof names[0]
               ? names[f->category]
               : "";
}

static json_t *
attribute_json(const struct agreement_attribute *at)
{
    json_t *o = json_build_object();
    json_build_text(o, "name", at->name);
    json_build_text(o, "type", type_name(at->type));
    if (at->type == ATTRIBUTE_NUMBER) {
        json_build_uint(o, "min", at->min);
        json_build_uint(o, "max", at->max);
    } else if (at->type != ATTRIBUTE_YES_NO) {
        json_t *values = json_build_array();
        for (size_t i = 0; i < at->values_n; i++)
            json_build_add_text(values, at->values[i]);
        json_build_put(o, "values", values);
    }
    json_build_bool(o, "by_broker", at->by_broker);
    json_build_bool(o, "closed", at->closed);
    return o;
}

static json_t *
kind_json(const struct agreement *a, const struct kindroutes *open, size_t i)
{
    const struct agreement_kind *k = &a->kinds[i];
    json_t *o = json_build_object();
    json_t *fields = json_build_array();
    json_t *attributes = json_build_array();
    for (size_t f = 0; f < k->fields_n; f++) {
        json_t *one = json_build_object();
        json_build_text(one, "name", k->fields[f].name);
        json_build_text(one, "category", category_name(&k->fields[f]));
        json_build_bool(one, "required", (k->required >> f & 1) != 0);
        json_build_add(fields, one);
    }
    for (size_t t = 0; t < k->attributes_n; t++)
        json_build_add(
            attributes, attribute_json(&a->attributes[k->attributes[t]]));
    json_build_text(o, "kind", k->name);
    json_build_bool(o, "may_send", kindroutes_first(open, i) != NULL);
    json_build_put(o, "fields", fields);
    json_build_put(o, "attributes", attributes);
    return o;
}

static json_t *
named_json(const struct agreement_named *list, size_t n)
{
    json_t *o = json_build_object();
    for (size_t i = 0; i < n; i++)
        json_build_text(o, list[i].name, list[i].title);
    return o;
}

static json_t *
all_json(const struct agreement *a, const struct kindroutes *open)
{
    json_t *o = json_build_object();
    json_t *kinds = json_build_array();
    json_t *parties = json_build_array();
    for (size_t i = 0; i < a->kinds_n; i++)
        json_build_add(kinds, kind_json(a, open, i));
    for (size_t i = 0; i < a->parties_n; i++)
        json_build_add_text(parties, a->parties[i]);
    json_build_text(o, "agreement", a->name);
    json_build_uint(o, "version", a->version);
    json_build_put(o, "kinds", kinds);
    json_build_put(o, "purposes", named_json(a->purposes, a->purposes_n));
    json_build_put(o, "grounds", named_json(a->grounds, a->grounds_n));
    json_build_put(o, "parties", parties);
    return o;
}

/* --- one kind
 * ----------------------------------------------------------------------------
 */

static void
explain_attribute(const struct agreement_attribute *at)
{
    char values[TEXT] = "";
    if (at->by_broker)
        return;
    for (size_t i = 0; i < at->values_n; i++) {
        append(values, i > 0 ? ", " : "");
        append(values, at->values[i]);
    }
    if (at->type == ATTRIBUTE_YES_NO)
        append(values, "yes, no");
    if (at->type == ATTRIBUTE_NUMBER)
        (void)snprintf(values, sizeof values, "%u to %u", at->min, at->max);
    (void)fprintf(stderr, "  %-28s %s, unknown%s\n", at->name, values,
        at->closed ? " (recipients never see it)" : "");
}

static void
explain_route(const struct agreement *a, const struct kindroutes *open,
    const struct kindroute *route)
{
    const struct agreement_kind *k = &a->kinds[route->kind];
    (void)fprintf(stderr, "for %s on %s\n", a->purposes[route->purpose].name,
        a->grounds[route->ground].name);
    for (size_t r = 0; r < a->parties_n; r++) {
        uint32_t fields = kindroutes_fields(open, route, (uint16_t)r);
        const char *before = "";
        if (fields == 0)
            continue;
        (void)fprintf(stderr, "  %s may get: ", a->parties[r]);
        for (size_t f = 0; f < k->fields_n; f++) {
            if ((fields & (UINT32_C(1) << f)) == 0)
                continue;
            (void)fprintf(stderr, "%s%s", before, k->fields[f].name);
            before = ", ";
        }
        (void)fputc('\n', stderr);
    }
}

static void
explain_required(const struct agreement_kind *k)
{
    const char *before = "Never without: ";
    for (size_t f = 0; f < k->fields_n; f++) {
        if ((k->required >> f & 1) == 0)
            continue;
        (void)fprintf(stderr, "%s%s", before, k->fields[f].name);
        before = ", ";
    }
    if (k->required != 0)
        (void)fputc('\n', stderr);
}

static void
explain(const struct agreement *a, const struct kindroutes *open, size_t kind)
{
    const struct kindroute *route = kindroutes_first(open, kind);
    const struct agreement_kind *k = &a->kinds[kind];
    (void)fprintf(
        stderr, "%s, by %s version %u\n", k->name, a->name, a->version);
    if (route == NULL)
        (void)fprintf(stderr, "You may not send this kind to anybody.\n");
    for (; route != NULL; route = kindroutes_next(open, route))
        explain_route(a, open, route);
    (void)fprintf(stderr,
        "Who gets what depends on the attributes; push --dry-run shows it.\n");
    explain_required(k);
    if (k->attributes_n > 0)
        (void)fprintf(stderr, "attributes\n");
    for (size_t i = 0; i < k->attributes_n; i++)
        explain_attribute(&a->attributes[k->attributes[i]]);
    (void)fprintf(stderr,
        "Leave a field empty and it is not sent. 'case' wants a handle of\n"
        "'driehoek case new'. The template:\n");
}

static json_t *
template_json(
    const struct agreement *a, size_t kind, const struct kindroute *route)
{
    const struct agreement_kind *k = &a->kinds[kind];
    json_t *o = json_build_object();
    json_t *attributes = json_build_object();
    json_t *fields = json_build_object();
    for (size_t i = 0; i < k->attributes_n; i++) {
        const struct agreement_attribute *at = &a->attributes[k->attributes[i]];
        if (!at->by_broker)
            json_build_text(attributes, at->name, "unknown");
    }
    for (size_t i = 0; i < k->fields_n; i++)
        json_build_text(fields, k->fields[i].name, "");
    json_build_text(o, "kind", k->name);
    json_build_text(
        o, "purpose", route != NULL ? a->purposes[route->purpose].name : "");
    json_build_text(
        o, "ground", route != NULL ? a->grounds[route->ground].name : "");
    json_build_text(o, "case", "");
    json_build_put(o, "attributes", attributes);
    json_build_put(o, "fields", fields);
    return o;
}

static enum cli_exit
one_kind(const struct cli *cli, const struct agreement *a,
    const struct kindroutes *open, bool quiet)
{
    const char *word = cli->args[0];
    int kind = agreement_kind(a, slice_str(word));
    if (kind < 0) {
        const char *names[LIMIT_VOCABULARY];
        size_t n =
            a->kinds_n < LIMIT_VOCABULARY ? a->kinds_n : LIMIT_VOCABULARY;
        for (size_t i = 0; i < n; i++)
            names[i] = a->kinds[i].name;
        const char *near = agreement_nearest(slice_str(word), names, n);
        cli_say(cli, "there is no kind '%s'%s%s%s", word,
            near != NULL ? "; did you mean '" : "", near != NULL ? near : "",
            near != NULL ? "'?" : "; driehoek kinds lists what there is");
        return CLI_INVALID;
    }
    if (!quiet)
        explain(a, open, (size_t)kind);
    json_t *o =
        template_json(a, (size_t)kind, kindroutes_first(open, (size_t)kind));
    int rc = json_dumpf(o, stdout, JSON_INDENT(2));
    json_decref(o);
    if (rc == 0)
        putchar('\n');
    return CLI_OK;
}

/* --- all of it
 * ----------------------------------------------------------------------------
 */

/* The agreement as last seen; asks the broker only when there is none yet. */
static bool
open_node(const struct cli *cli, struct dhk_node **node, enum cli_exit *exit)
{
    struct dhk_problem problem = {""};
    struct dhk_options options = {.broker = cli->via};
    const char *dir = cli_dir(cli);
    *exit = CLI_USAGE;
    if (dir == NULL)
        return false;
    enum dhk_err rc = node_open(node, dir, &options, NODE_LOCKED, &problem);
    if (rc == DHK_OK && trust_agreement((*node)->trust) != NULL) {
        cli_warn(cli, *node);
        return true;
    }
    dhk_node_close(node);
    if (rc != DHK_OK) {
        cli_say(cli, "%s", problem.text);
        *exit = rc == DHK_NOTFOUND ? CLI_LOCAL : cli_exit_of(rc);
        return false;
    }
    if (cli_node(cli, node, exit) != DHK_OK)
        return false;
    rc = dhk_connect(*node, DHK_QUERY, CONNECT_MS, &problem);
    if (rc == DHK_OK && trust_agreement((*node)->trust) != NULL)
        return true;
    cli_say(cli, "%s",
        rc != DHK_OK ? problem.text
        : trust_is_revoked((*node)->trust)
            ? "no agreement is in force: it was revoked by a signatory"
            : "no agreement is in force at the broker");
    *exit = rc == DHK_OK      ? CLI_NO
            : rc == DHK_STATE ? CLI_INVALID
                              : cli_exit_of(rc);
    return false;
}

static enum cli_exit
show(struct cli *cli, const struct dhk_node *node, bool json, bool quiet)
{
    const struct agreement *a = trust_agreement(node->trust);
    struct kindroutes open;
    enum cli_exit exit = CLI_OK;
    enum dhk_err rc =
        kindroutes_find(&open, a, agreement_party(a, slice_str(node->name)));
    if (rc == DHK_OK && json)
        (void)json_print(stdout, all_json(a, &open));
    else if (rc == DHK_OK && cli->args_n == 1)
        exit = one_kind(cli, a, &open, quiet);
    else if (rc == DHK_OK)
        rc = print_all(a, &open);
    if (rc != DHK_OK)
        exit = cli_fail(cli, rc, "the list");
    kindroutes_done(&open);
    return exit;
}

enum cli_exit
cmd_kinds(struct cli *cli, int argc, char **argv)
{
    struct dhk_node *node = NULL;
    bool json = false;
    bool quiet = false;
    enum cli_exit exit;
    const struct cli_option options[] = {
        {"json", 'j', CLI_FLAG, NULL, "everything that exists, as JSON", &json},
        {"template", 0, CLI_FLAG, NULL, "the template only", &quiet},
    };
    const struct cli_usage usage = {"[KIND] [--template] [--json]",
        "Shows which kinds of signal there are. With KIND: who could get it "
        "and, on\nstandard output, a template in JSON to fill and push.",
        options, 2, 0, 1};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    if (open_node(cli, &node, &exit))
        exit = show(cli, node, json, quiet);
    dhk_node_close(&node);
    return cli_flushed(cli, exit);
}
