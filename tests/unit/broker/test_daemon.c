/* SPDX-License-Identifier: EUPL-1.2
 *
 * The daemon by itself, as an operator runs it: init, the configuration file,
 * start and stop, parts that die. DAEMON is the real driehoekd. */
#include "scratch.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define SIGNERS                                                                \
    "om namespaces=\"driehoek-convenant,driehoek-roster,driehoek-revoke\" "    \
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPGE9TspFU"                           \
    "RLVOQPyxW3I7w9SAV1IIlYxCuiwlOJabwG\n"

static char said[16384]; /* by the last command, both streams */

/* Runs a shell command in the scratch directory; its exit code. */
static int
run(const void *dir, const char *command)
{
    char line[1024];
    (void)snprintf(
        line, sizeof line, "exec 2>&1; cd %s; %s", (const char *)dir, command);
    FILE *p = popen(line, "r");
    assert_non_null(p);
    size_t n = fread(said, 1, sizeof said - 1, p);
    said[n] = '\0';
    int status = pclose(p);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void
expect(void *dir, const char *command, int code, const char *part)
{
    int got = run(dir, command);
    if (got != code || strstr(said, part) == NULL)
        fail_msg("%s: exit %d, said: %s", command, got, said);
}

static void
put_file(void *dir, const char *name, const char *text)
{
    char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", (char *)dir, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

#define INIT                                                                   \
    DAEMON " init b --origin ledger.example/1 --signers signers "              \
           "--endpoint tcp://127.0.0.1:0"

static void
init(void *dir)
{
    put_file(dir, "signers", SIGNERS);
    expect(dir, INIT, 0, "\nledger ledger.example/1 log ledger.example/1+");
}

/* --- commands --------------------------------------------------------- */

static void
init_makes_a_private_directory_once(void **state)
{
    init(*state);
    expect(*state, "find b -perm /077 | wc -l", 0, "0\n");
    expect(*state, "ls b", 0,
        "allowed_signers\ncurve.key\ndriehoekd.conf\nlog.key\nrun\nstore\n");
    expect(*state, INIT, 1, "exists");
}

static void
init_refuses_what_it_could_not_use(void **state)
{
    put_file(*state, "signers", SIGNERS);
    put_file(*state, "bad", "om ssh-ed25519 nonsense\n");
    put_file(*state, "empty", "# nobody\n");
    expect(*state, DAEMON " init", 2, "directory");
    expect(*state, DAEMON " init b", 2, "--origin");
    expect(*state, DAEMON " init b --origin a", 2, "--signers");
    expect(*state, DAEMON " init b --origin 'a b' --signers signers", 2,
        "--origin");
    expect(*state,
        DAEMON " init b --origin a --signers signers --endpoint tcp://*:1", 2,
        "--endpoint");
    expect(*state, DAEMON " init b --origin a --signers bad", 4, "bad:1:");
    expect(*state, DAEMON " init b --origin a --signers empty", 4, "nobody");
    expect(*state, DAEMON " init b --origin a --signers none", 5, "none");
    expect(*state, "test -e b", 1, "");
}

static void
usage_is_explained(void **state)
{
    expect(*state, DAEMON " --help", 0, "agreement add FILE");
    expect(*state, DAEMON " --version", 0, "driehoekd 0");
    expect(*state, DAEMON " --nonsense", 2, "--help");
    expect(*state, DAEMON " nonsense", 2, "no such command");
    expect(*state, DAEMON " card remove x -C .", 2, "card add FILE...");
    expect(*state, DAEMON " card add -C .", 2, "card add FILE...");
    expect(*state, DAEMON " status now -C .", 2, "usage: driehoekd status");
    expect(*state, "env -u DRIEHOEK_DIR " DAEMON " status", 2, "-C DIR");
    expect(*state, DAEMON " --ready-fd x", 2, "--ready-fd");
    expect(*state, DAEMON " --ready-fd 77 -C .", 2, "--ready-fd");
    expect(*state, DAEMON " status -C .", 5, "is no broker's directory");
    expect(*state, DAEMON " -C nowhere", 5, "nowhere");
    init(*state);
    expect(*state, DAEMON " status -C b", 3, "does not run");
    expect(*state, "DRIEHOEK_DIR=b " DAEMON " clock accept", 3, "not run");
    expect(*state, DAEMON " card add nofile -C b", 5, "nofile");
}

static void
errors_of_the_configuration_name_file_and_line(void **state)
{
    static const struct {
        const char *text, *error;
    } bad[] = {
        {"server\n    endpont = x\n",
            "c.conf:2: unknown name server/endpont (did you mean "
            "server/endpoint?)"},
        {"servers\n    endpoint = x\n", "c.conf:2: unknown name"},
        {"endpoint = x\n", "c.conf:1: unknown name endpoint"},
        {"\n# c\ndelivery\n    window = 0\n",
            "c.conf:4: delivery/window must be a number, 1 to 4096"},
        {"server\n  endpoint = x\n", "c.conf:2: "},
        {"server\n    endpoint = \"x\n", "c.conf:2: "},
        {"delivery\n    window = 1\n        more = 2\n", "c.conf:2: "},
        {"delivery\n    window = 1\n    window = 2\n", "given twice"},
        {"log\n    level = info\n", "ledger/origin is missing"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        put_file(*state, "c.conf", bad[i].text);
        expect(*state, DAEMON " -c c.conf", 4, bad[i].error);
    }
}

static void
keys_that_others_may_read_are_refused(void **state)
{
    init(*state);
    expect(*state, "chmod 640 b/log.key; " DAEMON " -C b", 5, "log.key");
    expect(*state,
        "chmod 600 b/log.key; cp b/log.key b/curve.key;" DAEMON " -C b", 4,
        "of another use");
    expect(*state, "echo x > b/curve.key; " DAEMON " -C b", 4, "curve.key");
}

/* --- the running daemon ----------------------------------------------- */

struct daemon {
    pid_t pid;
    int ready;
};

static struct daemon
start(void *dir)
{
    struct daemon d;
    char home[256], number[16], log[256];
    int ends[2];
    (void)snprintf(home, sizeof home, "%s/b", (char *)dir);
    (void)snprintf(log, sizeof log, "%s/log", (char *)dir);
    assert_int_equal(pipe(ends), 0);
    d.pid = fork();
    if (d.pid == 0) {
        int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
        (void)dup2(fd, STDERR_FILENO);
        (void)close(ends[0]);
        (void)snprintf(number, sizeof number, "%d", ends[1]);
        (void)execl(
            DAEMON, DAEMON, "-C", home, "--ready-fd", number, (char *)NULL);
        _exit(127);
    }
    (void)close(ends[1]);
    d.ready = ends[0];
    return d;
}

/* Waits for the readiness line; the endpoint is in `said`. */
static void
wait_ready(const struct daemon *d)
{
    size_t n = 0;
    struct pollfd p = {.fd = d->ready, .events = POLLIN};
    while (n == 0 || said[n - 1] != '\n') {
        assert_int_equal(poll(&p, 1, 20000), 1);
        ssize_t got = read(d->ready, said + n, 200);
        assert_true(got > 0);
        n += (size_t)got;
    }
    said[n] = '\0';
    assert_true(strncmp(said, "READY tcp://127.0.0.1:", 22) == 0);
    assert_null(strstr(said, ":0\n"));
}

static int
stop(const struct daemon *d, int sig)
{
    int status = 0;
    assert_int_equal(kill(d->pid, sig), 0);
    assert_int_equal(waitpid(d->pid, &status, 0), d->pid);
    (void)close(d->ready);
    return status;
}

/* Process id of part NAME of D, or 0. */
static pid_t
part(const struct daemon *d, const char *name)
{
    char command[128];
    (void)snprintf(command, sizeof command, "pgrep -P %ld -f driehoekd-%s",
        (long)d->pid, name);
    return run("/", command) == 0 ? (pid_t)atol(said) : 0;
}

static bool
is_gone(pid_t pid)
{
    char path[64], state = 0;
    (void)snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
    FILE *f = fopen(path, "r");
    if (f == NULL)
        return true;
    int n = fscanf(f, "%*d %*s %c", &state);
    (void)fclose(f);
    return n != 1 || state == 'Z';
}

static void
it_runs_says_so_and_stops_in_order(void **state)
{
    init(*state);
    struct daemon d = start(*state);
    wait_ready(&d);
    char endpoint[64];
    (void)snprintf(endpoint, sizeof endpoint, "%s", strchr(said, ' ') + 1);
    expect(*state, "cat b/run/endpoint", 0, endpoint);
    expect(*state, DAEMON " status -C b", 0, "ledger.example/1");
    expect(*state, DAEMON " -C b", 1, "runs already");
    put_file(*state, "x.card", "nonsense");
    expect(*state, DAEMON " card add x.card -C b", 4, "");
    assert_int_equal(stop(&d, SIGTERM), 0);
    expect(*state, DAEMON " status -C b", 3, "does not run");
    expect(*state, "ls b/run", 0, "driehoekd.lock\n");
    expect(*state, "grep -c level=error log", 1, "0");
    d = start(*state);
    wait_ready(&d);
    assert_int_equal(stop(&d, SIGINT), 0);
}

static void
children_have_no_environment_and_no_foreign_descriptors(void **state)
{
    static const char *const names[] = {"router", "core", "keeper"};
    char command[128];
    init(*state);
    struct daemon d = start(*state);
    wait_ready(&d);
    for (size_t i = 0; i < 3; i++) {
        long pid = part(&d, names[i]);
        assert_true(pid > 0);
        (void)snprintf(
            command, sizeof command, "tr -d '\\0' </proc/%ld/environ", pid);
        expect(*state, command, 0, "");
        assert_string_equal(said, "");
        (void)snprintf(
            command, sizeof command, "grep NoNewPrivs /proc/%ld/status", pid);
        expect(*state, command, 0, "1");
        (void)snprintf(
            command, sizeof command, "grep 'Max core' /proc/%ld/limits", pid);
        expect(*state, command, 0, " 0 ");
        (void)snprintf(command, sizeof command, "readlink /proc/%ld/fd/0", pid);
        expect(*state, command, 0, "/dev/null");
    }
    /* standard streams and its two links */
    (void)snprintf(command, sizeof command, "ls /proc/%ld/fd | tr '\\n' ' '",
        (long)part(&d, "keeper"));
    expect(*state, command, 0, "0 1 2 3 4 ");
    assert_string_equal(said, "0 1 2 3 4 ");
    assert_int_equal(stop(&d, SIGTERM), 0);
}

static void
every_part_that_dies_comes_back_and_the_endpoint_stays(void **state)
{
    static const char *const names[] = {"router", "core", "keeper", "router"};
    char before[64], command[512];
    init(*state);
    struct daemon d = start(*state);
    wait_ready(&d);
    (void)snprintf(before, sizeof before, "%s", strchr(said, ' ') + 1);
    for (size_t i = 0; i < 4; i++) {
        pid_t old = part(&d, names[i]), core = part(&d, "core");
        assert_int_equal(kill(old, SIGKILL), 0);
        /* its log tells; the loop ends by the test's own time limit */
        (void)snprintf(command, sizeof command,
            "timeout 20 sh -c 'until [ $(grep -c event=ready log) = %zu ]; do "
            ":; done'",
            i + 2);
        expect(*state, command, 0, "");
        assert_int_not_equal(part(&d, names[i]), old);
        if (strcmp(names[i], "router") == 0)
            assert_int_equal(part(&d, "core"), core);
        expect(*state, "cat b/run/endpoint", 0, before);
        expect(*state, DAEMON " status --json -C b", 0, "\"entries\":1,");
    }
    assert_int_equal(stop(&d, SIGTERM), 0);
}

static void
nothing_outlives_a_killed_parent(void **state)
{
    init(*state);
    struct daemon d = start(*state);
    wait_ready(&d);
    pid_t pid[] = {part(&d, "router"), part(&d, "core"), part(&d, "keeper")};
    assert_int_equal(stop(&d, SIGKILL), SIGKILL);
    for (size_t i = 0; i < 3; i++) {
        assert_true(pid[i] > 0);
        for (unsigned n = 0; !is_gone(pid[i]) && n < 1000000; n++)
            continue;
        assert_true(is_gone(pid[i]));
    }
    d = start(*state); /* and the directory is not left locked */
    wait_ready(&d);
    assert_int_equal(stop(&d, SIGTERM), 0);
}

static void
a_broker_that_cannot_listen_gives_up(void **state)
{
    int status = 0;
    char byte = 0;
    init(*state);
    /* an address that this machine does not have */
    expect(
        *state, "sed -i 's/127.0.0.1:0/192.0.2.1:9/' b/driehoekd.conf", 0, "");
    struct daemon d = start(*state);
    assert_int_equal(read(d.ready, &byte, 1), 0);
    assert_int_equal(waitpid(d.pid, &status, 0), d.pid);
    assert_int_equal(WEXITSTATUS(status), 5);
    (void)close(d.ready);
    expect(*state, "grep -c bind-failed log", 0, "");
}

/* A router that was taken over says where it listens: the parent writes that
 * to files and to the next router's configuration. */
static void
a_router_cannot_dictate_to_the_parent(void **state)
{
    init(*state);
    put_file(*state, "driehoekd-router",
        "#!/usr/bin/python3\n"
        "import os, struct\n"
        "said = b'\\0\\1tcp://127.0.0.1:1\\nlog/level=error'\n"
        "head = struct.pack('>BBHHHII', 51, 0, 0, 1, 0, 0, len(said))\n"
        "os.write(3, head + said)\n"
        "while os.read(3, 4096): pass\n");
    expect(*state,
        "mkdir bin; cp " DAEMON " bin/; chmod +x driehoekd-router; "
        "mv driehoekd-router bin/; for part in core keeper config; do "
        "ln -s " DAEMON "-$part bin/; done",
        0, "");
    expect(*state, "timeout 20 bin/driehoekd -C b --ready-fd 3 3>ready 2>log",
        5, "");
    expect(*state, "cat ready; ls b/run", 0, "driehoekd.lock\n");
    assert_null(strstr(said, "READY"));
}

/* One that was taken over asks without end: it is ended, and core is not
 * pressed. */
static void
what_answers_scrapers_cannot_press_core(void **state)
{
    init(*state);
    put_file(*state, "driehoekd-metrics",
        "#!/usr/bin/python3\n"
        "import os, struct\n"
        "ask = struct.pack('>BBHHHII', 41, 0, 0, 1, 0, 0, 0)\n"
        "while True: os.write(3, ask)\n");
    expect(*state,
        "mkdir bin; cp " DAEMON " bin/; chmod +x driehoekd-metrics; "
        "mv driehoekd-metrics bin/; for part in core keeper config router; do "
        "ln -s " DAEMON "-$part bin/; done; printf "
        "'metrics\n    listen = \"unix:run/m\"\n' >>b/driehoekd.conf",
        0, "");
    expect(*state,
        "mkfifo r; bin/driehoekd -C b --ready-fd 3 3>r 2>log & "
        "read -r word _ <r; timeout 60 sh -c 'until [ $(grep -c part=metrics "
        "log) -ge 2 ]; do :; done'; " DAEMON " health -C b; kill -TERM $!; "
        "wait $!; echo $?; grep -c part=core log; ls b/run",
        0, "core answers and commits\n0\n0\ndriehoekd.lock\n");
}

static void
wrapped_keys_want_their_passphrase(void **state)
{
    put_file(*state, "signers", SIGNERS);
    put_file(*state, "pass", "open sesame\n");
    put_file(*state, "other", "open barley\n");
    expect(*state, INIT " --passphrase-fd 3 3<pass", 0, "ledger ");
    expect(*state, DAEMON " -C b </dev/null", 2, "passphrase");
    expect(*state, DAEMON " -C b --passphrase-fd 3 3<other", 4, "log.key");
    expect(*state,
        "mkfifo r; " DAEMON " -C b --passphrase-fd 3 --ready-fd 4 3<pass 4>r & "
        "read -r word _ <r; kill -TERM $!; wait $!; echo $word $?",
        0, "READY 0");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        scratch_test(init_makes_a_private_directory_once),
        scratch_test(init_refuses_what_it_could_not_use),
        scratch_test(usage_is_explained),
        scratch_test(errors_of_the_configuration_name_file_and_line),
        scratch_test(keys_that_others_may_read_are_refused),
        scratch_test(it_runs_says_so_and_stops_in_order),
        scratch_test(children_have_no_environment_and_no_foreign_descriptors),
        scratch_test(every_part_that_dies_comes_back_and_the_endpoint_stays),
        scratch_test(nothing_outlives_a_killed_parent),
        scratch_test(a_broker_that_cannot_listen_gives_up),
        scratch_test(a_router_cannot_dictate_to_the_parent),
        scratch_test(what_answers_scrapers_cannot_press_core),
        scratch_test(wrapped_keys_want_their_passphrase),
    };
    (void)unsetenv("DRIEHOEK_DIR");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
