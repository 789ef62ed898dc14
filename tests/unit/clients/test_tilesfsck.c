/* SPDX-License-Identifier: EUPL-1.2
 *
 * What fsck finds in an export, and which file and entry it names. */
#include "ledger_make.h"
#include "tiles_made.h"

#include "key.h"
#include "node.h"
#include "texts.h"

enum { SIZE = 600 };

static struct tiles_log made;
static struct tilesfsck_result result;
static struct tilesfsck_fault fault;

/* --- the tree --- */

static int
export_new(void **state)
{
    (void)scratch_new(state);
    assert_int_equal(tiles_export(*state, &made, 100), DHK_OK);
    assert_int_equal(tiles_export(*state, &made, SIZE), DHK_OK);
    return 0;
}

static void
change(const char *dir, const char *name, size_t at, size_t cut)
{
    uint8_t *mem = NULL;
    size_t n = 0;
    assert_int_equal(
        file_read(&mem, &n, tiles_file(dir, name), 1 << 20), DHK_OK);
    assert_true(at < n && cut <= n);
    if (cut == 0)
        mem[at] ^= 4;
    assert_int_equal(
        file_write(tiles_file(dir, name), slice_of(mem, n - cut), 0600),
        DHK_OK);
    file_free(&mem, n);
}

static void
is_blamed(const char *dir, const char *file, int64_t entry, const char *what)
{
    enum dhk_err rc = tiles_fsck(dir, &result, &fault);
    assert_true(rc == DHK_AUTH || rc == DHK_FORMAT);
    assert_string_equal(fault.file, file);
    assert_int_equal(fault.has_entry, entry >= 0);
    if (entry >= 0)
        assert_int_equal(fault.entry, entry);
    if (strstr(fault.text, what) == NULL)
        fail_msg("%s", fault.text);
}

static void
what_is_right_is_right(void **state)
{
    assert_int_equal(tiles_fsck(*state, &result, &fault), DHK_OK);
    assert_int_equal(result.entries, SIZE);
    assert_int_equal(result.bundles, 3);
    assert_int_equal(result.tiles, 4); /* three, and one above them */
    assert_int_equal(result.older + result.beyond, 0);
    assert_int_equal(tiles_export(*state, &made, SIZE + 1), DHK_OK);
    assert_int_equal(tiles_fsck(*state, &result, &fault), DHK_OK);
    assert_int_equal(result.older, 2);
}

static void
an_altered_entry_is_named(void **state)
{
    /* in the bundle of 256 on; entries have 3 bytes and more there */
    change(*state, "tile/entries/001", 300, 0);
    assert_int_equal(tiles_fsck(*state, &result, &fault), DHK_AUTH);
    assert_string_equal(fault.file, "tile/entries/001");
    assert_true(fault.has_entry);
    assert_in_range(fault.entry, 257, 290);
    assert_non_null(strstr(fault.text, "was altered"));
}

static void
an_altered_tile_is_named(void **state)
{
    change(*state, "tile/0/001", 32 * 7 + 3, 0);
    is_blamed(*state, "tile/0/001", -1, "its hash 7 was altered");
}

static void
an_altered_tile_above_is_named(void **state)
{
    change(*state, "tile/1/000.p/2", 33, 0);
    is_blamed(*state, "tile/1/000.p/2", -1, "its hash 1 was altered");
}

static void
an_altered_checkpoint_is_named(void **state)
{
    change(*state, "checkpoint", strlen(TILES_ORIGIN) + 10, 0);
    is_blamed(*state, "checkpoint", -1, "its root is not");
}

static void
entry_and_tile_altered_alike_are_not_believed(void **state)
{
    /* the tile follows the entries: only the root is left to tell */
    struct tiles_at at = {TILES_ENTRIES, 2, SIZE - 512};
    uint8_t hashes[TILES_BYTES];
    struct tilesdir *d = NULL;
    struct dhk_problem problem = {""};
    struct slice bundle;
    struct cursor c;
    change(*state, "tile/entries/002.p/88", 2, 0);
    assert_int_equal(tilesdir_open(&d, *state, false, &problem), DHK_OK);
    assert_int_equal(tilesfsck_bundle(&bundle, d, &at, &fault), DHK_OK);
    cursor_init(&c, bundle);
    for (unsigned i = 0; i < at.width; i++)
        merkle_leaf(hashes + (size_t)i * MERKLE_HASH, tiles_bundle_next(&c));
    tilesdir_close(&d);
    assert_int_equal(
        file_write(tiles_file(*state, "tile/0/002.p/88"),
            slice_of(hashes, (size_t)at.width * MERKLE_HASH), 0600),
        DHK_OK);
    is_blamed(*state, "checkpoint", -1, "which fit each other");
}

static void
a_bundle_cut_short_is_named(void **state)
{
    change(*state, "tile/entries/000", 0, 1);
    is_blamed(*state, "tile/entries/000", 255, "is cut off");
}

