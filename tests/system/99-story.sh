#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# One case, from a front-line worker's worry to destruction five years later,
# through real nodes of two municipalities and the programs that ship; what the
# ledger then answers to twenty questions is what happened here. script/demo
# --story runs this to have it told (TELL=1).
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/story.sh"
. "$(dirname "$0")/questions.sh"
three='burgemeester politie om'

chapter "The people and their machines"
tell "Voorbeeldstad has a broker, and so has Anderstad next to it. Mayor, police
  and prosecutor of each signed who takes part and what may be shared."
story_world

chapter "Melding: a worry"
tell "A youth worker of the wijkteam worries about Esmée, who is nineteen. She
  writes down facts, her own opinion, and what speaks against it. What she knows
  of a diagnosis stays with her, whatever she fills in."
new_case wijkteam esmee 'Esmée J.'
brings melding wijkteam melding-professional weging pga-5-2 \
    'ernst=middel feiten-gescheiden=yes contra-indicaties-vermeld=yes
    toestemming-of-conflict-van-plichten=yes' \
    betrokkene='Esmée J., 19 jaar' contactgegevens='via het wijkteam' \
    feiten='Komt sinds september niet meer op de dagbesteding.' \
    duiding='Mening van de melder: neemt leuzen over van nieuwe vrienden.' \
    contra-indicaties='Houdt contact met haar zus.' melder='T. Bakker' \
    diagnose='Staat in het zorgdossier.'
arrive melding \
    'betrokkene contactgegevens feiten duiding contra-indicaties melder' \
    gemeente
tell "The dossierhouder opens a case. Only a random handle is known outside; the
  name stays in the gemeente's own machine, locked."
does gemeente open
brings terug gemeente terugkoppeling weging pga-5-2 \
    'alleen-status=yes gemeld-door=wijkteam' status='ontvangen' \
    betrokkene='Esmée J.'
tell "The youth worker hears that it came in, and no more."
arrive terug status wijkteam

chapter "Another worry, which is no case"
tell "The college brings forward somebody else, Ruben. Mayor and police would
  take him up; the prosecutor finds that nothing ties him to violence, votes no
  and says why."
new_case college ruben 'Ruben de W.'
does college open --bring
brings aanmelding-ruben college aanmelding-deelnemer weging pga-5-1 \
    'ernst=laag kwaliteit-getoetst=yes aanmelding-bij=gemeente' \
    betrokkene='Ruben de W.' signaal='Riep iets op een plein.' \
    relaties='Zijn broer.'
arrive aanmelding-ruben 'betrokkene signaal' gemeente
does burgemeester weigh --until "$(today 30)"
votes ruben burgemeester yes 3 politie yes 3 om no 1
tell "One dissent is enough: it does not become a case. The college hears that,
  and everybody who took part destroys at once what ties the handle to Ruben,
  and signs for it."
same "$(phase burgemeester)" afgewezen
brings afwijzing gemeente afwijzing weging pga-5-6 'aangemeld-door=college' \
    status='komt niet in het casusoverleg' motivering='blijft bij de drie'
arrive afwijzing status college
refused 'article 5(1) and (3)' burgemeester weigh --until "$(today 30)"
# shellcheck disable=SC2086 # a list of names
gone ruben gemeente college $three

chapter "Weging: is Esmée a case?"
take_up esmee
tell "The gemeente checked the report and brings it forward. The three weigh,
  each with a score for every criterion and a reason, sealed to the other two."
does gemeente bring
brings aanmelding gemeente aanmelding-gemeente weging pga-5-1 \
    'ernst=middel kwaliteit-getoetst=yes bijzonder-noodzakelijk=no' \
    betrokkene='Esmée J.' signaal='Nagegaan bij de melder.' \
    geloof='Genoemd, niet van belang.'
arrive aanmelding 'betrokkene signaal' politie om
does gemeente weigh --until "$(today 30)"
votes esmee burgemeester yes 4 politie yes 4 om yes 4
tell "They agree, all three. Only now it is a casus."
same "$(phase gemeente)" casus

chapter "Bekendheid and verrijking: who knows her?"
does gemeente move inform
brings vraag gemeente bekendheidsvraag betrekken pga-5-4 past-bij-doel=yes \
    betrokkene='Esmée J., 19 jaar' signaal='blijft bij de drie'
