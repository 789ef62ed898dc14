/* SPDX-License-Identifier: EUPL-1.2
 *
 * Signed notes, checkpoints and cosignatures, against published
 * vectors (tests/vectors/note) and against what must be refused. */
#include "notetest.h"

static struct checkpoint_vkey
vkey_of(const char *text)
{
    struct checkpoint_vkey vkey;
    assert_int_equal(checkpoint_vkey_parse(&vkey, slice_str(text)), DHK_OK);
    return vkey;
}

/* Note NUMBER of notes.txt, in MEM. */
static struct slice
published(char number, uint8_t *mem, size_t cap)
{
    char mark[] = "\n[?] ";
    struct slice all = vector_read("note/notes.txt", mem, cap);
    mark[2] = number;
    const uint8_t *p = memmem(all.p, all.n, mark, 5);
    assert_non_null(p);
    p = memchr(p + 1, '\n', (size_t)(all.p + all.n - p) - 1);
    assert_non_null(p);
    p++;
    const uint8_t *end = memmem(p, (size_t)(all.p + all.n - p), "\n\n[", 3);
    assert_non_null(end);
    return slice_of(p, (size_t)(end - p) + 1);
}

static void
published_checkpoints_verify(void **state)
{
    (void)state;
    struct checkpoint_vkey vkey = vkey_of(TESSERA_VKEY);
    for (unsigned i = 0; i < 8; i++) {
        char name[64];
        uint8_t mem[1024];
        struct checkpoint cp;
        (void)snprintf(name, sizeof name, "note/tessera-checkpoint.%u", i);
        struct slice note = vector_read(name, mem, sizeof mem);
        assert_int_equal(checkpoint_open(&cp, note, &vkey, NULL), DHK_OK);
        assert_string_equal(cp.origin, "example.com/log/testdata");
        assert_int_equal(cp.size, i);
        uint8_t text[256];
        struct sink s;
        sink_init(&s, text, sizeof text);
        assert_int_equal(checkpoint_text(&s, &cp), DHK_OK);
        assert_memory_equal(text, note.p, s.n);
    }
}

static void
published_notes_verify(void **state)
{
    (void)state;
    uint8_t mem[8192];
    struct slice text;
    uint32_t mask;
    struct checkpoint_vkey keys[2] = {
        vkey_of("example.com/foo+530d903a+"
                "AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"),
        vkey_of("PeterNeumann+c74f20a3+"
                "ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")};
    struct slice note = published('1', mem, sizeof mem);
    assert_int_equal(checkpoint_note_open(&text, &mask, note, keys, 2), DHK_OK);
    assert_int_equal(mask, 1);
    assert_true(slice_equal(text, slice_str("This is an example message.\n")));
    note = published('2', mem, sizeof mem);
    assert_int_equal(checkpoint_note_open(&text, &mask, note, keys, 2), DHK_OK);
    assert_int_equal(mask, 2);
    /* not by the other key alone, nor by none */
    assert_int_equal(
        checkpoint_note_open(&text, &mask, note, keys, 1), DHK_AUTH);
    assert_int_equal(
        checkpoint_note_open(&text, &mask, note, NULL, 0), DHK_AUTH);
    assert_int_equal(text.n, 0);
}

static void
a_published_cosignature_verifies_beside_an_unknown_line(void **state)
{
    (void)state;
    uint8_t mem[8192];
    struct slice text;
    uint32_t mask;
    uint64_t time;
    struct checkpoint cp;
    struct checkpoint_vkey witness =
        vkey_of("witness.example.org+b8a2cf20+"
                "BFLN3yikSfFkVAJtrnh/CiY3Zozkoy7clp+P7XB28qUN");
    struct slice note = published('3', mem, sizeof mem);
    assert_int_equal(
        checkpoint_note_open(&text, &mask, note, &witness, 1), DHK_OK);
    assert_int_equal(mask, 1);
    assert_int_equal(checkpoint_open(&cp, note, NULL, NULL), DHK_OK);
    assert_int_equal(cp.size, 300);
    const uint8_t *line = memmem(note.p, note.n, DASH "witness", 11);
    assert_non_null(line);
    struct slice last = slice_of(line, (size_t)(note.p + note.n - line));
    assert_int_equal(checkpoint_cosigned(&time, last, &cp, &witness), DHK_OK);
    assert_int_equal(time, 1767139200);
    cp.size++;
    assert_int_equal(checkpoint_cosigned(&time, last, &cp, &witness), DHK_AUTH);
    assert_int_equal(time, 0);
}

