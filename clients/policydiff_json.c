/* SPDX-License-Identifier: EUPL-1.2
 *
 * Changes between agreements for programs; see policydiff.h. */
#include "policydiff.h"
#include "suggest.h"

struct view {
    const struct policydiff *of;
    enum render_lang lang;
};

static const char *
text_of(const struct words *words)
{
    const char *text;
    must(words_end(words, &text) == DHK_OK);
    return text;
}

static void
put_words(json_t *o, const char *name, struct words *words)
{
    json_build_text(o, name, text_of(words));
    words_done(words);
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
conditions_json(const struct view *x, const struct box *box)
{
    struct cells *c = x->of->diff->cells;
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
duties_json(const struct view *x, const struct diff_box *one)
{
    struct words from = {0};
    struct words to = {0};
    json_t *o = json_build_object();
    if (one->duties_differ) {
        diff_words_duties(
            &from, x->of->file[0]->agreement, &one->from, x->lang);
        put_words(o, "from", &from);
    }
    diff_words_duties(&to, x->of->file[1]->agreement, &one->to, x->lang);
    put_words(o, "to", &to);
    return o;
}

static json_t *
box_json(const struct view *x, const struct diff_box *one)
{
    static const char *const verdict[] = {"deny", "permit", "pending"};
    size_t given = one->after != VERDICT_DENY ? 1 : 0;
    struct words where = {0};
    struct words example = {0};
    json_t *o = json_build_object();
    must(diff_words_where(&where, x->of->diff, one->box, x->lang) == DHK_OK);
    put_words(o, "where", &where);
    json_build_text(
        o, "signal", cells_kind_name(x->of->diff->cells, one->box->kind));
    json_build_put(o, "conditions", conditions_json(x, one->box));
    policyfile_put_fields(
        o, "gained", policydiff_kind(x->of, one, 1), one->gained);
    policyfile_put_fields(o, "lost", policydiff_kind(x->of, one, 0), one->lost);
    json_build_text(o, "before", verdict[one->before]);
    json_build_text(o, "after", verdict[one->after]);
    json_build_put(o, "requests", json_real(one->box->requests));
    suggest_request(
        &example, x->of->file[given]->agreement, &one->box->request[given]);
    put_words(o, "example", &example);
    if (one->duties_differ || one->before == VERDICT_DENY)
        json_build_put(o, "duties", duties_json(x, one));
    return o;
}

static json_t *
group_json(const struct view *x, enum diff_group group)
{
    json_t *list = json_build_array();
    for (size_t i = 0; i < x->of->diff->n; i++) {
        if (x->of->diff->list[i].group == group)
            json_build_add(list, box_json(x, &x->of->diff->list[i]));
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
names_json(const struct view *x, bool remarks)
{
    static const char *const how[] = {"added", "removed", "changed"};
    static const char *const effect[] = {NULL, "wider", "narrower"};
    json_t *list = json_build_array();
    for (size_t i = 0; i < x->of->names.n; i++) {
        const struct diff_name *name = &x->of->names.list[i];
        if (diff_name_is_remark(name) != remarks)
            continue;
        json_t *o = json_build_object();
        json_build_text(o, "class", diff_class_name(name->class));
        json_build_text(o, "how", how[name->how]);
        json_build_text(o, "name", name->name);
        put_maybe(o, "of", name->of);
        put_maybe(o, "from", name->from);
        put_maybe(o, "to", name->to);
        put_maybe(o, "effect", effect[name->effect]);
        json_build_add(list, o);
    }
    return list;
}

json_t *
policydiff_json(const struct policydiff *of, enum render_lang lang)
{
    const struct view view = {of, lang};
    const struct view *x = &view;
    json_t *o = json_build_object();
    json_build_bool(o, "equal", policydiff_is_equal(x->of));
    json_build_put(o, "wider", group_json(x, DIFF_WIDENED));
    json_build_put(o, "narrower", group_json(x, DIFF_NARROWED));
    json_build_put(o, "obligations", group_json(x, DIFF_DUTIES));
    json_build_put(o, "vocabulary", names_json(x, false));
    json_build_put(o, "remarks", names_json(x, true));
    return o;
}