arrive vraag betrokkene college reclassering rvdk
tell "The college knows her, the child protection board does not: both answers
  stand on the ledger, the no as well as the yes. Probation does not answer, and
  two weeks later the gemeente is told so."
re=vraag brings hit college bekendheid-antwoord betrekken pga-5-4 \
    antwoord-op-vraag=yes bekend=ja inhoud='heeft een dossier'
arrive hit bekend gemeente politie om
re=vraag brings no-hit rvdk bekendheid-antwoord betrekken pga-5-4 \
    antwoord-op-vraag=yes bekend=nee
arrive no-hit bekend gemeente politie om
later 15
same "$(unanswered gemeente)" reclassering
re=vraag brings hit-laat reclassering bekendheid-antwoord betrekken pga-5-4 \
    antwoord-op-vraag=yes bekend=ja
arrive hit-laat bekend gemeente politie om
does gemeente move enrich
tell "To a concrete question the college answers in the same thread: what is
  needed to decide who takes part, and nothing about her health."
re=hit brings verrijking college verrijking betrekken pga-5-4 \
    'bekend-gebleken=yes concrete-vraag=yes noodzakelijk=yes
    zwaarwegende-reden=no bijzonder-noodzakelijk=no' \
    signaal='Schulden, en een uitkering.' plangegevens='Schuldhulp loopt.' \
    gezondheid='Niet van belang.'
arrive verrijking 'plangegevens signaal' gemeente politie om

chapter "Overleg: who takes part, and who may say what"
tell "The three designate the college, each with a signature. The child
  protection board is not: it is given nothing and brings in nothing."
does burgemeester invite college --role participant
all_sign politie om
brings aanwijzing gemeente aanwijzing betrekken pga-5-5 '' \
    betrokkene='Esmée J.' rol='deelnemer'
arrive aanwijzing 'betrokkene rol' college
does gemeente move confer
brings inbreng gemeente inbreng duiding pga-6-1 \
    'noodzakelijk=yes zwaarwegende-reden=no relaties-relevant=no' \
    betrokkene='Esmée J.' signaal='Kwam terug op school.' relaties='Haar zus.'
arrive inbreng 'betrokkene signaal' politie om college
tell "The police would bring in police data. Without the mayor's consent, as the
  competent authority, nothing arrives; with it, it does."
police_data() {
    brings "$1" politie inbreng-politie duiding pga-6-1-wpg-20 \
        "noodzakelijk=yes zwaarwegende-reden=no geheimhouding-vermeld=yes
        bron-betrouwbaarheid=b informatie-juistheid=2 handling=$2" \
        politiegegevens="$3" onderzoeksgegevens='Loopt.' || :
}
police_data te-vroeg h1 'Een melding van bedreiging.'
nothing gemeente om college
does burgemeester consent --until "$(today 300)"
police_data politie h1 'Een melding van bedreiging.'
arrive politie politiegegevens gemeente om college
tell "One fact has the highest handling code. It waits, for all to see who may
  let it go: it takes the mayor and the prosecutor, both."
police_data vier-ogen h3 'Een naam uit een lopende zaak.'
nothing gemeente om college
approve_all burgemeester
nothing gemeente om college
approve_all om
arrive vier-ogen politiegegevens gemeente om college

chapter "Ambtsbericht: for the mayor alone"
tell "The service (AIVD) writes to the mayor, and to nobody else. Its rule is
  that nothing of it goes further; the mayor cannot share even the gist."
brings ambtsbericht aivd ambtsbericht openbare-orde wiv-62 ernst=hoog \
    betrokkene='Esmée J.' dreiging='Betrouwbaarheid: voldoende.' \
    bronnen='Geheim.' werkwijze='Geheim.'
arrive ambtsbericht 'betrokkene dreiging' burgemeester
does aivd restrict "${index[burgemeester:ambtsbericht]}" --rule in-force
gist() {
    re=ambtsbericht brings "$1" burgemeester ambtsbericht-duiding duiding \
        pga-6-1-wiv-65 '' kern='Er is contact met een ronselaar.' \
        document='blijft bij de burgemeester' || :
}
gist kern-te-vroeg
nothing gemeente politie om college
tell "The service lifts its rule, signed. The gist may go to the casusoverleg;
  the document never does."
