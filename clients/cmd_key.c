/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoek key new | card | list | revoke */
#include "cmd.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "enroll.h"
#include "json.h"
#include "table.h"

static void
forget(uint8_t **secret)
{
    void *p = *secret;
    key_secret_destroy(&p);
    *secret = NULL;
}

static enum cli_exit
told(const struct cli *cli, enum dhk_err rc, const struct dhk_problem *problem)
{
    cli_say(
        cli, "%s", problem->text[0] != '\0' ? problem->text : dhk_strerror(rc));
    if (rc == DHK_EXISTS)
        return CLI_NO;
    return rc == DHK_NOTFOUND ? CLI_LOCAL : cli_exit_of(rc);
}

/* A new passphrase, when one is asked for. False: it could not be read. */
static bool
new_passphrase(const struct cli *cli, bool wanted, const char *prompt,
    uint8_t **pass, size_t *n)
{
    *pass = NULL;
    *n = 0;
    if (!wanted && cli->passphrase_fd < 0)
        return true;
    enum dhk_err rc = cli_passphrase(cli, prompt, true, pass, n);
    if (rc == DHK_OK && *n > 0)
        return true;
    if (rc != DHK_FORMAT) /* the two differ: said already */
        cli_say(cli, "no passphrase: give it on a terminal, or by "
                     "--passphrase-fd N");
    forget(pass);
    return false;
}

static enum cli_exit
key_new(struct cli *cli, int argc, char **argv)
{
    struct dhk_problem problem = {""};
    bool wanted = false;
    uint8_t *pass = NULL;
    size_t n = 0;
    char text[KEY_B64];
    enum cli_exit exit;
    const struct cli_option options[] = {
        {"passphrase", 0, CLI_FLAG, NULL, "ask for a passphrase", &wanted},
    };
    const struct cli_usage usage = {"[--passphrase]",
        "Makes the node's identity key. It signs key cards and their end, and "
        "nothing else:\nkeep identity.key offline when neither is being made.",
        options, 1, 0, 0};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    const char *dir = cli_dir(cli);
    if (dir == NULL)
        return CLI_USAGE;
    if (!new_passphrase(
            cli, wanted, "Passphrase for the identity key", &pass, &n))
        return CLI_LOCAL;
    enum dhk_err rc = enroll_identity(dir, slice_of(pass, n), &problem);
    forget(&pass);
    if (rc == DHK_OK)
        rc = enroll_identity_text(text, dir, &problem);
    if (rc != DHK_OK)
        return told(cli, rc, &problem);
    printf("Identity key: %s/identity.key (keep it offline)\n"
           "For the roster: key %s\n",
        dir, text);
    return cli_flushed(cli, CLI_OK);
}

/* The passphrases of a new card: the identity key's when that has one, and
 * the new card key's when wanted. From a descriptor one serves both. */
struct passphrases {
    uint8_t *identity, *card;
    size_t identity_n, card_n;
};

static void
forget_both(struct passphrases *p)
{
    forget(&p->identity);
    forget(&p->card);
}

static enum dhk_err
ask_both(const struct cli *cli, const char *key, bool wanted,
    struct passphrases *p, struct dhk_problem *problem)
{
    bool wrapped = false;
    memset(p, 0, sizeof *p);
    enum dhk_err rc = enroll_is_wrapped(&wrapped, key, problem);
    if (rc != DHK_OK)
        return rc;
    if (cli->passphrase_fd >= 0)
        return cli_passphrase(cli, "", false, &p->identity, &p->identity_n);
    if (wrapped && cli_passphrase(cli, "Passphrase of the identity key", false,
                       &p->identity, &p->identity_n) != DHK_OK) {
        cli_say(cli, "the identity key needs its passphrase: give it on a "
                     "terminal, or by --passphrase-fd N");
        return DHK_AUTH;
    }
    if (!new_passphrase(cli, wanted, "Passphrase for the new card's key",
            &p->card, &p->card_n))
        return DHK_AUTH;
    return DHK_OK;
}