static void
what_is_missing_is_named(void **state)
{
    char keep[512], path[512];
    static const char *const names[] = {
        "tile/entries/001", "tile/0/002.p/88", "tile/1/000.p/2", "tile/0/000"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        (void)snprintf(path, sizeof path, "%s", tiles_file(*state, names[i]));
        (void)snprintf(keep, sizeof keep, "%s", tiles_file(*state, "keep"));
        assert_int_equal(rename(path, keep), 0);
        is_blamed(*state, names[i], -1, "is not there");
        assert_int_equal(mkfifo(path, 0600), 0); /* must not hold it up */
        assert_int_not_equal(tiles_fsck(*state, &result, &fault), DHK_OK);
        assert_string_equal(fault.file, names[i]);
        assert_int_equal(rename(keep, path), 0);
    }
    (void)remove(tiles_file(*state, "checkpoint"));
    assert_int_equal(tiles_fsck(*state, &result, &fault), DHK_NOTFOUND);
}

static void
what_does_not_belong_is_named(void **state)
{
    const char *dir = *state;
    assert_int_equal(
        file_write(tiles_file(dir, "tile/0/notes"), slice_str("text"), 0600),
        DHK_OK);
    is_blamed(dir, "tile/0/notes", -1, "is no file of an exported ledger");
    (void)remove(tiles_file(dir, "tile/0/notes"));
    /* of an export that has not ended, or was killed */
    assert_int_equal(
        file_write(tiles_file(dir, "tile/entries/003"), slice_str("x"), 0600),
        DHK_OK);
    assert_int_equal(file_write(tiles_file(dir, "tile/0/000.tmp.AbCdEf"),
                         slice_str("x"), 0600),
        DHK_OK);
    assert_int_equal(tiles_fsck(dir, &result, &fault), DHK_OK);
    assert_int_equal(result.beyond, 2);
}

static void
an_older_file_must_be_the_beginning(void **state)
{
    static const char *const names[] = {
        "tile/0/002.p/88", "tile/entries/002.p/88"};
    assert_int_equal(tiles_export(*state, &made, SIZE + 50), DHK_OK);
    for (size_t i = 0; i < 2; i++) {
        change(*state, names[i], 50, 0);
        is_blamed(*state, names[i], -1, "is not the beginning");
        change(*state, names[i], 50, 0);
    }
    change(*state, names[1], 0, 1);
    is_blamed(*state, names[1], -1, "is not the beginning");
}

static void
a_log_of_others_is_read(void **state)
{
    const char *dir = *state;
    uint8_t *bundle = NULL, *note = NULL;
    size_t bundle_n = 0, note_n = 0;
    struct dhk_problem problem = {""};
    struct tilesdir *d = NULL;
    struct tileswriter *w = NULL;
    struct cursor c;
    assert_int_equal(file_read(&bundle, &bundle_n,
                         VECTORS "/note/tessera-entries-000.p-15", 4096),
        DHK_OK);
    assert_int_equal(
        file_read(&note, &note_n, VECTORS "/note/tessera-checkpoint.7", 4096),
        DHK_OK);
    assert_int_equal(tilesdir_open(&d, dir, true, &problem), DHK_OK);
    assert_int_equal(tileswriter_new(&w, d, NULL, &problem), DHK_OK);
    cursor_init(&c, slice_of(bundle, bundle_n));
    for (int i = 0; i < 7; i++)
        assert_int_equal(
            tileswriter_append(w, tiles_bundle_next(&c), &problem), DHK_OK);
    assert_int_equal(
        tileswriter_finish(w, slice_of(note, note_n), &problem), DHK_OK);
    tileswriter_destroy(&w);
    tilesdir_close(&d);
    assert_int_equal(tiles_fsck(dir, &result, &fault), DHK_OK);
    assert_string_equal(result.head.origin, "example.com/log/testdata");
    assert_int_equal(result.entries, 7);
    file_free(&bundle, bundle_n);
    file_free(&note, note_n);
}

/* --- signatures --- */

static void
store_text(struct tilesdir *d, const struct ledgerfile_record *r)
{
    char texts[NODE_PATH], path[NODE_PATH], sig[NODE_PATH + 64];
    uint8_t hash[SEAL_HASH];
    bool is_roster = r->type == LEDGERFILE_ROSTER;
    seal_sha256(hash, r->text);
    assert_int_equal(tilesdir_texts(texts, d), DHK_OK);
    assert_int_equal(file_mkdir(texts), DHK_OK);
    assert_int_equal(
        node_path(path, texts, is_roster ? "rosters" : "agreements"), DHK_OK);
    assert_int_equal(file_mkdir(path), DHK_OK);
    assert_int_equal(texts_path(path, texts,
                         is_roster ? TEXTS_ROSTER : TEXTS_AGREEMENT, hash),
        DHK_OK);
    assert_int_equal(file_write(path, r->text, 0600), DHK_OK);
    for (size_t i = 0; i < r->sigs_n; i++) {
        (void)snprintf(sig, sizeof sig, "%s.%s.sig", path, r->sig[i].name);
        assert_int_equal(file_write(sig, r->sig[i].armor, 0600), DHK_OK);
    }
}

