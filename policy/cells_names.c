/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the numbers of a cell are called; see cells.h. */
#include "cells_space.h"

#include <string.h>

static const struct cells_names *
names_of(const struct cells_space *s, size_t dimension)
{
    switch (dimension) {
    case CELLS_SENDER:
    case CELLS_RECIPIENT:
        return &s->parties;
    case CELLS_PURPOSE:
        return &s->purposes;
    default:
        return &s->grounds;
    }
}

static const struct agreement_attribute *
attribute_of(const struct cells_axis *axis)
{
    return axis->of[0] != NULL ? axis->of[0] : axis->of[1];
}

size_t
cells_values(const struct cells *c, size_t dimension)
{
    const struct cells_space *s = cells_space_of(c);

    return dimension < s->axes_n ? s->axis[dimension].n : 0;
}

const char *
cells_kind_name(const struct cells *c, size_t kind)
{
    const struct cells_space *s = cells_space_of(c);

    return kind < s->kinds.n ? s->kinds.name[kind] : "?";
}

int
cells_kind_index(const struct cells *c, size_t which, size_t kind)
{
    const struct cells_space *s = cells_space_of(c);
    uint16_t i = kind < s->kinds.n ? s->kinds.index[which][kind] : CELLS_NONE;

    return i == CELLS_NONE ? -1 : (int)i;
}

const char *
cells_attribute_name(const struct cells *c, size_t dimension)
{
    return attribute_of(&cells_space_of(c)->axis[dimension])->name;
}

/* Whether a window of that name of the first agreement holds too. */
static bool
is_said(const struct cells_space *s, const char *name, size_t value)
{
    const struct agreement *a = s->of[0];

    for (size_t i = 0; i < a->windows_n; i++) {
        if ((s->windows[0][value] >> i & 1) != 0 &&
            strcmp(a->windows[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

/* Adds the windows of agreement W that hold and were not said yet; how many
 * were said by then. */
static size_t
list_windows(const struct cells_space *s, struct words *out, size_t w,
    size_t value, size_t said)
{
    for (size_t i = 0; i < s->of[w]->windows_n; i++) {
        const char *name = s->of[w]->windows[i].name;

        if ((s->windows[w][value] >> i & 1) != 0 &&
            (w == 0 || !is_said(s, name, value))) {
            words_format(out, "%s%s", said++ == 0 ? "" : " and ", name);
        }
    }
    return said;
}

static void
windows_name(const struct cells_space *s, struct words *out, size_t value)
{
    size_t said = list_windows(s, out, 0, value, 0);

    if (s->of[1] != NULL) {
        said = list_windows(s, out, 1, value, said);
    }
    if (said == 0) {
        words_add(out, "no window");
    }
}

bool
cells_value_range(const struct cells *c, size_t dimension, size_t value,
    int64_t *first, int64_t *last)
{
    const struct cells_axis *axis = &cells_space_of(c)->axis[dimension];

    if (dimension < CELLS_ATTRIBUTE || value == 0 ||
        attribute_of(axis)->type != ATTRIBUTE_NUMBER) {
        return false;
    }
    *first = axis->first[axis->first[0][value] >= 0 ? 0 : 1][value];
    *last = *first + (int64_t)axis->weight[value] - 1;
    return true;
}

static void
attribute_value_name(
    const struct cells_axis *axis, struct words *out, size_t value)
{
    size_t w = axis->first[0][value] >= 0 ? 0 : 1;

    words_add(out, value == 0 ? "unknown"
                              : agreement_value_name(axis->of[w],
                                    (uint32_t)axis->first[w][value]));
}

static void
range_name(struct words *out, int64_t first, int64_t last)
{
    words_format(out, "%lld", (long long)first);
    if (last != first) {
        words_format(out, "..%lld", (long long)last);
    }
}

void
cells_value_name(
    const struct cells *c, struct words *out, size_t dimension, size_t value)
{
    const struct cells_space *s = cells_space_of(c);
    int64_t first;
    int64_t last;

    if (cells_value_range(c, dimension, value, &first, &last)) {
        range_name(out, first, last);
        return;
    }
    if (dimension < CELLS_WINDOWS) {
        words_add(out, names_of(s, dimension)->name[value]);
    } else if (dimension == CELLS_WINDOWS) {
        windows_name(s, out, value);
    } else {
        attribute_value_name(&s->axis[dimension], out, value);
    }
}

int64_t
cells_value_index(
    const struct cells *c, size_t which, size_t dimension, size_t value)
{
    const struct cells_space *s = cells_space_of(c);
    const struct cells_axis *axis = &s->axis[dimension];
    uint16_t i;

    if (s->of[which] == NULL) {
        return -1;
    }
    if (dimension >= CELLS_ATTRIBUTE) {
        return axis->of[which] == NULL ? -1 : axis->first[which][value];
    }
    if (dimension == CELLS_WINDOWS) {
        return (int64_t)s->windows[which][value];
    }
    i = names_of(s, dimension)->index[which][value];
    return i == CELLS_NONE ? -1 : (int64_t)i;
}

static int64_t
asked(const struct request *req, size_t dimension)
{
    switch (dimension) {
    case CELLS_SENDER:
        return req->sender;
    case CELLS_RECIPIENT:
        return req->recipient;
    case CELLS_PURPOSE:
        return req->purpose;
    case CELLS_GROUND:
        return req->ground;
    default:
        return req->windows;
    }
}

/* Of a number the interval that it is in. */
static bool
is_value(const struct cells *c, size_t which, size_t dimension, size_t value,
    int64_t wanted)
{
    int64_t first = cells_value_index(c, which, dimension, value);
    int64_t begin;
    int64_t end;

    if (first < 0 || wanted < first) {
        return false;
    }
    return wanted == first ||
           (cells_value_range(c, dimension, value, &begin, &end) &&
               wanted <= end);
}

int
cells_value_of(const struct cells *c, size_t which, size_t dimension,
    const struct request *req)
{
    const struct cells_axis *axis = &cells_space_of(c)->axis[dimension];
    bool attribute = dimension >= CELLS_ATTRIBUTE;
    int64_t wanted;

    if (attribute) {
        const struct value *v = &req->attribute[axis->position[which]];

        if (axis->of[which] == NULL || v->state != VALUE_KNOWN) {
            return 0;
        }
        wanted = v->v;
    } else {
        wanted = asked(req, dimension);
    }
    for (size_t v = attribute; v < axis->n; v++) {
        if (is_value(c, which, dimension, v, wanted)) {
            return (int)v;
        }
    }
    return -1;
}
