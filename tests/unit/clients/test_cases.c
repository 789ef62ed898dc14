/* SPDX-License-Identifier: EUPL-1.2
 *
 * Case handles and labels: what is kept is read again, by this node only, and
 * by no other name. */
#include "../broker/scratch.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cases.h"
#include "file.h"
#include "key.h"
#include "seal.h"

#define LABEL "Kanaalstraat 18"

struct place {
    struct dhk_node node;
    uint64_t now; /* ms */
    struct dhk_problem problem;
};

static uint64_t
now_of(void *ctx)
{
    const struct place *p = ctx;
    return p->now;
}

static struct clock of_place = {.wall_ms = now_of, .monotonic_ms = now_of};

static struct place *
place_new(const char *dir)
{
    struct place *p = calloc(1, sizeof *p);
    char path[NODE_PATH];
    assert_non_null(p);
    ok(key_init());
    p->now = 1795000000000;
    of_place.ctx = p;
    p->node.clock = &of_place;
    p->node.store_key = key_secret_new(SEAL_KEY);
    assert_non_null(p->node.store_key);
    key_random(p->node.store_key, SEAL_KEY);
    ok(slice_to_str(slice_str(dir), p->node.dir, sizeof p->node.dir));
    ok(node_path(path, dir, "cases"));
    ok(file_mkdir(path));
    return p;
}

static void
place_destroy(struct place *p)
{
    key_secret_destroy((void **)&p->node.store_key);
    free(p);
}

static void
file_of(char path[NODE_PATH], const struct place *p, const char *handle)
{
    char folder[NODE_PATH];
    ok(node_path(folder, p->node.dir, "cases"));
    ok(node_path(path, folder, handle));
}

static void
a_label_is_read_again(void **state)
{
    struct place *p = place_new(*state);
    char handle[33], other[33], label[CASES_LABEL];
    ok(cases_new(handle, &p->node, LABEL, &p->problem));
    ok(cases_new(other, &p->node, "", &p->problem));
    assert_string_not_equal(handle, other);
    ok(cases_label(label, &p->node, handle));
    assert_string_equal(label, LABEL);
    ok(cases_label(label, &p->node, other));
    assert_string_equal(label, "");
    place_destroy(p);
}

static void
the_list_is_oldest_first(void **state)
{
    enum { MANY = 40 };
    struct place *p = place_new(*state);
    struct cases_item *list = NULL;
    char handle[MANY][33], label[CASES_LABEL];
    size_t n = 1;
    ok(cases_list(&list, &n, &p->node, false, &p->problem));
    assert_int_equal(n, 0);
    cases_free(&list, n);
    for (int i = 0; i < MANY; i++) {
        (void)snprintf(label, sizeof label, "case %d", i);
        p->now += 1000;
        ok(cases_new(handle[i], &p->node, label, &p->problem));
    }
    ok(cases_list(&list, &n, &p->node, false, &p->problem));
    assert_int_equal(n, MANY);
    for (int i = 0; i < MANY; i++) {
        (void)snprintf(label, sizeof label, "case %d", i);
        assert_string_equal(list[i].handle, handle[i]);
        assert_string_equal(list[i].label, label);
        assert_int_equal(list[i].made, 1795000001 + i);
    }
    cases_free(&list, n);
    assert_null(list);
    place_destroy(p);
}

static void
a_shielded_label_is_kept_and_not_shown(void **state)
{
    struct place *p = place_new(*state);
    struct cases_item *list = NULL;
    char one[33], two[33], none[33], label[CASES_LABEL] = "";
    char path[NODE_PATH];
    size_t n = 0;
    ok(cases_new(one, &p->node, LABEL, &p->problem));
    p->now += 1000;
    ok(cases_new(two, &p->node, "two", &p->problem));
    for (int i = 0; i < 2; i++)
        ok(cases_shield(&p->node, one, &p->problem));
    assert_int_equal(cases_label(label, &p->node, one), DHK_DENIED);
    assert_string_equal(label, "");
    ok(cases_label(label, &p->node, two));
    for (int lifted = 0; lifted < 2; lifted++) {
        ok(cases_list(&list, &n, &p->node, lifted == 1, &p->problem));
        assert_int_equal(n, 2);
        assert_true(list[0].shielded);
        assert_false(list[1].shielded);
        assert_string_equal(list[0].label, lifted == 1 ? LABEL : "");
        assert_string_equal(list[1].label, "two");
        cases_free(&list, n);
    }
    ok(cases_label_shielded(label, &p->node, one));
    assert_string_equal(label, LABEL);

    /* a handle without a label leaves no mark; a destroyed one takes it away */
    dhk_case_new(none);
    ok(cases_shield(&p->node, none, &p->problem));
    ok(cases_bury(&p->node, one, &p->problem));
    for (int i = 0; i < 2; i++) {
        char mark[33 + sizeof ".shielded"];
        (void)snprintf(mark, sizeof mark, "%s.shielded", i == 0 ? none : one);
        file_of(path, p, mark);
        assert_int_not_equal(access(path, F_OK), 0);
    }
    place_destroy(p);
}

static void
other_files_are_no_cases(void **state)
{
    struct place *p = place_new(*state);
    struct cases_item *list = NULL;
    char path[NODE_PATH];
    size_t n = 1;
    file_of(path, p, "README");
    ok(file_write(path, slice_str("x"), 0600));
    ok(cases_list(&list, &n, &p->node, false, &p->problem));
    assert_int_equal(n, 0);
    cases_free(&list, n);
    place_destroy(p);
}

