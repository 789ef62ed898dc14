/* SPDX-License-Identifier: EUPL-1.2
 *
 * Reports on who received what, of a ledger made by hand whose answers are
 * written out here. */
#include "report_make.h"

#include <stdlib.h>
#include <string.h>

/* Entries 2 to 4: the police to the municipality. */
static void
put_police(void)
{
    make_accepted(&(const struct make_signal){.from = "politie",
        .kind = "politiesignaal",
        .purpose = "openbare-orde",
        .ground = "wpg-16-1-b",
        .fields = "betrokkene signaal politiegegevens onderzoeksgegevens",
        .attributes = "noodzaak-openbare-orde=yes",
        .case_byte = 0xa1});
    make_answer(
        make_sealed("gemeente", "betrokkene signaal politiegegevens", "P5"),
        ANSWER_TAKEN, 0);
}

/* Entries 5 to 9: special categories, of which the prosecutor gets less, for
 * the sender kept health back. */
static void
put_special(void)
{
    uint64_t police;
    uint64_t om;

    make_accepted(&(const struct make_signal){.from = "gemeente",
        .kind = "aanmelding-gemeente",
        .purpose = "weging",
        .ground = "pga-5-1",
        .fields = "betrokkene signaal geloof gezondheid",
        .attributes = "bijzonder-noodzakelijk=yes",
        .case_byte = 0xa1});
    police =
        make_share("politie", "betrokkene signaal geloof gezondheid", "P7 P7B");
    om = make_sealed("om", "betrokkene signaal geloof", "P7 P7B");
    make_answer(police, ANSWER_TAKEN, 0);
    make_expired(om);
}

/* Entries 10 to 14: an official message, and its gist. */
static void
put_service(void)
{
    make_accepted(&(const struct make_signal){.from = "aivd",
        .kind = "ambtsbericht",
        .purpose = "openbare-orde",
        .ground = "wiv-62",
        .fields = "betrokkene dreiging bronnen",
        .case_byte = 0xb2});
    make_answer(make_share("burgemeester", "betrokkene dreiging", "P28"),
        ANSWER_TAKEN, 0);
    make_accepted(&(const struct make_signal){.from = "burgemeester",
        .kind = "ambtsbericht-duiding",
        .purpose = "duiding",
        .ground = "pga-6-1-wiv-65",
        .fields = "kern document",
        .case_byte = 0xb2});
    make_share("gemeente", "kern", "P29");
}

/* Entries 15 to 20: to a third party, and twice to another municipality. */
static void
put_outward(void)
{
    struct make_signal handover = {.from = "gemeente",
        .kind = "overdracht",
        .purpose = "overdracht",
        .ground = "pga-7",
        .fields = "betrokkene plangegevens politiegegevens justitiele-gegevens",
        .attributes = "band-met-gemeente=verblijf",
        .case_byte = 0xa1};

    make_accepted(&(const struct make_signal){.from = "gemeente",
        .kind = "extract-derde",
        .purpose = "duiding",
        .ground = "pga-3-3",
        .fields = "betrokkene politiegegevens",
        .attributes = "noodzakelijk=yes",
        .case_byte = 0xa1});
    make_share("derdenloket", "betrokkene", "P24");
    make_accepted(&handover);
    make_facts("fase=overleg vetoronde-afgerond=yes");
    make_share("gemeente-elders", "betrokkene plangegevens justitiele-gegevens",
        "P35");
    make_facts("fase=overleg vetoronde-afgerond=yes veto=yes");
    handover.case_byte = 0xc3;
    handover.fields = "betrokkene politiegegevens";
    make_accepted(&handover);
    make_share("gemeente-elders", "betrokkene politiegegevens", "P35");
}

static int
begin(void **state)
{
    (void)state;
    make_begin(true);
    make_agreed();
    put_police();
    make_at(MAKE_START + 2 * MAKE_DAY);
    put_special();
    make_at(MAKE_START + 4 * MAKE_DAY);
    put_service();
    make_at(MAKE_START + 5 * MAKE_DAY);
    put_outward();
    make_done();
    return 0;
}

static struct report_ask
of_case(uint8_t byte)
{
    struct report_ask ask = {
        .has_case = true, .smallest = REPORT_K, .lang = RENDER_EN};

    memset(ask.case_handle, byte, sizeof ask.case_handle);
    return ask;
}