static void
every_signature_line_is_told(void **state)
{
    (void)state;
    uint8_t mem[8192];
    struct checkpoint_signature sig[CHECKPOINT_SIGNATURES];
    size_t n;
    struct checkpoint_vkey keys[2] = {vkey_of(TESSERA_VKEY),
        vkey_of("witness.example.org+b8a2cf20+"
                "BFLN3yikSfFkVAJtrnh/CiY3Zozkoy7clp+P7XB28qUN")};
    struct slice note = published('3', mem, sizeof mem);
    assert_int_equal(checkpoint_signatures(sig, &n, note, keys, 2), DHK_OK);
    assert_int_equal(n, 2);
    assert_true(slice_equal(sig[0].name, slice_str("rome2026h1.example.org")));
    assert_int_equal(sig[0].id, 0x91507526);
    assert_int_equal(sig[0].key, -1);
    assert_int_equal(sig[1].key, 1);
    assert_int_equal(sig[1].id, 0xb8a2cf20);
    assert_int_equal(sig[1].time, 1767139200);
    assert_int_equal(checkpoint_signatures(sig, &n, note, keys, 1), DHK_AUTH);
    assert_int_equal(n, 0);
    mem[note.p - mem] ^= 1;
    assert_int_equal(checkpoint_signatures(sig, &n, note, keys, 2), DHK_AUTH);
}

static void
a_line_is_found_among_others(void **state)
{
    (void)state;
    uint8_t mem[8192];
    uint64_t time;
    struct slice line;
    struct checkpoint_vkey witness =
        vkey_of("witness.example.org+b8a2cf20+"
                "BFLN3yikSfFkVAJtrnh/CiY3Zozkoy7clp+P7XB28qUN");
    struct checkpoint_vkey stranger =
        vkey_of("example.com/foo+530d903a+"
                "AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k");
    struct slice note = published('3', mem, sizeof mem);
    assert_int_equal(checkpoint_line(&time, &line, note, &witness), DHK_OK);
    assert_int_equal(time, 1767139200);
    assert_ptr_equal(line.p + line.n, note.p + note.n);
    assert_memory_equal(line.p, DASH "witness.example.org ", 24);
    assert_int_equal(
        checkpoint_line(&time, &line, note, &stranger), DHK_NOTFOUND);
    assert_int_equal(line.n, 0);
    mem[note.p - mem] ^= 1; /* of the text */
    assert_int_equal(checkpoint_line(&time, &line, note, &witness), DHK_AUTH);
    note.n = 0;
    assert_int_equal(checkpoint_line(&time, &line, note, &witness), DHK_FORMAT);
}

