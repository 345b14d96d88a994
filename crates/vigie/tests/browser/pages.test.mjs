// Every page in a real Chromium: no accessibility violation in either theme, no error in the console,
// nothing wider than the window, the notice of the demonstration, and the keyboard.
//
// How to run it stands in browser.mjs. It must never write: every page is only read, but for sign-in and
// preferences.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { base, indicators, open, plain, violations } from "./browser.mjs";

const paths = {};

before(async () => {
  // The pages of a month, of a row that cost points, of a late case, of its clocks and entries.
  const page = await open();
  await page.goto(`${base}/mois`);
  const month = new URL(page.url()).pathname;
  const rows = await indicators(page);
  const row = (rows.find((r) => r.points > 0) ?? rows[0]).href;
  Object.assign(paths, {
    month, row, whatIf: `${month}/simulation?ligne=11&poids=6&mesure=2+h+45&promis=1+h&tranche=30+min&valeur=2`,
    cases: "/dossiers", allCases: "/dossiers?etat=tous&tri=-debut", newCase: "/dossiers/nouveau",
    newRequest: "/dossiers/nouveau?classe=request", call: "/dossiers/appel", late: "/dossiers?retard=oui&tri=-echeance", noCase: "/dossiers?q=zzzzzz", views: "/dossiers/vues", print: "/dossiers/liste/impression?etat=ouverts&col=etat,site,echeance", calendars: "/compte/calendriers",
    proofs: "/preuves?ecriture=0", contract: "/contrat", help: "/aide", account: "/compte", factor: "/compte/second-facteur", missing: "/rien",
  });
  await page.goto(base + paths.late);
  const link = page.locator("tbody th a").first();
  assert.ok(await link.count(), "the demonstration has late cases");
  paths.case = await link.getAttribute("href");
  Object.assign(paths, { edit: `${paths.case}/actes/classified?champ=site`, clocks: `${paths.case}/horloges`, entries: `${paths.case}/ecritures` });
  await page.context().close();
});

async function check(page, path) {
  await page.goto(base + path);
  assert.deepEqual(await violations(page), [], path);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(wide, 0, `${path} is ${wide} px wider than the window`);
  assert.deepEqual(page.problems, [], path);
}

for (const [theme, lang, width] of [["light", "fr", 1280], ["dark", "en", 1280], ["light", "en", 390], ["dark", "fr", 390]]) {
  test(`every page is accessible in ${theme}, ${lang}, ${width} px`, async () => {
    const page = await open({ theme, lang, width });
    for (const path of Object.values(paths)) await check(page, path);
    await page.context().close();
    const outside = await open({ theme, lang, width, signedIn: false });
    await check(outside, "/connexion");
    await outside.context().close();
  });
}

for (const [lang, notice] of [
  ["fr", "Démonstration : toutes les données de cette instance sont inventées."],
  ["en", "Demonstration: all data of this instance are invented."],
]) {
  test(`every page says that it is a demonstration, in ${lang}`, async () => {
    const page = await open({ lang });
    const outside = await open({ lang, signedIn: false });
    const visits = Object.values(paths).map((path) => [page, path]);
    for (const [where, path] of [...visits, [outside, "/connexion"]]) {
      await where.goto(base + path);
      const banner = where.locator("aside.demo");
      assert.ok(await banner.isVisible(), `${path} has a notice in sight`);
      assert.equal(plain(await banner.textContent()), notice, path);
    }
    await page.context().close();
    await outside.context().close();
  });
}

test("everything can be reached by keyboard, and the theme and the language persist", async () => {
  const page = await open();
  await page.goto(base + paths.month);
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  await page.keyboard.press("?");
  assert.ok(await page.locator("dialog[open]").count(), "help opens");
  await page.keyboard.press("Escape");
  await page.keyboard.press("g");
  await page.keyboard.press("d");
  await page.waitForURL(/dossiers/);
  await page.keyboard.press("/");
  assert.equal(await page.evaluate(() => document.activeElement.id), "q");
  await page.evaluate(() => document.activeElement.blur());
  const before = await page.locator("html").getAttribute("data-theme");
  await page.keyboard.press("t");
  await page.waitForFunction((old) => document.documentElement.dataset.theme !== old, before);
  await page.keyboard.press("l");
  await page.waitForFunction(() => document.documentElement.lang === "en");
  assert.match(page.url(), /dossiers/, "the switches come back to the same page");
  await page.context().close();
});