static void
recipients_of_a_case_are_told(void **state)
{
    struct report_ask ask = of_case(0xa1);
    json_t *o = make_report("recipients", &ask);

    (void)state;
    assert_string_equal(make_rows(o, "transfers", "entry from to outcome"),
        "3 politie gemeente taken; 6 gemeente politie taken; "
        "7 gemeente om expired; 16 gemeente derdenloket open; "
        "18 gemeente gemeente-elders open");
    assert_string_equal(
        make_rows(o, "transfers", "kind purpose categories special rules case"),
        "politiesignaal openbare-orde a,c,f - P5 a1; "
        "aanmelding-gemeente weging a,c religion,health P7,P7B a1; "
        "aanmelding-gemeente weging a,c religion P7,P7B a1; "
        "extract-derde duiding a - P24 a1; "
        "overdracht overdracht a,e,g - P35 a1");
    assert_string_equal(make_fact(o, "recipients"), "gemeente,politie");
    assert_string_equal(make_fact(o, "transfers"), "5");
    assert_string_equal(make_fact(o, "taken"), "2");
    json_decref(o);
}

static void
a_partner_and_times_leave_the_rest_out(void **state)
{
    struct report_ask ask = {.smallest = REPORT_K,
        .partner = "om",
        .since = (int64_t)(MAKE_START / 1000)};
    json_t *o = make_report("recipients", &ask);

    (void)state;
    assert_string_equal(make_rows(o, "transfers", "entry"), "7");
    json_decref(o);
    ask.partner = NULL;
    ask.since += 2 * 86400;            /* from that second on */
    ask.until = ask.since + 2 * 86400; /* and before this one */
    o = make_report("recipients", &ask);
    assert_string_equal(make_rows(o, "transfers", "entry"), "6; 7");
    assert_string_equal(
        json_string_value(json_object_get(o, "as_of")), "2026-01-05T00:00:00Z");
    json_decref(o);
}

static void
disclosures_are_a_partys_and_of_its_data(void **state)
{
    json_t *o = make_report("disclosures-police", NULL);

    (void)state;
    assert_string_equal(make_rows(o, "transfers", "entry to"), "3 gemeente");
    assert_string_equal(make_rows(o, "by_others", "entry from to"),
        "20 gemeente gemeente-elders");
    json_decref(o);
    o = make_report("disclosures-om", NULL);
    assert_string_equal(make_rows(o, "transfers", "entry"), "");
    assert_string_equal(make_rows(o, "by_others", "entry"), "18");
    json_decref(o);
}

static void
disclosures_go_back_four_years(void **state)
{
    json_t *o;

    (void)state;
    make_end();
    make_begin(true);
    make_agreed();
    put_police(); /* entry 3 */
    make_at(MAKE_START + 10 * MAKE_DAY);
    put_police(); /* entry 6 */
    make_at(MAKE_START + (4 * 365 + 1 + 5) * MAKE_DAY);
    make_operator();
    make_done();
    o = make_report("disclosures-police", NULL);
    assert_string_equal(make_rows(o, "transfers", "entry"), "6");
    json_decref(o);
    make_end();
    (void)begin(NULL);
}

static void
special_categories_are_told_with_their_necessity(void **state)
{
    json_t *o = make_report("special-categories", NULL);

    (void)state;
    assert_string_equal(
        make_rows(o, "transfers", "entry to special fields special_necessary"),
        "6 politie religion,health geloof,gezondheid yes; "
        "7 om religion geloof yes");
    assert_string_equal(
        make_rows(o, "transfers", "necessary"), "not-asked; not-asked");
    assert_string_equal(make_fact(o, "kept_back_transfers"), "1");
    assert_string_equal(make_fact(o, "kept_back_fields"), "1");
    json_decref(o);
}

static void
representation_counts_cases_of_each_sender(void **state)
{
    struct report_ask all = {.smallest = 0, .lang = RENDER_EN};
    json_t *o = make_report("representation", &all);

    (void)state;
    assert_string_equal(
        make_rows(o, "senders", "from cases any any_percent religion health"),
        "politie 1 0 0 0 0; gemeente 2 1 50 1 1; aivd 1 0 0 0 0; "
        "burgemeester 1 0 0 0 0; (all) 3 1 33 1 1");
    assert_string_equal(
        make_rows(o, "senders", "politics race religion_percent"),
        "0 0 0; 0 0 50; 0 0 0; 0 0 0; 0 0 33");
    json_decref(o);
    o = make_report("representation", NULL); /* all of it is too few */
    assert_string_equal(
        make_rows(o, "senders", "from cases any any_percent religion"),
        "politie - - - -; gemeente - - - -; aivd - - - -; "
        "burgemeester - - - -; (all) - - - -");
    json_decref(o);
}