/* Without what others wrote below it. */
static void
a_plain_note_has_the_logs_line_alone(void **state)
{
    (void)state;
    static const uint8_t seed[KEY_SEED] = {9};
    uint8_t mem[2048], plain[1024];
    struct sign_secret *sk = NULL;
    struct sign_public pk;
    struct checkpoint cp = {.origin = "example.com/log", .size = 3};
    struct checkpoint_vkey log, other;
    struct sink out, got;
    assert_int_equal(key_sign_from_seed(&sk, &pk, seed), DHK_OK);
    checkpoint_vkey_make(&log, CHECKPOINT_ED25519, cp.origin, &pk);
    checkpoint_vkey_make(&other, CHECKPOINT_ED25519, "example.com/other", &pk);
    sink_init(&out, mem, sizeof mem);
    assert_int_equal(checkpoint_sign(&out, &cp, sk, &pk), DHK_OK);
    size_t n = out.n;
    assert_int_equal(checkpoint_cosign(&out, &cp, "Wit", sk, &pk, 7), DHK_OK);
    sink_init(&got, plain, sizeof plain);
    assert_int_equal(checkpoint_plain(&got, sink_done(&out), &log), DHK_OK);
    assert_true(slice_equal(sink_done(&got), slice_of(mem, n)));
    assert_int_equal(checkpoint_plain(&got, sink_done(&out), &other), DHK_AUTH);
    /* an extension line is signed, too, and would be lost */
    const char *text = "example.com/log\n3\n"
                       "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nmore\n";
    uint8_t sig[KEY_SIGNATURE];
    struct sink with;
    seal_sign_raw(sig, slice_str(text), sk);
    sink_init(&with, mem, sizeof mem);
    assert_int_equal(checkpoint_assemble(&with, &cp, &pk, sig), DHK_OK);
    struct slice lines = slice_of(memmem(with.p, with.n, DASH, 4), 0);
    lines.n = (size_t)(with.p + with.n - lines.p);
    sink_init(&got, plain, sizeof plain);
    sink_slice(&got, slice_str(text));
    sink_u8(&got, '\n');
    sink_slice(&got, lines);
    struct checkpoint read;
    assert_int_equal(
        checkpoint_open(&read, sink_done(&got), &log, NULL), DHK_OK);
    uint8_t again[1024];
    sink_init(&out, again, sizeof again);
    assert_int_equal(checkpoint_plain(&out, sink_done(&got), &log), DHK_FORMAT);
    key_sign_destroy(&sk);
}

