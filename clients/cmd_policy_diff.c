/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoek policy diff OLD NEW: what a signatory of the next version has to
 * know of it. */
#include "cmd_policy.h"
#include "diff_names.h"
#include "diff_words.h"
#include "policyfile.h"
#include "suggest.h"

#include <string.h>

struct diffing {
    const struct cli *cli;
    struct policyfile file[2]; /* old, new */
    struct diff *diff;
    struct diff_names names;
    enum render_lang lang;
    bool json;
};

static const char *
say(const struct diffing *x, const char *nl, const char *en)
{
    return x->lang == RENDER_NL ? nl : en;
}

static const char *
text_of(const struct words *words)
{
    const char *text;
    must(words_end(words, &text) == DHK_OK);
    return text;
}

/* The kind of the box in the old (0) or new agreement, or NULL. */
static const struct agreement_kind *
kind_of(const struct diffing *x, const struct diff_box *one, size_t which)
{
    int i = cells_kind_index(x->diff->cells, which, one->box->kind);
    return i < 0 ? NULL : &x->file[which].agreement->kinds[i];
}

/* --- as text --- */

static void
print_fields(
    const char *title, const struct agreement_kind *kind, uint32_t fields)
{
    const char *comma = title;
    for (size_t i = 0; kind != NULL && i < kind->fields_n; i++) {
        if ((fields >> i & 1) != 0) {
            printf("%s%s", comma, kind->fields[i].name);
            comma = ", ";
        }
    }
    if (comma != title)
        printf("\n");
}

static void
print_duties(const struct diffing *x, const char *title, size_t which,
    const struct duties *duties)
{
    struct words words = {0};
    diff_words_duties(&words, x->file[which].agreement, duties, x->lang);
    printf("%s%s\n", title, text_of(&words));
    words_done(&words);
}

static void
print_box(const struct diffing *x, const struct diff_box *one)
{
    struct words where = {0};
    struct words verdict = {0};
    must(diff_words_where(&where, x->diff, one->box, x->lang) == DHK_OK);
    diff_words_verdict(&verdict, one, x->lang);
    printf("  %s\n", text_of(&where));
    if (verdict.n > 0)
        printf("    %s\n", text_of(&verdict));
    print_fields(
        say(x, "    erbij: ", "    gained: "), kind_of(x, one, 1), one->gained);
    print_fields(
        say(x, "    eraf: ", "    lost: "), kind_of(x, one, 0), one->lost);
    if (one->duties_differ)
        print_duties(x,
            say(x, "    verplichtingen waren: ", "    duties before: "), 0,
            &one->from);
    if (one->duties_differ || one->before == VERDICT_DENY)
        print_duties(
            x, say(x, "    verplichtingen: ", "    duties: "), 1, &one->to);
    words_done(&where);
    words_done(&verdict);
}

static void
print_boxes(const struct diffing *x)
{
    static const char *const nl[] = {
        "Ruimer", "Enger", "Andere verplichtingen"};
    static const char *const en[] = {"Wider", "Narrower", "Other obligations"};
    int last = -1;
    for (size_t i = 0; i < x->diff->n; i++) {
        enum diff_group group = x->diff->list[i].group;
        if ((int)group != last)
            printf("%s%s (%zu)\n", last < 0 ? "" : "\n",
                say(x, nl[group], en[group]), x->diff->count[group]);
        last = (int)group;
        print_box(x, &x->diff->list[i]);
    }
}

/* What NAME is called: "party om", "geldig". */
static void
print_called(const struct diffing *x, const struct diff_name *name)
{
    static const char *const nl[] = {"", "partij", "doel", "grondslag",
        "kenmerk", "tijdvenster", "signaal", "veld", "kenmerk", "regel"};
    if (name->class == DIFF_HEADER && x->lang == RENDER_NL) {
        printf("%s", strcmp(name->name, "name") == 0       ? "naam"
                     : strcmp(name->name, "timezone") == 0 ? "tijdzone"
                     : strcmp(name->name, "valid") == 0    ? "geldig"
                                                           : "ondertekenaars");
    } else if (name->class == DIFF_HEADER) {
        printf("%s", name->name);
    } else {
        printf("%s %s",
            say(x, nl[name->class],
                diff_class_name(name->class == DIFF_CARRIED ? DIFF_ATTRIBUTE
                                                            : name->class)),
            name->name);
    }
    if (name->of != NULL)
        printf(" %s %s", say(x, "van signaal", "of signal"), name->of);
}

