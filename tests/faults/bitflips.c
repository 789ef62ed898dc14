/* SPDX-License-Identifier: EUPL-1.2
 *
 * bitflips COUNT SEED: one bit of the broker's data.mdb flips while it is
 * stopped, COUNT times, each time another bit of the same good file, anywhere
 * up to the last page that was ever used. A whole core is started on it, in a
 * process of its own, and asked as an auditor asks: all entries, and those of
 * one recipient. Then each flip is one of
 *   refused    the store does not open, or core does not start or go on
 *   found      what is served does not verify, as any node sees at once
 *   harmless   all is served as it was, byte for byte
 *   crashed    a signal, or no end in time: nothing was served
 *   altered    something else is served, and verifies: never
 *   left out   an entry that fits is missing from a list: never
 * It ends with 1 when there was a flip of the last two, and says which. */
#include "harness.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "table.h"

enum outcome {
    HARMLESS = 0,
    REFUSED,
    FOUND,
    ALTERED,
    LEFT_OUT,
    CRASHED,
    OUTCOMES,
};
static const char *const outcome_name[OUTCOMES] = {
    "harmless", "refused", "found", "altered", "left out", "crashed"};

enum {
    ENTRIES = 4096,
    SIGNALS = 120,
    PAGE = 4096,
    CHILD_BASE = 40, /* exit code of HARMLESS; cmocka ends with others */
    CHILD_S = 20,
};

#define NONE SIZE_MAX

static struct harness *h;
static uint8_t *good; /* the file */
static size_t good_n, used_n;
static struct { /* its entries */
    uint8_t bytes[LIMIT_ENTRY];
    size_t n;
} entry[ENTRIES];
static char memory[64];  /* a directory, or empty */
static uint64_t size;    /* entries when it was good */
static uint64_t *listed; /* how many of them a list shows; shared */

static void
die(const char *what)
{
    (void)fprintf(stderr, "bitflips: %s: %s\n", what, strerror(errno));
    exit(5);
}

/* --- the good ledger --- */

static void
make_history(void)
{
    struct harness_node politie, gemeente;
    static struct harness_share share[2 * HARNESS_WINDOW];
    struct harness_signal stale = harness_p5;
    harness_connect(h, &politie, "politie", HARNESS_SEND);
    for (size_t i = 0; i < SIGNALS; i += 20) {
        harness_push_many(
            &politie, i % 40 == 0 ? &harness_p5 : &harness_p6, 20);
        harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
        size_t n = harness_shares(&gemeente, share, 2 * HARNESS_WINDOW);
        if (i < SIGNALS / 2) /* the rest stays in the mailbox */
            harness_answer(&gemeente, share,
                n < LIMIT_ANSWER ? n : LIMIT_ANSWER, ANSWER_TAKEN);
        harness_connect(h, &politie, "politie", HARNESS_SEND);
    }
    stale.agreement = h->roster;
    (void)harness_code(&politie, &stale);
    harness_forget(h);
}

static void
read_entries(void)
{
    struct store_txn *t;
    struct slice bytes;
    if (store_begin(&t, h->store, false) != DHK_OK)
        die("cannot read the good store");
    size = h->core->ledger.size;
    must(size < ENTRIES);
    for (uint64_t i = 0; i < size; i++) {
        must(ledger_bytes(t, i, &bytes) == DHK_OK);
        memcpy(entry[i].bytes, bytes.p, bytes.n);
        entry[i].n = bytes.n;
    }
    store_abort(&t);
}

static void
data_path(char out[600])
{
    (void)snprintf(out, 600, "%s/data.mdb", h->store_dir);
}

static void
read_file(void)
{
    char path[600];
    data_path(path);
    FILE *f = fopen(path, "rb");
    if (f == NULL || fseek(f, 0, SEEK_END) != 0)
        die(path);
    good_n = (size_t)ftell(f);
    rewind(f);
    good = malloc(good_n);
    if (good == NULL || fread(good, 1, good_n, f) != good_n)
        die(path);
    (void)fclose(f);
}

/* --- one flip, in a process of its own --- */

static void
end(enum outcome outcome)
{
    _exit(CHILD_BASE + (int)outcome);
}