static enum cli_exit
make_card(const struct cli *cli, const char *dir, struct enroll_card *how,
    bool wanted)
{
    struct dhk_problem problem = {""};
    struct passphrases pass;
    struct card card;
    char path[NODE_PATH];
    char until[21];
    char in_dir[NODE_PATH];
    enum dhk_err rc = node_path(in_dir, dir, "identity.key");
    if (rc == DHK_OK)
        rc = ask_both(cli,
            how->identity.path != NULL ? how->identity.path : in_dir, wanted,
            &pass, &problem);
    if (rc != DHK_OK)
        return problem.text[0] != '\0' ? told(cli, rc, &problem)
                                       : cli_exit_of(rc);
    how->identity.pass = slice_of(pass.identity, pass.identity_n);
    how->card_pass = cli->passphrase_fd >= 0 ? how->identity.pass
                                             : slice_of(pass.card, pass.card_n);
    rc = enroll_card(&card, path, dir, how, &problem);
    forget_both(&pass);
    if (rc != DHK_OK)
        return told(cli, rc, &problem);
    clock_text(until, card.until);
    printf("Key card %llu of %s, valid until %s.\n"
           "Hand this file to the broker's operator: %s\n",
        (unsigned long long)card.serial, card.partner, until, path);
    return cli_flushed(cli, CLI_OK);
}

static enum cli_exit
key_card(struct cli *cli, int argc, char **argv)
{
    struct enroll_card how = {.receives = true};
    int64_t days = 90;
    bool send_only = false;
    bool wanted = false;
    enum cli_exit exit;
    const struct cli_option options[] = {
        {"days", 'd', CLI_NUMBER, "N", "valid for N days (90)", &days},
        {"send-only", 0, CLI_FLAG, NULL,
            "this card only sends: another one receives", &send_only},
        {"identity", 'i', CLI_TEXT, "FILE",
            "the identity key, when it is not in the node", &how.identity.path},
        {"passphrase", 0, CLI_FLAG, NULL,
            "ask for a passphrase for the card's key", &wanted},
    };
    const struct cli_usage usage = {
        "[--days N] [--send-only] [--identity FILE] [--passphrase]",
        "Makes fresh daily keys and a card that the identity key signs. The "
        "broker\ntakes the node's signals once its operator has added the "
        "card.",
        options, 4, 0, 0};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    if (days < 1 || days > 3660)
        return cli_wrong(cli, "--days wants 1 to 3660");
    const char *dir = cli_dir(cli);
    if (dir == NULL)
        return CLI_USAGE;
    how.days = (uint32_t)days;
    how.receives = !send_only;
    return make_card(cli, dir, &how, wanted);
}

static void
print_made(void *ctx, const char *broker, const char *path)
{
    (void)ctx;
    printf("Hand this file to the operator of broker %s, for driehoekd "
           "revoke: %s\n",
        broker, path);
}

static enum cli_exit
make_revocation(
    const struct cli *cli, const char *dir, struct enroll_revoke *how)
{
    struct dhk_problem problem = {""};
    struct passphrases pass;
    char path[NODE_PATH];
    enum dhk_err rc = node_path(path, dir, "identity.key");
    if (rc == DHK_OK)
        rc = ask_both(cli,
            how->identity.path != NULL ? how->identity.path : path, false,
            &pass, &problem);
    if (rc != DHK_OK)
        return problem.text[0] != '\0' ? told(cli, rc, &problem)
                                       : cli_exit_of(rc);
    how->identity.pass = slice_of(pass.identity, pass.identity_n);
    rc = enroll_revoke(dir, how, &problem);
    forget_both(&pass);
    if (rc != DHK_OK)
        return told(cli, rc, &problem);
    printf("The card counts until the operator has brought that in.\n");
    return cli_flushed(cli, CLI_OK);
}

static enum cli_exit
key_revoke(struct cli *cli, int argc, char **argv)
{
    struct enroll_revoke how = {.made = print_made};
    uint8_t id[CARD_ID];
    int64_t serial;
    enum cli_exit exit;
    const struct cli_option options[] = {
        {"identity", 'i', CLI_TEXT, "FILE",
            "the identity key, when it is not in the node", &how.identity.path},
    };
    const struct cli_usage usage = {"CARD [--identity FILE]",
        "Signs, with the identity key, that a card of this partner is at its "
        "end: one\nfile for each broker, to hand to its operator. CARD is a "
        "serial or an id that\n'driehoek key list' shows; a card of another "
        "machine is named by its id.",
        options, 1, 1, 1};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    how.card = cli->args[0];
    how.broker = cli->via;
    if (bytes_unhex(id, sizeof id, slice_str(how.card)) != DHK_OK &&
        !cli_number(&serial, how.card))
        return cli_wrong(cli, "a card is meant by its serial, or its id of 64 "
                              "hexadecimal digits");
    const char *dir = cli_dir(cli);
    return dir == NULL ? CLI_USAGE : make_revocation(cli, dir, &how);
}