static void
print_name(const struct diffing *x, const struct diff_name *name)
{
    static const char *const nl[] = {"erbij", "eraf", "anders"};
    static const char *const en[] = {"added", "removed", "changed"};
    const char *from = name->from == NULL ? "-" : name->from;
    const char *to = name->to == NULL ? "-" : name->to;
    printf("  %s: ", say(x, nl[name->how], en[name->how]));
    print_called(x, name);
    if (name->how == DIFF_CHANGED)
        printf(": %s -> %s", from, to);
    else if (name->from != NULL || name->to != NULL)
        printf(": %s", name->how == DIFF_ADDED ? to : from);
    printf("\n");
}

static void
print_names(const struct diffing *x, bool remarks, const char *title)
{
    for (size_t i = 0; i < x->names.n; i++) {
        if (diff_name_is_remark(&x->names.list[i]) != remarks)
            continue;
        printf("%s", title);
        title = "";
        print_name(x, &x->names.list[i]);
    }
}

static bool
is_equal(const struct diffing *x)
{
    return x->diff->n == 0 && x->names.n == x->names.remarks;
}

static void
print(const struct diffing *x)
{
    if (is_equal(x))
        printf("%s\n", say(x, "Beide teksten betekenen hetzelfde.",
                           "Both texts mean the same."));
    print_boxes(x);
    if (x->names.n > x->names.remarks)
        print_names(x, false,
            x->diff->n > 0
                ? say(x, "\nAanhef en woorden\n", "\nHeader and vocabulary\n")
                : say(x, "Aanhef en woorden\n", "Header and vocabulary\n"));
    print_names(x, true,
        say(x, "\nRegels (verandert op zichzelf niets)\n",
            "\nRules (changes nothing by itself)\n"));
}

/* --- as JSON --- */

static void
put_words(json_t *o, const char *name, struct words *words)
{
    json_build_text(o, name, text_of(words));
    words_done(words);
}

static void
put_fields(json_t *o, const char *name, const struct agreement_kind *kind,
    uint32_t fields)
{
    json_t *list = json_build_array();
    for (size_t i = 0; kind != NULL && i < kind->fields_n; i++) {
        if ((fields >> i & 1) != 0)
            json_build_add_text(list, kind->fields[i].name);
    }
    json_build_put(o, name, list);
}

/* An attribute that has another type now is there twice. */
static const char *
key_of(const json_t *o, const struct cells *c, size_t d)
{
    static const char *const names[] = {"from", "to", "for", "on", "during"};
    static char second[LIMIT_NAME + 8];
    if (d < CELLS_ATTRIBUTE)
        return names[d];
    const char *name = cells_attribute_name(c, d);
    if (json_object_get(o, name) == NULL)
        return name;
    (void)snprintf(second, sizeof second, "%s (new)", name);
    return second;
}

/* What restricts the box, by dimension; its kind is at hand. */
static json_t *
conditions_json(const struct diffing *x, const struct box *box)
{
    struct cells *c = x->diff->cells;
    json_t *o = json_build_object();
    for (size_t d = 0; d < box->dimensions; d++) {
        json_t *list;
        if (cells_count(&box->set[d]) == cells_values(c, d))
            continue;
        list = json_build_array();
        for (size_t v = 0; v < cells_values(c, d); v++) {
            struct words value = {0};
            if (!cells_has(&box->set[d], v))
                continue;
            cells_value_name(c, &value, d, v);
            json_build_add_text(list, text_of(&value));
            words_done(&value);
        }
        json_build_put(o, key_of(o, c, d), list);
    }
    return o;
}

static json_t *
duties_json(const struct diffing *x, const struct diff_box *one)
{
    struct words from = {0};
    struct words to = {0};
    json_t *o = json_build_object();
    if (one->duties_differ) {
        diff_words_duties(&from, x->file[0].agreement, &one->from, x->lang);
        put_words(o, "from", &from);
    }
    diff_words_duties(&to, x->file[1].agreement, &one->to, x->lang);
    put_words(o, "to", &to);
    return o;
}

static json_t *
box_json(const struct diffing *x, const struct diff_box *one)
{
    static const char *const verdict[] = {"deny", "permit", "pending"};
    size_t given = one->after != VERDICT_DENY ? 1 : 0;
    struct words where = {0};
    struct words example = {0};
    json_t *o = json_build_object();
    must(diff_words_where(&where, x->diff, one->box, x->lang) == DHK_OK);
    put_words(o, "where", &where);
    json_build_text(
        o, "signal", cells_kind_name(x->diff->cells, one->box->kind));
    json_build_put(o, "conditions", conditions_json(x, one->box));
    put_fields(o, "gained", kind_of(x, one, 1), one->gained);
    put_fields(o, "lost", kind_of(x, one, 0), one->lost);
    json_build_text(o, "before", verdict[one->before]);
    json_build_text(o, "after", verdict[one->after]);
    json_build_put(o, "requests", json_real(one->box->requests));
    suggest_request(
        &example, x->file[given].agreement, &one->box->request[given]);
    put_words(o, "example", &example);
    if (one->duties_differ || one->before == VERDICT_DENY)
        json_build_put(o, "duties", duties_json(x, one));
    return o;
}