static void
write_flipped(size_t bit)
{
    char path[600];
    data_path(path);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (bit != NONE)
        good[bit / 8] ^= (uint8_t)(1u << (bit % 8));
    if (fd < 0 || write(fd, good, used_n) != (ssize_t)used_n ||
        ftruncate(fd, (off_t)good_n) != 0 || close(fd) != 0)
        die(path);
}

struct page_reader {
    struct merkle_frontier tree; /* of a fetch */
    uint64_t next;               /* of a fetch */
    uint64_t fits;               /* entries of a list */
    bool altered;
};

/* The head must be the log's, and extend what every node has seen. */
static void
check_head(const struct command *c, struct checkpoint *cp)
{
    struct checkpoint_vkey vkey;
    struct diag diag;
    checkpoint_vkey_make(
        &vkey, CHECKPOINT_ED25519, HARNESS_ORIGIN, &h->log_key);
    if (checkpoint_open(cp, c->bytes, &vkey, &diag) != DHK_OK)
        end(FOUND);
}

static void
compare(struct page_reader *r, uint64_t index, struct slice bytes)
{
    if (index < size &&
        !slice_equal(bytes, slice_of(entry[index].bytes, entry[index].n)))
        r->altered = true;
}

static void
read_page(struct page_reader *r, const struct command *c, bool list)
{
    struct cursor indexes, entries;
    struct checkpoint cp;
    static uint64_t index[ENTRIES];
    static uint8_t leaf[ENTRIES][MERKLE_HASH];
    check_head(c, &cp);
    command_list(&indexes, c->indexes);
    command_list(&entries, c->list);
    if (c->list_n > ENTRIES)
        end(FOUND);
    for (size_t i = 0; i < c->list_n; i++) {
        struct slice bytes = command_list_next(&entries);
        index[i] = command_index_next(&indexes);
        merkle_leaf(leaf[i], bytes);
        compare(r, index[i], bytes);
        r->fits += index[i] < size;
        if (!list && (index[i] != r->next++ || merkle_frontier_append(&r->tree,
                                                   leaf[i], NULL) != DHK_OK))
            end(FOUND);
    }
    struct merkle_multi m = {.size = cp.size,
        .index = index,
        .n = c->list_n,
        .leaves = leaf[0],
        .proof = c->proof};
    if (list && c->list_n > 0 && merkle_multi_verify(&m, cp.root) != DHK_OK)
        end(FOUND);
    if (!list && !c->has_entry) {
        uint8_t root[MERKLE_HASH];
        merkle_frontier_root(root, &r->tree);
        if (r->tree.size != cp.size || memcmp(root, cp.root, 32) != 0)
            end(FOUND);
    }
}

/* Asks as a node does and verifies each page; ends the process when it does
 * not verify. */
static void
ask(struct page_reader *r, struct harness_node *n, struct query *q)
{
    uint64_t first = 0, cursor = 0;
    struct command c;
    memset(r, 0, sizeof *r);
    merkle_frontier_init(&r->tree);
    q->origin = slice_str(HARNESS_ORIGIN);
    q->number = ++n->queries;
    q->purpose = QUERY_LAWFULNESS;
    memcpy(q->card, n->partner->card.id, CARD_ID);
    memcpy(q->nonce, n->nonce, sizeof q->nonce);
    do {
        uint8_t mem[1024];
        struct sink out;
        sink_init(&out, mem, sizeof mem);
        if (query_issue(&out, q, n->partner->secret.sign) != DHK_OK)
            end(REFUSED);
        struct command ask = {.type = COMMAND_QUERY,
            .number = 11,
            .bytes = sink_done(&out),
            .has_entry = cursor != 0,
            .entry = first,
            .a = cursor};
        harness_send_command(n, &ask, NULL, 0);
        harness_batch(h);
        if (h->last != DHK_OK || !harness_take(n, COMMAND_PAGE, &c))
            end(REFUSED);
        read_page(r, &c, q->what == QUERY_LIST);
        first = c.a;
        cursor = c.has_entry ? c.entry : 0;
    } while (cursor != 0);
}