static const char *
state_of(const struct card *card, int64_t now)
{
    if (now < card->from)
        return "not yet";
    return now < card->until ? "valid" : "expired";
}

static enum cli_exit
list_json(const struct cli *cli, const struct card *list, size_t n, int64_t now)
{
    char id[2 * CARD_ID + 1];
    json_t *all = json_build_array();
    for (size_t i = 0; i < n; i++) {
        json_t *o = json_build_object();
        bytes_hex(id, list[i].id, CARD_ID);
        json_build_uint(o, "serial", list[i].serial);
        json_build_text(o, "id", id);
        json_build_time(o, "from", list[i].from);
        json_build_time(o, "until", list[i].until);
        json_build_bool(o, "receives", list[i].receives);
        json_build_text(o, "state", state_of(&list[i], now));
        json_build_add(all, o);
    }
    (void)json_print(stdout, all);
    return cli_flushed(cli, CLI_OK);
}

static enum dhk_err
list_table(const struct card *list, size_t n, int64_t now)
{
    static const struct table_column columns[] = {{"SERIAL", TABLE_RIGHT},
        {"FROM", 0}, {"UNTIL", 0}, {"USE", 0}, {"STATE", 0}, {"ID", 0}};
    struct table *table = NULL;
    enum dhk_err rc = table_new(&table, columns, 6);
    for (size_t i = 0; rc == DHK_OK && i < n; i++) {
        char serial[24];
        char from[21];
        char until[21];
        char id[2 * CARD_ID + 1];
        (void)snprintf(
            serial, sizeof serial, "%llu", (unsigned long long)list[i].serial);
        clock_text(from, list[i].from);
        clock_text(until, list[i].until);
        bytes_hex(id, list[i].id, CARD_ID);
        const char *const cells[] = {serial, from, until,
            list[i].receives ? "send, receive" : "send",
            state_of(&list[i], now), id};
        rc = table_row(table, cells);
    }
    if (rc == DHK_OK)
        rc = table_print(table, stdout);
    table_destroy(&table);
    return rc;
}

static enum cli_exit
key_list(struct cli *cli, int argc, char **argv)
{
    struct dhk_problem problem = {""};
    bool json = false;
    size_t n = 0;
    enum cli_exit exit;
    const struct cli_option options[] = {
        {"json", 'j', CLI_FLAG, NULL, "as JSON", &json},
    };
    const struct cli_usage usage = {"[--json]",
        "Lists the node's key cards. The id is what a revocation names.",
        options, 1, 0, 0};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    const char *dir = cli_dir(cli);
    if (dir == NULL)
        return CLI_USAGE;
    struct card *list = calloc(NODE_CARDS_MAX, sizeof *list);
    if (list == NULL)
        return cli_fail(cli, DHK_NOMEM, "key list");
    int64_t now = (int64_t)(clock_wall_ms(clock_system()) / 1000);
    enum dhk_err rc = enroll_cards(list, &n, dir, &problem);
    if (rc != DHK_OK) {
        exit = told(cli, rc, &problem);
    } else if (json) {
        exit = list_json(cli, list, n, now);
    } else if (n == 0) {
        cli_say(cli, "no key card yet: driehoek key card makes one");
        exit = CLI_OK;
    } else {
        rc = list_table(list, n, now);
        exit = rc == DHK_OK ? cli_flushed(cli, CLI_OK)
                            : cli_fail(cli, rc, "the table");
    }
    free(list);
    return exit;
}

enum cli_exit
cmd_key(struct cli *cli, int argc, char **argv)
{
    static const struct cli_command commands[] = {
        {"new", key_new, "make the identity key"},
        {"card", key_card, "make daily keys with their signed card"},
        {"list", key_list, "list the node's key cards"},
        {"revoke", key_revoke, "end a card, with the identity key"},
    };
    static const struct cli_group group = {
        "The identity key says who this partner is; it signs key cards and "
        "ends them. A\ncard holds the keys of every day.",
        commands, sizeof commands / sizeof commands[0]};
    return cli_run_group(cli, &group, argc, argv);
}