/* Five cases of the municipality's and two of the school's: the school's are
 * too few, and what all had would tell them. */
static void
representation_hides_what_is_small(void **state)
{
    struct report_ask ask = {.smallest = 3, .lang = RENDER_EN};
    json_t *o;

    (void)state;
    make_end();
    make_begin(true);
    make_agreed();
    for (uint8_t i = 1; i <= 7; i++) {
        bool of_school = i > 5;
        make_accepted(&(const struct make_signal){
            .from = of_school ? "school" : "gemeente",
            .kind = "aanmelding-gemeente",
            .purpose = "weging",
            .ground = "pga-5-1",
            .fields = i == 1 || of_school ? "betrokkene" : "betrokkene geloof",
            .case_byte = i});
        make_share("politie", "betrokkene", "P7");
    }
    make_done();
    o = make_report("representation", &ask);
    assert_string_equal(
        make_rows(o, "senders", "from cases religion religion_percent"),
        "gemeente - - -; school - - -; (all) 7 4 57");
    assert_string_equal(make_fact(o, "smallest"), "3");
    json_decref(o);
    make_end();
    (void)begin(NULL);
}

static void
withheld_tells_by_whom(void **state)
{
    json_t *o = make_report("withheld", NULL);

    (void)state;
    assert_string_equal(
        make_rows(o, "transfers", "entry by_agreement by_sender"),
        "3 onderzoeksgegevens -; 7 - gezondheid; 11 bronnen -; "
        "14 document -; 16 politiegegevens -; 18 politiegegevens -");
    assert_string_equal(make_fact(o, "shares"), "8");
    assert_string_equal(make_fact(o, "with_withheld"), "6");
    assert_string_equal(make_fact(o, "fields_by_agreement"), "5");
    assert_string_equal(make_fact(o, "fields_by_sender"), "1");
    json_decref(o);
    o = make_report("refusals", NULL);
    assert_string_equal(make_rows(o, "refusals", "entry by fields case"),
        "7 sender gezondheid a1");
    json_decref(o);
}

static void
what_is_covert_still_is_told_of(void **state)
{
    json_t *o;

    (void)state;
    make_end();
    make_begin(true);
    make_agreed();
    make_covert(MAKE_START / 1000 + 5 * 86400);
    put_police();
    make_covert(MAKE_START / 1000 + 3 * 86400);
    put_police();
    make_at(MAKE_START + 4 * MAKE_DAY);
    make_operator();
    make_done();
    o = make_report("recipients", NULL);
    assert_string_equal(make_rows(o, "transfers", "entry covert_until"),
        "3 2026-01-06T00:00:00Z; 6 2026-01-04T00:00:00Z");
    assert_string_equal(make_fact(o, "covert"), "1");
    json_decref(o);
    make_end();
    (void)begin(NULL);
}

/* Of a partner's part the acceptances are not there. */
static void
a_partners_part_tells_no_more_than_it_has(void **state)
{
    json_t *o;

    (void)state;
    make_end();
    make_begin(false);
    make_agreed();
    put_service();
    make_done();
    for (size_t i = 0; i < make_evidence()->shares_n; i++)
        ((struct evidence_share *)(uintptr_t)&make_evidence()->shares[i])
            ->signal = NULL;
    o = make_report("withheld", NULL);
    assert_string_equal(make_rows(o, "transfers", "entry"), "");
    assert_non_null(strstr(
        json_string_value(json_array_get(json_object_get(o, "missing"), 0)),
        "only what this partner may see"));
    json_decref(o);
    o = make_report("intelligence", NULL);
    assert_string_equal(
        make_rows(o, "onward", "third_party_rule finding"), "- not told");
    assert_string_equal(make_fact(o, "not_lifted"), "0");
    json_decref(o);
    make_end();
    (void)begin(NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recipients_of_a_case_are_told),
        cmocka_unit_test(a_partner_and_times_leave_the_rest_out),
        cmocka_unit_test(disclosures_are_a_partys_and_of_its_data),
        cmocka_unit_test(disclosures_go_back_four_years),
        cmocka_unit_test(special_categories_are_told_with_their_necessity),
        cmocka_unit_test(representation_counts_cases_of_each_sender),
        cmocka_unit_test(representation_hides_what_is_small),
        cmocka_unit_test(withheld_tells_by_whom),
        cmocka_unit_test(what_is_covert_still_is_told_of),
        cmocka_unit_test(a_partners_part_tells_no_more_than_it_has),
    };

    return cmocka_run_group_tests(tests, begin, make_tear_down);
}