static void
serve(void)
{
    struct harness_node n;
    struct page_reader fetched, list;
    struct query all = {.what = QUERY_FETCH};
    struct query some = {
        .what = QUERY_LIST, .recipient = slice_str("gemeente")};
    harness_batch(h);
    if (h->last != DHK_OK)
        end(REFUSED);
    harness_connect(h, &n, "toezicht", COMMAND_MODE_QUERY);
    ask(&fetched, &n, &all);
    ask(&list, &n, &some);
    if (*listed == 0)
        *listed = list.fits; /* of the good one */
    if (fetched.altered || list.altered)
        end(ALTERED);
    if (list.fits < *listed)
        end(LEFT_OUT);
}

static void
child(size_t bit)
{
    char why[256];
    (void)alarm(CHILD_S);
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    (void)dup2(null, STDOUT_FILENO); /* what the harness says of it */
    (void)dup2(null, STDERR_FILENO);
    write_flipped(bit);
    if (harness_try_restart(h, why) != DHK_OK)
        end(REFUSED);
    serve();
    end(HARMLESS);
}

static enum outcome
flip(size_t bit)
{
    int status = 0;
    pid_t pid = fork();
    if (pid < 0)
        die("fork");
    if (pid == 0)
        child(bit);
    if (waitpid(pid, &status, 0) != pid)
        die("waitpid");
    if (WIFSIGNALED(status))
        return CRASHED;
    int code = WEXITSTATUS(status) - CHILD_BASE;
    /* the harness itself found something amiss */
    return code >= 0 && code < OUTCOMES ? (enum outcome)code : REFUSED;
}

/* --- all of them --- */

static uint64_t
next(uint64_t *seed) /* splitmix64 */
{
    uint64_t z = *seed += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* In memory where that can be: what is tried is not the disk. */
static void
move_to_memory(void)
{
    char dir[] = "/dev/shm/driehoek-flips-XXXXXX";
    if (mkdtemp(dir) == NULL)
        return;
    (void)snprintf(memory, sizeof memory, "%s", dir);
    (void)snprintf(h->store_dir, sizeof h->store_dir, "%s/store", dir);
    if (mkdir(h->store_dir, 0700) != 0)
        die(h->store_dir);
}

static void
prepare(void)
{
    void *state = NULL;
    char why[256];
    uint64_t limit, used;
    if (key_init() != DHK_OK || harness_new(&state) != 0)
        die("no harness");
    h = state;
    make_history();
    must(harness_try_restart(h, why) == DHK_OK);
    read_entries();
    store_room(h->store, &used, &limit);
    used_n = (size_t)used;
    core_destroy(&h->core);
    store_close(&h->store);
    read_file();
    move_to_memory();
    listed = mmap(NULL, sizeof *listed, PROT_READ | PROT_WRITE,
        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (listed == MAP_FAILED)
        die("mmap");
    *listed = 0;
    if (flip(NONE) != HARMLESS || *listed == 0)
        die("the good file is not served");
}

int
main(int argc, char **argv)
{
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    size_t count = argc > 1 ? strtoul(argv[1], NULL, 10) : 300;
    size_t tally[OUTCOMES] = {0};
    uint64_t rng = seed;
    prepare();
    for (size_t i = 0; i < count; i++) {
        size_t bit = (size_t)(next(&rng) % (used_n * 8));
        enum outcome outcome = flip(bit);
        tally[outcome]++;
        if (outcome == ALTERED || outcome == LEFT_OUT)
            (void)fprintf(stderr, "bitflips: %s: bit %zu (page %zu)\n",
                outcome_name[outcome], bit, bit / 8 / PAGE);
    }
    printf("%zu flips in %zu bytes of %llu entries, seed %llu:", count, used_n,
        (unsigned long long)size, (unsigned long long)seed);
    for (size_t i = 0; i < OUTCOMES; i++)
        printf(" %s %zu%s", outcome_name[i], tally[i],
            i + 1 < OUTCOMES ? "," : "\n");
    void *state = h;
    (void)harness_end(&state);
    if (memory[0] != '\0')
        (void)nftw(memory, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(good);
    return tally[ALTERED] + tally[LEFT_OUT] > 0;
}