does aivd restrict "${index[burgemeester:ambtsbericht]}" --rule lifted
gist kern
arrive kern kern gemeente politie om college

chapter "A third party, for sixty days"
tell "The three admit an expert on extremism, who gets no account: an extract is
  sealed to a card for this case alone, and opened without a connection."
"$driehoek" guest new "$casus" "$W/deskundige" >"$W/said"
card=$("$driehoek" guest show "$W/deskundige/guest.card" | sed -n 's/^card //p')
does burgemeester admit "$card" --desk derdenloket \
    --expertise extremism --until "$(today 60)"
all_sign politie om
brings extract gemeente extract-derde duiding pga-3-3 noodzakelijk=yes \
    betrokkene='Esmée J.' signaal='De kern, zonder namen van anderen.' \
    politiegegevens='gaat niet mee'
arrive extract 'betrokkene signaal' derdenloket
extract() {
    as derdenloket case extract "${index[derdenloket:extract]}" \
        --card "$W/deskundige/guest.card" --output "$W/$1" <"$W/extract.jsonl"
}
cp "$W/derdenloket.jsonl" "$W/extract.jsonl"
extract uittreksel >"$W/said"
"$driehoek" guest open --key "$W/deskundige" "$W/uittreksel" >"$W/opened"
same "$(jq -r '.fields | keys | join(" ")' "$W/opened")" 'betrokkene signaal'
brings advies derdenloket advies-derde duiding pga-3-3 \
    'eigen-geheimhouding-nageleefd=yes feiten-gescheiden=yes' \
    feiten='De leuzen zijn van een bekende groep.' duiding='Mening: meeloper.' \
    dossier='blijft bij de deskundige'
arrive advies 'duiding feiten' gemeente politie om college

chapter "Wrong, withheld, and late"
tell "The police find that one of their facts was about somebody else, and take
  it back. Everybody who had it is told, and confirms that it is deleted."
as politie withdraw "${id[politie]}" --reason wrong-person >"$W/said"
for node in gemeente om college; do
    as "$node" receive --withdrawn deleted --timeout 1 >"$W/$node.notice"
    same "$(jq -r .id "$W/$node.notice")" "${id[politie]}"
done
tell "The prosecutor lays an embargo: an investigation runs. Nothing is shared
  on, and it does not end by being forgotten: after three months its review is
  due."
does om embargo --reason investigation --review "$(today 90)"
later 14
brings onder-embargo gemeente inbreng duiding pga-6-1 \
    'noodzakelijk=yes zwaarwegende-reden=no relaties-relevant=no' \
    betrokkene='Esmée J.' signaal='Zij zoekt werk.' || :
nothing politie om college
does om lift
brings na-embargo gemeente inbreng duiding pga-6-1 \
    'noodzakelijk=yes zwaarwegende-reden=no relaties-relevant=no' \
    betrokkene='Esmée J.' signaal='Zij zoekt werk.'
arrive na-embargo 'betrokkene signaal' politie om college
tell "Probation (reclassering) joins late. What was shared before, it gets only
  if who brought it in shares it again; the gemeente does, for one of two."
does burgemeester invite reclassering --role executor
does politie sign
does om sign --reshare
nothing reclassering
to=reclassering brings opnieuw gemeente inbreng duiding pga-6-1 \
    'noodzakelijk=yes zwaarwegende-reden=no relaties-relevant=no' \
    betrokkene='Esmée J.' signaal='Kwam terug op school.'
arrive opnieuw 'betrokkene signaal' reclassering

chapter "Plan and execution"
does gemeente move plan
brings plan college inbreng-college plan pga-6-1 \
    'noodzakelijk=yes zwaarwegende-reden=no binnen-taak=yes' \
    soort-ondersteuning='Schuldhulp.' schuldhulp-ja-nee='ja' \
    bedragen='blijven bij het college'
arrive plan 'schuldhulp-ja-nee soort-ondersteuning' \
    gemeente politie om reclassering
does gemeente move execute
brings opdracht gemeente deelopdracht uitvoering pga-6-2 \
    'resultaat-gecontroleerd=yes uitvoerder=reclassering' \
    betrokkene='Esmée J.' deelplan='Begeleidt naar werk.' \
    andere-delen='ziet zij niet'
