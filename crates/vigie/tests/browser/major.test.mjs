// A major incident in a real Chromium, from the call to the report that the customer reads: the war room with
// its seconds, the information that goes out, the roles, the restoration, the report and its review.
//
// Run as desk.test.mjs. The account is the customer's; the provider's are the demonstration's technician and its
// manager, whom a P1 escalates to at once: their password is the same.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import axe from "axe-core";
import { chromium } from "playwright-core";

const base = process.env.VIGIE_URL;
const account = process.env.VIGIE_ACCOUNT;
const password = process.env.VIGIE_PASSWORD;
assert.ok(base && account && password, "set VIGIE_URL, VIGIE_ACCOUNT and VIGIE_PASSWORD");

let browser;
let provider;
let customer;
let manager;

async function signedIn(name) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  await page.goto(`${base}/connexion`);
  await page.fill("#name", name);
  await page.fill("#password", password);
  await page.click("main button[type=submit]");
  await page.waitForURL((url) => !url.pathname.startsWith("/connexion"));
  await page.close();
  return context;
}

before(async () => {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run"],
  });
  provider = await signedIn("go.martin");
  customer = await signedIn(account);
  manager = await signedIn("roc.perrin");
});

after(() => browser?.close());

async function clean(page) {
  for (const colorScheme of ["light", "dark"]) {
    // Colours that still change are no colours of the page.
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.evaluate(axe.source);
    const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
    const told = found.violations.map((v) => `${colorScheme} ${v.id}: ${v.nodes.map((n) => n.target).slice(0, 3).join(", ")}`);
    assert.deepEqual(told, [], page.url());
  }
}

test("a major incident goes from the call to the report that the customer reads", async () => {
  const page = await provider.newPage();
  await page.goto(`${base}/dossiers/appel`);
  await page.fill("#titre", "Coupure du lien opérateur");
  await page.keyboard.press("F2");
  await page.locator("form[data-call] button[type=submit]").first().click();
  await page.waitForURL(/VG-.*ouvert/);
  const href = new URL(page.url()).pathname;

  await page.goto(`${base}${href}/crise`);
  const left = page.locator(".room-big time");
  assert.match(await left.textContent(), /^dans (\d+ j )?00:1\d:\d\d$/);
  const first = await left.textContent();
  await page.waitForFunction((text) => document.querySelector(".room-big time").textContent !== text, first);
  await clean(page);

  // A template, read and sent.
  await page.locator(".room-models a").first().click();
  await page.waitForURL(/modele=premier/);
  const text = page.locator("#informed-texte");
  assert.match(await text.inputValue(), /Incident majeur VG-/);
  await page.locator("#informer button[type=submit]").click();
  await page.waitForURL(/crise\?fait=informed/);
  assert.match(await page.locator(".room-log").textContent(), /Nos équipes sont mobilisées/);
  await page.fill("#owner_named-compte", "go.martin");
  await page.locator("[aria-labelledby=nommer] button[type=submit]").click();
  await page.waitForURL(/crise\?fait=owner_named/);

  // The customer watches it live: their own room, without forms.
  const theirs = await customer.newPage();
  await theirs.goto(`${base}${href}/crise`);
  assert.equal(await theirs.locator("main form").count(), 0);
  assert.match(await theirs.locator("main").textContent(), /go\.martin/);
  await clean(theirs);
  await page.selectOption("#informed-public", "users");
  await text.fill("Utilisez vos mobiles en attendant");
  await page.locator("#informer button[type=submit]").click();
  await page.waitForURL(/crise\?fait=informed/);
  await theirs.waitForFunction(() => document.querySelector(".room-log").textContent.includes("Utilisez vos mobiles"));
  await theirs.goto(`${base}${href}/crise?mural=oui`);
  await clean(theirs);

  await page.goto(`${base}${href}`);
  await page.locator("details.act summary", { hasText: "Déclarer rétabli" }).click();
  await page.fill("#restored-texte", "Carte remplacée");
  await page.locator("details.act[open] button[type=submit]").click();
  await page.waitForURL(/fait=restored/);

  await theirs.goto(`${base}${href}/rim`);
  assert.match(await theirs.locator("main").textContent(), /pas encore remis/);
  await page.goto(`${base}${href}/rim`);
  assert.match(await page.locator("#chronology").inputValue(), /Carte remplacée/);
  await clean(page);
  await page.locator("button[value=report]").click();
  assert.match(await page.locator(".notice-bad").textContent(), /Il manque : Plan d’actions correctives/);
  await page.fill("#corrective", "Doubler le lien opérateur");
  await page.fill("#review", "Le lien de secours n'était pas surveillé");
  await page.fill("#quoi-1", "Surveiller le lien de secours");
  await page.fill("#qui-1", "go.martin");
  await page.fill("#avant-1", "2027-01-15");
  await page.locator("button[value=report]").click();
  await page.waitForURL(/rim\?fait=report/);
  await page.locator("button[value=review]").click();
  await page.waitForURL(/rim\?fait=review/);
  assert.match(await page.locator(".due-done").textContent(), /remis le/);

  await theirs.goto(`${base}${href}/rim`);
  assert.match(await theirs.locator("main").textContent(), /Doubler le lien opérateur[\s\S]*Surveiller le lien de secours/);
  await clean(theirs);
  const download = await theirs.request.get(`${base}${href}/rim/pdf`);
  assert.equal((await download.body()).subarray(0, 4).toString(), "%PDF");
  await page.close();
  await theirs.close();
});

test("the bell rings while somebody looks, and notices are read", async () => {
  const page = await manager.newPage();
  await page.goto(`${base}/avis`);
  await clean(page);
  const before = Number(await page.locator("#bell").textContent());
  const call = await provider.newPage();
  await call.goto(`${base}/dossiers/appel`);
  await call.keyboard.press("F2");
  await call.keyboard.press("Enter");
  await call.waitForURL(/VG-.*ouvert/);
  await call.close();
  await page.bringToFront();
  // A P1 escalates to the manager at once, which is within the next pass.
  await page.waitForFunction((n) => Number(document.getElementById("bell").textContent) > n, before, { timeout: 30_000 });
  await page.goto(`${base}/avis`);
  await page.locator(".page-head button").click();
  await page.waitForURL(/avis$/);
  assert.match(await page.locator("main").textContent(), /Aucun avis/);
  await clean(page);
  await page.close();
});
