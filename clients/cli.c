/* SPDX-License-Identifier: EUPL-1.2
 *
 * Messages, exit codes, passphrases and opening the node, for all commands. */
#include "cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "heads.h"
#include "key.h"
#include "node.h"
#include "problem.h"
#include "text.h"

__attribute__((format(printf, 2, 0))) static void
say(const struct cli *cli, const char *format, va_list args)
{
    (void)fflush(stdout); /* keep the order on a terminal */
    (void)fprintf(stderr, "%s: ", cli->path);
    (void)vfprintf(stderr, format, args);
    (void)fputc('\n', stderr);
}

void
cli_say(const struct cli *cli, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(cli, format, args);
    va_end(args);
}

enum cli_exit
cli_wrong(const struct cli *cli, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(cli, format, args);
    va_end(args);
    (void)fprintf(stderr, "Try '%s --help'.\n", cli->path);
    return CLI_USAGE;
}

enum cli_exit
cli_exit_of(enum dhk_err rc)
{
    switch (rc) {
    case DHK_OK:
        return CLI_OK;
    case DHK_DENIED:
    case DHK_STATE:
        return CLI_NO;
    case DHK_NOTFOUND:
        return CLI_WAITING;
    case DHK_FORMAT:
    case DHK_LIMIT:
    case DHK_AUTH:
    case DHK_VERSION:
        return CLI_INVALID;
    case DHK_NOMEM:
    case DHK_IO:
    case DHK_EXISTS:
        break;
    }
    return CLI_LOCAL;
}

enum cli_exit
cli_fail(const struct cli *cli, enum dhk_err rc, const char *what)
{
    if (rc == DHK_IO && errno != 0)
        cli_say(cli, "%s: %s", what, strerror(errno));
    else
        cli_say(cli, "%s: %s", what, dhk_strerror(rc));
    return cli_exit_of(rc);
}

enum cli_exit
cli_flushed(const struct cli *cli, enum cli_exit exit)
{
    errno = 0;
    if (fflush(stdout) == 0 && ferror(stdout) == 0)
        return exit;
    cli_say(cli, "the output could not be written: %s",
        errno != 0 ? strerror(errno) : "an earlier write failed");
    return CLI_LOCAL;
}

const char *
cli_dir(const struct cli *cli)
{
    const char *dir = cli->dir;
    if (dir == NULL)
        dir = getenv("DRIEHOEK_DIR");
    if (dir == NULL || dir[0] == '\0') {
        cli_say(cli, "which node? Give its directory with -C DIR, or set "
                     "DRIEHOEK_DIR");
        return NULL;
    }
    return dir;
}

bool
cli_number(int64_t *out, const char *text)
{
    uint64_t v;
    if (text_uint(&v, slice_str(text), INT64_MAX) != DHK_OK)
        return false;
    *out = (int64_t)v;
    return true;
}

static enum dhk_err
ask(const char *what, uint8_t **out, size_t *n)
{
    char prompt[80];
    (void)snprintf(prompt, sizeof prompt, "%s: ", what);
    return file_read_passphrase(out, n, STDIN_FILENO, prompt);
}

static void
forget(uint8_t **secret)
{
    void *p = *secret;
    key_secret_destroy(&p);
    *secret = NULL;
}

enum dhk_err
cli_passphrase(const struct cli *cli, const char *prompt, bool twice,
    uint8_t **out, size_t *n)
{
    uint8_t *again = NULL;
    size_t again_n = 0;
    *out = NULL;
    *n = 0;
    if (cli->passphrase_fd >= 0)
        return file_read_passphrase(out, n, cli->passphrase_fd, "");
    if (!isatty(STDIN_FILENO))
        return DHK_NOTFOUND;
    enum dhk_err rc = ask(prompt, out, n);
    if (rc != DHK_OK || !twice)
        return rc;
    rc = ask("The same again", &again, &again_n);
    if (rc == DHK_OK && (again_n != *n || !key_equal(again, *out, again_n))) {
        cli_say(cli, "the two differ");
        rc = DHK_FORMAT;
    }
    forget(&again);
    if (rc != DHK_OK)
        forget(out);
    return rc;
}

void
cli_forget(struct cli_pass *pass)
{
    forget(&pass->text);
    pass->n = 0;
}

static enum dhk_err
open_with(const struct cli *cli, const char *dir, const struct cli_pass *pass,
    struct dhk_node **out, struct dhk_problem *problem)
{
    struct dhk_options options = {
        .broker = cli->via, .passphrase = pass->text, .passphrase_n = pass->n};
    return dhk_node_open(out, dir, &options, problem);
}

enum dhk_err
cli_open(const struct cli *cli, const char *dir, struct cli_pass *pass,
    struct dhk_node **out, struct dhk_problem *problem)
{
    enum dhk_err rc = DHK_AUTH;
    *out = NULL;
    problem->text[0] = '\0';
    if (cli->passphrase_fd < 0 || pass->text != NULL)
        rc = open_with(cli, dir, pass, out, problem);
    if (rc == DHK_AUTH && pass->text == NULL &&
        cli_passphrase(cli, "Passphrase of the card's key", false, &pass->text,
            &pass->n) == DHK_OK)
        rc = open_with(cli, dir, pass, out, problem);
    if (rc == DHK_OK)
        problem->text[0] = '\0';
    else if (problem->text[0] == '\0')
        (void)problem_set(problem, rc, "%s: %s", dir, dhk_strerror(rc));
    return rc;
}

enum cli_exit
cli_exit_of_open(enum dhk_err rc)
{
    return rc == DHK_NOTFOUND ? CLI_LOCAL : cli_exit_of(rc);
}

void
cli_warn(const struct cli *cli, const struct dhk_node *node)
{
    struct dhk_problem problem = {""};
    if (node->heads == NULL || !heads_is_stopped(node->heads))
        return;
    (void)heads_refuse(node->heads, &problem);
    cli_say(cli, "%s", problem.text);
}

enum dhk_err
cli_node(const struct cli *cli, struct dhk_node **out, enum cli_exit *exit)
{
    struct dhk_problem problem = {""};
    struct cli_pass pass = {NULL, 0};
    const char *dir = cli_dir(cli);
    *out = NULL;
    *exit = CLI_USAGE;
    if (dir == NULL)
        return DHK_NOTFOUND;
    enum dhk_err rc = cli_open(cli, dir, &pass, out, &problem);
    cli_forget(&pass);
    if (rc == DHK_OK) {
        cli_warn(cli, *out);
        return rc;
    }
    cli_say(cli, "%s", problem.text);
    *exit = cli_exit_of_open(rc);
    return rc;
}

void
cli_report(void *ctx, const char *sentence)
{
    cli_say(ctx, "%s", sentence);
}