tell "Probation gets its part of the plan, and nobody sees another's."
arrive opdracht 'betrokkene deelplan' reclassering
later 40 renew
tell "Sixty days after the expert was admitted, that is over: nobody had to take
  anything away. What was sealed opens no more, and nothing more is handed out."
later 8
code 1 "$driehoek" guest open --key "$W/deskundige" "$W/uittreksel" \
    >"$W/said" 2>"$W/refused"
code 1 extract nog-een >"$W/said" 2>"$W/refused"
brings voortgang reclassering voortgang uitvoering pga-6-2 '' \
    uitgevoerd='Drie gesprekken.' effect='Zij werkt.' \
    gespreksinhoud='blijft bij de reclassering'
arrive voortgang 'effect uitgevoerd' gemeente politie om college

chapter "Esmée asks what is kept about her"
tell "She asks the contactpunt. Telling her is postponed with a ground and a day
  on which that is looked at again; then she is answered, in part."
does contactpunt request --until "$(today 30)"
does gemeente postpone --ground criminal-law --review "$(today 20)"
brings raadpleging contactpunt inzage-raadpleging rechten besluit-2 \
    identiteit-vastgesteld=yes betrokkene='Esmée J.'
arrive raadpleging betrokkene gemeente politie om college reclassering
re=raadpleging brings bijdrage college inzage-bijdrage rechten besluit-2 \
    'identiteit-vastgesteld=yes uavg-41=no' eigen-gegevens='Schuldhulp.' \
    doelen='plan' ontvangers='de deelnemers' termijnen='vijf jaar'
arrive bijdrage 'doelen eigen-gegevens ontvangers termijnen' contactpunt
later 20
does gemeente tell
does contactpunt answer --outcome granted-in-part

chapter "She moves to Anderstad"
tell "The gemeente asks who brought things in. The college keeps one item back;
  the others agree. What goes to Anderstad lacks it."
does gemeente transfer gemeente-elders --until "$(today 30)"
does college veto "${index[gemeente:verrijking]}"
for node in $three gemeente college reclassering; do
    does "$node" agree
done
hand_over() {
    re=$2 brings "$1" gemeente overdracht overdracht pga-7 \
        band-met-gemeente=verblijf "${@:3}" || :
}
hand_over over-verrijking verrijking betrokkene='Esmée J.' \
    plangegevens='Schuldhulp loopt.'
hand_over over-inbreng inbreng betrokkene='Esmée J.' \
    signaal='Kwam terug op school.' aanmelder='blijft achter'
arrive over-inbreng 'betrokkene signaal' gemeente-elders
tell "Anderstad, at its own broker and under its own signatures, begins a case
  of its own, with a handle of its own."
elders=$(as gemeente-elders case new --label 'Esmée J., uit Voorbeeldstad')
as gemeente-elders case open --via anderstad "$elders" >"$W/said"

chapter "Closing"
does gemeente review --next "$(today 180)"
later 60
does burgemeester close --reason goal-reached --destroy-by "$(today 1826)"
all_sign politie om
same "$(phase gemeente)" afgesloten
tell "Mayor, police and prosecutor close the case. It is shielded at once:
  nothing more goes to it, whoever tries."
brings te-laat college voortgang uitvoering pga-6-2 '' \
    uitgevoerd='Nog een gesprek.' || :
nothing gemeente politie om reclassering college
refused "phase 'afgesloten'" gemeente move confer

chapter "Five years later"
later 1827 renew
tell "The term is over. Each that took part is told so by its own machine,
  destroys what tied the handle to Esmée, and signs for it. Who only gave
  something, or was asked, has done so before by a rule of its own; the last
  does so now."
for node in $three gemeente college reclassering; do
    as "$node" status >"$W/said" 2>>"$W/alarms"
    as "$node" case destroy --due >"$W/$node.destroyed"
    has "$casus" "$W/$node.destroyed"
done
gone esmee wijkteam aivd contactpunt derdenloket rvdk gemeente-elders
same "$(phase om)" vernietigd

chapter "Twenty questions to the ledger"
tell "The compliance officer asks all that the law lets her ask, and compares
  the answers with what happened here."
ask_all
verified
stop_second
tell "Every answer is what happened, and every entry verifies."