static json_t *
group_json(const struct diffing *x, enum diff_group group)
{
    json_t *list = json_build_array();
    for (size_t i = 0; i < x->diff->n; i++) {
        if (x->diff->list[i].group == group)
            json_build_add(list, box_json(x, &x->diff->list[i]));
    }
    return list;
}

static void
put_maybe(json_t *o, const char *name, const char *text)
{
    if (text != NULL)
        json_build_text(o, name, text);
}

static json_t *
names_json(const struct diffing *x, bool remarks)
{
    static const char *const how[] = {"added", "removed", "changed"};
    json_t *list = json_build_array();
    for (size_t i = 0; i < x->names.n; i++) {
        const struct diff_name *name = &x->names.list[i];
        if (diff_name_is_remark(name) != remarks)
            continue;
        json_t *o = json_build_object();
        json_build_text(o, "class", diff_class_name(name->class));
        json_build_text(o, "how", how[name->how]);
        json_build_text(o, "name", name->name);
        put_maybe(o, "of", name->of);
        put_maybe(o, "from", name->from);
        put_maybe(o, "to", name->to);
        json_build_add(list, o);
    }
    return list;
}

static void
print_json(const struct diffing *x)
{
    json_t *o = json_build_object();
    json_build_bool(o, "equal", is_equal(x));
    json_build_put(o, "wider", group_json(x, DIFF_WIDENED));
    json_build_put(o, "narrower", group_json(x, DIFF_NARROWED));
    json_build_put(o, "obligations", group_json(x, DIFF_DUTIES));
    json_build_put(o, "vocabulary", names_json(x, false));
    json_build_put(o, "remarks", names_json(x, true));
    (void)json_print(stdout, o);
}

static enum cli_exit
compare(struct diffing *x)
{
    struct words why = {0};
    enum dhk_err rc =
        diff_new(&x->diff, x->file[0].agreement, x->file[1].agreement, &why);
    if (rc == DHK_OK)
        rc = diff_names_find(
            &x->names, x->file[0].agreement, x->file[1].agreement);
    if (rc != DHK_OK) {
        enum cli_exit exit =
            cli_fail(x->cli, rc, why.n > 0 ? why.text : x->file[1].path);
        words_done(&why);
        return exit;
    }
    if (x->json)
        print_json(x);
    else
        print(x);
    return is_equal(x) ? CLI_OK : CLI_NO;
}

static bool
read_lang(enum render_lang *out, const char *lang)
{
    *out = strcmp(lang, "nl") == 0 ? RENDER_NL : RENDER_EN;
    return *out == RENDER_NL || strcmp(lang, "en") == 0;
}

enum cli_exit
cmd_policy_diff(struct cli *cli, int argc, char **argv)
{
    struct diffing x = {.cli = cli};
    const char *lang = "nl";
    enum cli_exit exit;
    const struct cli_option options[] = {
        {"lang", 'l', CLI_TEXT, "nl|en", "language of the sentences (nl)",
            &lang},
        {"json", 'j', CLI_FLAG, NULL, "the changes as JSON", &x.json},
    };
    const struct cli_usage usage = {"OLD NEW [--lang nl|en] [--json]",
        "Every change of meaning between two agreements: what is given that "
        "was not, what\nno longer is, other obligations, and their headers and "
        "vocabularies.",
        options, 2, 2, 2};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    if (!read_lang(&x.lang, lang))
        return cli_wrong(cli, "--lang wants nl or en, not '%s'", lang);
    exit = CLI_OK;
    for (size_t i = 0; i < 2 && exit == CLI_OK; i++) {
        enum dhk_err rc = policyfile_load(&x.file[i], cli->args[i]);
        if (rc != DHK_OK)
            exit = policyfile_fail(cli, &x.file[i], rc);
    }
    if (exit == CLI_OK)
        exit = compare(&x);
    diff_names_done(&x.names);
    diff_destroy(&x.diff);
    policyfile_done(&x.file[0]);
    policyfile_done(&x.file[1]);
    return cli_flushed(cli, exit);
}
