/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoek guest new | show | open: a third party on an incidental basis, who
 * has no account and no connection. */
#include "cmd.h"

#include "clock.h"
#include "file.h"
#include "guestfile.h"
#include "json.h"

#include <string.h>

static enum cli_exit
told(struct cli *cli, enum dhk_err rc, const struct dhk_problem *problem)
{
    cli_say(
        cli, "%s", problem->text[0] != '\0' ? problem->text : dhk_strerror(rc));
    if (rc == DHK_EXISTS || rc == DHK_DENIED)
        return CLI_NO;
    return rc == DHK_NOTFOUND ? CLI_LOCAL : cli_exit_of(rc);
}

static void
forget(uint8_t **pass)
{
    void *p = *pass;

    key_secret_destroy(&p);
    *pass = NULL;
}

/* A passphrase; TWICE: a new one. False after a message. */
static bool
ask(struct cli *cli, bool twice, uint8_t **pass, size_t *n)
{
    enum dhk_err rc = cli_passphrase(cli,
        twice ? "Passphrase for the guest key" : "Passphrase of the guest key",
        twice, pass, n);

    if (rc == DHK_OK && *n > 0)
        return true;
    if (rc != DHK_FORMAT) /* the two differ: said already */
        cli_say(cli, "no passphrase: give it on a terminal, or by "
                     "--passphrase-fd N");
    forget(pass);
    return false;
}

static void
print_card(const struct guest_card *card)
{
    char text[2 * GUEST_ID + 1];

    bytes_hex(text, card->case_handle, sizeof card->case_handle);
    printf("case %s\n", text);
    bytes_hex(text, card->id, sizeof card->id);
    printf("card %s\n", text);
}

static enum cli_exit
guest_new(struct cli *cli, int argc, char **argv)
{
    struct dhk_problem problem = {""};
    struct guest_card card;
    uint8_t handle[GUEST_CASE], *pass = NULL;
    bool wanted = false;
    size_t n = 0;
    enum cli_exit exit;
    const struct cli_option options[] = {
        {"passphrase", 0, CLI_FLAG, NULL, "ask for a passphrase", &wanted},
    };
    const struct cli_usage usage = {"[--passphrase] CASE DIR",
        "Makes a key for one case in DIR: guest.key, which stays there, and "
        "guest.card,\nwhich the three admit. For a third party that is asked "
        "for its expertise: it\nneeds no node and no connection.",
        options, 1, 2, 2};

    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    if (bytes_unhex(handle, sizeof handle, slice_str(cli->args[0])) != DHK_OK)
        return cli_wrong(cli, "CASE is a handle of 32 hexadecimal digits");
    if ((wanted || cli->passphrase_fd >= 0) && !ask(cli, true, &pass, &n))
        return CLI_LOCAL;
    enum dhk_err rc =
        guestfile_new(&card, cli->args[1], handle, slice_of(pass, n), &problem);
    forget(&pass);
    if (rc != DHK_OK)
        return told(cli, rc, &problem);
    print_card(&card);
    printf("Give %s/guest.card to who admits you; keep %s/guest.key.\n",
        cli->args[1], cli->args[1]);
    return cli_flushed(cli, CLI_OK);
}

static enum cli_exit
guest_show(struct cli *cli, int argc, char **argv)
{
    struct dhk_problem problem = {""};
    struct guest_card card;
    enum cli_exit exit;
    const struct cli_usage usage = {"FILE",
        "Prints the case and the id of a guest card: the id is what the three "
        "admit.",
        NULL, 0, 1, 1};

    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    enum dhk_err rc = guestfile_card(&card, cli->args[0], &problem);
    if (rc != DHK_OK)
        return told(cli, rc, &problem);
    print_card(&card);
    return cli_flushed(cli, CLI_OK);
}

/* TEXT is a desk's, and shown as JSON only when it is an object of JSON. */
static enum cli_exit
print_extract(struct cli *cli, struct slice text)
{
    json_t *o =
        json_loadb((const char *)text.p, text.n, JSON_REJECT_DUPLICATES, NULL);

    if (!json_is_object(o)) {
        json_decref(o);
        cli_say(cli, "what was sealed is no JSON object");
        return CLI_INVALID;
    }
    if (json_print(stdout, o) != DHK_OK)
        return cli_flushed(cli, CLI_LOCAL);
    return cli_flushed(cli, CLI_OK);
}

static enum cli_exit
open_with(struct cli *cli, const char *dir, struct slice pass)
{
    struct dhk_problem problem = {""};
    struct dh_secret *sk = NULL;
    struct guest_card card;
    struct slice text;
    uint8_t *mem = NULL;
    size_t n = 0;
    int64_t now = (int64_t)(clock_wall_ms(clock_system()) / 1000);
    enum cli_exit exit;
    enum dhk_err rc = guestfile_load(&sk, &card, dir, pass, &problem);

    if (rc == DHK_OK)
        rc = guestfile_open(
            &text, &mem, &n, cli->args[0], &card, sk, now, &problem);
    exit = rc == DHK_OK ? print_extract(cli, text) : told(cli, rc, &problem);
    file_free(&mem, n);
    key_dh_destroy(&sk);
    return exit;
}

static enum cli_exit
guest_open_(struct cli *cli, int argc, char **argv)
{
    struct dhk_problem problem = {""};
    const char *dir = NULL;
    uint8_t *pass = NULL;
    size_t n = 0;
    bool wrapped;
    enum cli_exit exit;
    const struct cli_option options[] = {
        {"key", 'k', CLI_TEXT, "DIR", "the directory of 'guest new' (required)",
            &dir},
    };
    const struct cli_usage usage = {"--key DIR FILE",
        "Opens the extract in FILE and prints it as JSON: what it is for, its "
        "fields, and\nthe duties that come with them. Not after the admission "
        "has ended, and not for\nanother case.",
        options, 1, 1, 1};

    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    if (dir == NULL)
        return cli_wrong(cli, "--key wants the directory with guest.key");
    enum dhk_err rc = guestfile_is_wrapped(&wrapped, dir, &problem);
    if (rc != DHK_OK)
        return told(cli, rc, &problem);
    if (wrapped && !ask(cli, false, &pass, &n))
        return CLI_LOCAL;
    exit = open_with(cli, dir, slice_of(pass, n));
    forget(&pass);
    return exit;
}

enum cli_exit
cmd_guest(struct cli *cli, int argc, char **argv)
{
    static const struct cli_command commands[] = {
        {"new", guest_new, "make a key and a card for one case"},
        {"show", guest_show, "print the case and the id of a card"},
        {"open", guest_open_, "open an extract"},
    };
    static const struct cli_group group = {
        "A third party that is admitted to one case for its expertise: no "
        "node, no\nconnection, a key for that case only.",
        commands, sizeof commands / sizeof commands[0]};

    return cli_run_group(cli, &group, argc, argv);
}