static void
labels_have_a_length_and_one_line(void **state)
{
    struct place *p = place_new(*state);
    char handle[33], label[CASES_LABEL], long_one[CASES_LABEL + 1];
    memset(long_one, 'x', CASES_LABEL);
    long_one[CASES_LABEL] = '\0';
    assert_int_equal(
        cases_new(handle, &p->node, long_one, &p->problem), DHK_FORMAT);
    long_one[CASES_LABEL - 1] = '\0';
    ok(cases_new(handle, &p->node, long_one, &p->problem));
    ok(cases_label(label, &p->node, handle));
    assert_string_equal(label, long_one);
    assert_int_equal(
        cases_new(handle, &p->node, "two\nlines", &p->problem), DHK_FORMAT);
    assert_int_equal(
        cases_new(handle, &p->node, "\xc3", &p->problem), DHK_FORMAT);
    /* what was wrong with it is said, but not the label itself */
    assert_null(strstr(p->problem.text, "\xc3"));
    place_destroy(p);
}

static void
a_file_tells_nothing(void **state)
{
    struct place *p = place_new(*state);
    char handle[33], empty[33], path[NODE_PATH];
    uint8_t *bytes = NULL;
    size_t n = 0, m = 0;
    struct stat st;
    ok(cases_new(handle, &p->node, LABEL, &p->problem));
    ok(cases_new(empty, &p->node, "", &p->problem));
    file_of(path, p, handle);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    ok(file_read(&bytes, &n, path, 4096));
    assert_null(memmem(bytes, n, LABEL, 4));
    file_free(&bytes, n);
    file_of(path, p, empty);
    ok(file_read(&bytes, &m, path, 4096));
    file_free(&bytes, m);
    assert_int_equal(n, m); /* not even how long it is */
    place_destroy(p);
}

static void
an_altered_file_is_refused(void **state)
{
    struct place *p = place_new(*state);
    char handle[33], path[NODE_PATH], label[CASES_LABEL];
    uint8_t *bytes = NULL;
    size_t n = 0;
    ok(cases_new(handle, &p->node, LABEL, &p->problem));
    file_of(path, p, handle);
    ok(file_read(&bytes, &n, path, 4096));
    for (size_t i = 0; i < n; i += 7) {
        bytes[i] ^= 1;
        ok(file_write(path, slice_of(bytes, n), 0600));
        assert_int_equal(cases_label(label, &p->node, handle), DHK_AUTH);
        bytes[i] ^= 1;
    }
    ok(file_write(path, slice_of(bytes, n - 1), 0600));
    assert_int_equal(cases_label(label, &p->node, handle), DHK_FORMAT);
    ok(file_write(path, slice_of(bytes, n), 0600));
    ok(cases_label(label, &p->node, handle));
    file_free(&bytes, n);
    place_destroy(p);
}

static void
a_label_belongs_to_its_handle(void **state)
{
    struct place *p = place_new(*state);
    char one[33], two[33], from[NODE_PATH], to[NODE_PATH], label[CASES_LABEL];
    char three[33];
    struct cases_item *list = NULL;
    size_t n = 0;
    ok(cases_new(one, &p->node, "one", &p->problem));
    ok(cases_new(two, &p->node, "two", &p->problem));
    ok(cases_new(three, &p->node, "three", &p->problem));
    file_of(from, p, one);
    file_of(to, p, two);
    assert_int_equal(rename(from, to), 0);
    assert_int_equal(cases_label(label, &p->node, two), DHK_AUTH);
    /* that one is told as damaged; the other is listed as ever */
    ok(cases_list(&list, &n, &p->node, false, &p->problem));
    assert_int_equal(n, 2);
    assert_true(list[0].damaged && !list[1].damaged);
    assert_string_equal(list[0].handle, two);
    assert_string_equal(list[0].label, "");
    assert_string_equal(list[1].label, "three");
    cases_free(&list, n);
    assert_int_equal(cases_label(label, &p->node, one), DHK_NOTFOUND);
    place_destroy(p);
}

static void
another_nodes_key_does_not_open_it(void **state)
{
    struct place *p = place_new(*state);
    char handle[33], label[CASES_LABEL];
    ok(cases_new(handle, &p->node, LABEL, &p->problem));
    p->node.store_key[0] ^= 1;
    assert_int_equal(cases_label(label, &p->node, handle), DHK_AUTH);
    place_destroy(p);
}

static void
only_handles_are_looked_up(void **state)
{
    static const char *const wrong[] = {"", "../store.key", "0123",
        "0123456789abcdef0123456789abcde/",
        "0123456789abcdef0123456789abcdef00"};
    struct place *p = place_new(*state);
    char label[CASES_LABEL];
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(cases_label(label, &p->node, wrong[i]), DHK_FORMAT);
    assert_int_equal(
        cases_label(label, &p->node, "0123456789abcdef0123456789abcdef"),
        DHK_NOTFOUND);
    place_destroy(p);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        scratch_test(a_label_is_read_again),
        scratch_test(the_list_is_oldest_first),
        scratch_test(a_shielded_label_is_kept_and_not_shown),
        scratch_test(other_files_are_no_cases),
        scratch_test(labels_have_a_length_and_one_line),
        scratch_test(a_file_tells_nothing),
        scratch_test(an_altered_file_is_refused),
        scratch_test(a_label_belongs_to_its_handle),
        scratch_test(another_nodes_key_does_not_open_it),
        scratch_test(only_handles_are_looked_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
