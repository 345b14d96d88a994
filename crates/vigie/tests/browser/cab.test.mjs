// The journey of a vote in a real Chromium: a change is assessed, put on the agenda of a session, voted on once
// and for ever, decided; and the pages of changes, boards and problems bear axe in both themes.
//
// How to run it stands in browser.mjs. It writes: the account must be the customer's and may vote.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { base, open, plain, violations } from "./browser.mjs";

const account = process.env.VIGIE_ACCOUNT;
let page;

before(async () => {
  page = await open();
});

// Opens the form of an act at the page of a case.
async function act(name) {
  const details = page.locator("details.act").filter({ has: page.locator("summary", { hasText: name }) });
  await details.locator("summary").click();
  return details;
}

test("the board's vote is cast once, and the decision lets the change be planned", async () => {
  await page.goto(`${base}/changements/cab`);
  await page.locator("summary", { hasText: "Convoquer une séance" }).click();
  await page.selectOption("#call-comite", "ecab");
  await page.fill("#call-quand", "2031-03-12T14:00");
  await page.locator("form:has(#call-quand) button[type=submit]").click();
  await page.waitForURL(/seance=ecab-2031-03-12/);
  const session = new URL(page.url()).searchParams.get("seance");
  await page.locator("summary", { hasText: "Ajouter un participant" }).click();
  await page.fill("#attend-compte", account);
  await page.locator("form:has(#attend-compte) button[type=submit]").click();
  await page.locator(".badge", { hasText: account }).waitFor();

  // A change that nobody has begun and that nobody has decided on.
  await page.goto(`${base}/changements`);
  const changes = await page.locator("#en-cours ~ .table-wrap tbody th a").evaluateAll((links) => links.map((a) => a.href));
  for (const href of changes) {
    await page.goto(href);
    if (await page.locator("summary", { hasText: "Évaluer le changement" }).count()) break;
  }
  const change = page.url();
  let form = await act("Évaluer le changement");
  await form.locator("select[name=type]").selectOption("urgent");
  await form.locator("input[name=critere]").first().check();
  await form.locator("button[type=submit]").click();
  await page.waitForURL(/fait=assessed/);
  assert.match(plain(await page.locator(".lacking").first().textContent()), /décision : ECAB/);
  form = await act("Inscrire à l'ordre du jour");
  await form.locator("select[name=seance]").selectOption(session);
  await form.locator("button[type=submit]").click();
  await page.waitForURL(/fait=tabled/);

  await page.goto(`${base}/changements/cab?seance=${session}`);
  assert.deepEqual(await violations(page), []);
  const vote = page.locator("form:has(input[value=voter])");
  await vote.locator("select[name=vote]").selectOption("for");
  await vote.locator("button[type=submit]").click();
  await page.locator("form:has(input[value=decider])").waitFor();
  assert.match(plain(await page.locator(".agenda").textContent()), /Pour 1 · Contre 0 · Abstention 0/);
  assert.equal(await vote.count(), 0, "who has voted is not asked again");
  const decide = page.locator("form:has(input[value=decider])");
  await decide.locator("select[name=decision]").selectOption("oui");
  await decide.locator("button[type=submit]").click();
  await page.locator(".agenda .badge-good", { hasText: "Autorisé" }).waitFor();
  await page.goto(change);
  assert.match(plain(await page.locator(".progress-part").textContent()), /Rien ne manque : le changement peut être planifié/);
});

for (const theme of ["light", "dark"]) {
  test(`changes, boards, problems and the catalogue have no violation (${theme})`, async () => {
    const seen = await open({ theme, lang: theme === "light" ? "fr" : "en" });
    const paths = [
      "/changements",
      "/changements/cab",
      "/problemes",
      "/dossiers/nouveau?classe=request",
      "/dossiers/nouveau?classe=request&sujet=isicom_agent_training",
      "/demandes/hors-catalogue",
    ];
    for (const path of paths) {
      await seen.goto(base + path);
      assert.deepEqual(await violations(seen), [], path);
    }
    await seen.goto(`${base}/changements`);
    const links = seen.locator("#en-cours ~ .table-wrap tbody th a");
    await links.first().click();
    await seen.locator(".progress-part").waitFor();
    assert.deepEqual(await violations(seen), [], seen.url());
    assert.deepEqual(seen.problems, []);
    await seen.context().close();
  });
}