static void
a_cosignature_is_made_to_the_byte(void **state)
{
    (void)state;
    static const char expected[] = DASH
        "Wit1 mz+y1QAAAABkGFDLi4zi/+2kU/5P/4hpCkNoBjvoRHwqkmsDuocW+0ObiIxdYaW7"
        "bwTBaMLGHYwvM5lh63uUblihMBNMSJQRd2V3AQ==\n";
    uint8_t raw[33], mem[512];
    struct sign_secret *sk = NULL;
    struct sign_public pk;
    struct checkpoint cp = {.origin = "example.com/log/testdata", .size = 15};
    struct sink s;
    uint64_t time;
    size_t n;
    assert_int_equal(
        key_unbase64(cp.root, sizeof cp.root, &n, slice_str(ROOT_15)), DHK_OK);
    assert_int_equal(
        key_unbase64(raw, sizeof raw, &n,
            slice_str("AeadRiG7XM4XiieCHzD8lxysXMwcViy5nYsoXURWGrlE")),
        DHK_OK);
    assert_int_equal(key_sign_from_seed(&sk, &pk, raw + 1), DHK_OK);
    sink_init(&s, mem, sizeof mem);
    assert_int_equal(
        checkpoint_cosign(&s, &cp, "Wit1", sk, &pk, 1679315147), DHK_OK);
    assert_true(slice_equal(sink_done(&s), slice_str(expected)));
    /* and is read again */
    struct checkpoint_vkey vkey;
    checkpoint_vkey_make(&vkey, CHECKPOINT_COSIGNATURE, "Wit1", &pk);
    assert_int_equal(vkey.id, 0x9b3fb2d5);
    assert_int_equal(
        checkpoint_cosigned(&time, sink_done(&s), &cp, &vkey), DHK_OK);
    assert_int_equal(time, 1679315147);
    for (size_t i = 0; i < s.n * 8; i++) {
        mem[i / 8] ^= (uint8_t)(1 << i % 8);
        assert_int_not_equal(
            checkpoint_cosigned(&time, sink_done(&s), &cp, &vkey), DHK_OK);
        mem[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    checkpoint_vkey_make(&vkey, CHECKPOINT_COSIGNATURE, "Wit2", &pk);
    assert_int_equal(
        checkpoint_cosigned(&time, sink_done(&s), &cp, &vkey), DHK_NOTFOUND);
    assert_int_equal(
        checkpoint_cosign(&s, &cp, "Wit 1", sk, &pk, 1), DHK_FORMAT);
    assert_int_equal(
        checkpoint_cosign(&s, &cp, "Wit1", sk, &pk, UINT64_MAX), DHK_FORMAT);
    key_sign_destroy(&sk);
}

static void
the_size_15_checkpoint_is_assembled_to_the_byte(void **state)
{
    (void)state;
    uint8_t raw[68], mem[512];
    struct checkpoint got,
        cp = {.origin = "example.com/log/testdata", .size = 15};
    struct checkpoint_vkey vkey = vkey_of(TESSERA_VKEY);
    struct sink s;
    size_t n;
    static const char expected[] =
        "example.com/log/testdata\n15\n" ROOT_15 "\n\n" DASH
        "example.com/log/testdata M9e0luh4jTG+UMBqOUo9/q+yAEvx1ilBEniMvjf1zfcBO"
        "hg+CKubMt53MvIt/uEWP6zdkdIQzd/fmwlM/dlPWF74ewI=\n";
    const char *base64 = strrchr(expected, ' ') + 1;
    assert_int_equal(
        key_unbase64(cp.root, sizeof cp.root, &n, slice_str(ROOT_15)), DHK_OK);
    assert_int_equal(
        key_unbase64(raw, sizeof raw, &n, slice_of(base64, strlen(base64) - 1)),
        DHK_OK);
    sink_init(&s, mem, sizeof mem);
    assert_int_equal(checkpoint_assemble(&s, &cp, &vkey.pk, raw + 4), DHK_OK);
    assert_true(slice_equal(sink_done(&s), slice_str(expected)));
    assert_int_equal(checkpoint_open(&got, sink_done(&s), &vkey, NULL), DHK_OK);
    assert_memory_equal(got.root, cp.root, sizeof cp.root);
}

static void
what_is_signed_opens_and_is_the_same_each_time(void **state)
{
    struct fixture *f = *state;
    struct checkpoint got;
    uint8_t mem[LIMIT_CHECKPOINT];
    struct sink s;
    assert_int_equal(checkpoint_open(&got, f->note, &f->vkey, NULL), DHK_OK);
    assert_string_equal(got.origin, f->cp.origin);
    assert_int_equal(got.size, 42);
    assert_memory_equal(got.root, f->cp.root, 32);
    sink_init(&s, mem, sizeof mem);
    assert_int_equal(checkpoint_sign(&s, &f->cp, f->sk, &f->pk), DHK_OK);
    assert_true(slice_equal(sink_done(&s), f->note));
}

static void
what_is_no_checkpoint_is_not_signed(void **state)
{
    struct fixture *f = *state;
    uint8_t mem[LIMIT_CHECKPOINT];
    struct sink s;
    struct checkpoint cp = f->cp;
    sink_init(&s, mem, sizeof mem);
    cp.size = (uint64_t)INT64_MAX + 1;
    assert_int_equal(checkpoint_sign(&s, &cp, f->sk, &f->pk), DHK_FORMAT);
    cp = f->cp;
    cp.origin[3] = '\n';
    assert_int_equal(checkpoint_sign(&s, &cp, f->sk, &f->pk), DHK_FORMAT);
    assert_int_equal(s.n, 0);
    sink_init(&s, mem, f->note.n - 1);
    assert_int_equal(checkpoint_sign(&s, &f->cp, f->sk, &f->pk), DHK_LIMIT);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_checkpoints_verify),
        cmocka_unit_test(published_notes_verify),
        cmocka_unit_test(
            a_published_cosignature_verifies_beside_an_unknown_line),
        cmocka_unit_test(every_signature_line_is_told),
        cmocka_unit_test(a_cosignature_is_made_to_the_byte),
        cmocka_unit_test(a_line_is_found_among_others),
        cmocka_unit_test(a_plain_note_has_the_logs_line_alone),
        cmocka_unit_test(the_size_15_checkpoint_is_assembled_to_the_byte),
        cmocka_unit_test(what_is_signed_opens_and_is_the_same_each_time),
        cmocka_unit_test(what_is_no_checkpoint_is_not_signed),
    };
    if (key_init() != DHK_OK)
        return 1;
    return cmocka_run_group_tests(tests, notetest_set_up, notetest_tear_down);
}