/* The ledger file LEDGER as an export in D. */
static void
to_tiles(struct tilesdir *d, const struct ledger_made *ledger)
{
    struct dhk_problem problem = {""};
    struct tileswriter *w = NULL;
    struct ledgerfile *f = NULL;
    struct ledgerfile_record *r = malloc(sizeof *r);
    const char *what = NULL;
    uint8_t note[LIMIT_CHECKPOINT];
    size_t note_n = 0;
    FILE *file = fmemopen(ledger->bytes, ledger->n, "r");
    assert_true(file != NULL && r != NULL);
    assert_int_equal(ledgerfile_open(&f, file), DHK_OK);
    assert_int_equal(tileswriter_new(&w, d, NULL, &problem), DHK_OK);
    while (ledgerfile_read(r, f, &what) == DHK_OK) {
        if (r->type == LEDGERFILE_ENTRY)
            assert_int_equal(tileswriter_append(w, r->entry, &problem), DHK_OK);
        else if (r->type == LEDGERFILE_CHECKPOINT)
            memcpy(note, r->note.p, note_n = r->note.n);
        else if (r->type != LEDGERFILE_ORIGIN)
            store_text(d, r);
    }
    assert_int_equal(
        tileswriter_finish(w, slice_of(note, note_n), &problem), DHK_OK);
    tileswriter_destroy(&w);
    ledgerfile_destroy(&f);
    (void)fclose(file);
    free(r);
}

static enum dhk_err
verify_made(const char *dir, enum ledger_fault wrong)
{
    struct ledger_made ledger;
    struct dhk_problem problem = {""};
    struct tilesdir *d = NULL;
    struct tilesfsck_signed verified;
    char sub[16];
    (void)snprintf(sub, sizeof sub, "%d", wrong);
    ledger_make(&ledger, wrong);
    const struct verify_input input = {.signers = slice_str(ledger.signers)};
    const struct tilesfsck_verify how = {&input, {NULL, NULL}};
    const struct tilesfsck_progress none = {NULL, NULL};
    assert_int_equal(
        tilesdir_open(&d, tiles_file(dir, sub), true, &problem), DHK_OK);
    to_tiles(d, &ledger);
    assert_int_equal(tilesfsck_tree(d, &result, &fault, &none), DHK_OK);
    enum dhk_err rc = tilesfsck_signatures(d, &how, &verified, &fault);
    if (rc == DHK_OK)
        assert_int_equal(verified.ledger.entries, ledger.entries);
    tilesdir_close(&d);
    free(ledger.bytes);
    return rc;
}

static void
signatures_are_those_of_verify(void **state)
{
    enum dhk_err rc = verify_made(*state, LEDGER_TRUE);
    if (rc != DHK_OK)
        fail_msg("%s", fault.text);
    assert_int_equal(verify_made(*state, LEDGER_SENDER_SIGNATURE), DHK_AUTH);
    assert_ptr_equal(strstr(fault.file, "tile/entries/000.p/"), fault.file);
    assert_true(fault.has_entry);
}

static void
who_signed_wrongly_is_found(void **state)
{
    static const enum ledger_fault wrong[] = {LEDGER_SHARE_ID,
        LEDGER_ANSWER_SIGNATURE, LEDGER_CARD_SIGNATURE, LEDGER_OTHER_LOG_KEY,
        LEDGER_UNSIGNED_ROSTER, LEDGER_END_INVENTED};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_not_equal(verify_made(*state, wrong[i]), DHK_OK);
        assert_true(fault.text[0] != '\0' && fault.file[0] != '\0');
    }
}

#define export_test(f)                                                         \
    cmocka_unit_test_setup_teardown(f, export_new, scratch_remove)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        export_test(what_is_right_is_right),
        export_test(an_altered_entry_is_named),
        export_test(an_altered_tile_is_named),
        export_test(an_altered_tile_above_is_named),
        export_test(an_altered_checkpoint_is_named),
        export_test(entry_and_tile_altered_alike_are_not_believed),
        export_test(a_bundle_cut_short_is_named),
        export_test(what_is_missing_is_named),
        export_test(what_does_not_belong_is_named),
        export_test(an_older_file_must_be_the_beginning),
        scratch_test(a_log_of_others_is_read),
        scratch_test(signatures_are_those_of_verify),
        scratch_test(who_signed_wrongly_is_found),
    };
    if (key_init() != DHK_OK || key_sign_new(&made.sk, &made.pk) != DHK_OK)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    key_sign_destroy(&made.sk);
    return failed;
}
