// The journeys of the desk in a real Chromium: a call written down by keyboard alone, a restoration that the
// customer refuses, a page that tells of a change made elsewhere.
//
// How to run it stands in browser.mjs. Unlike the others it writes: the account must be the customer's, and
// the files must run one after the other.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { base, open, violations } from "./browser.mjs";

let context;

before(async () => {
  context = (await open()).context();
});

test("a P1 has its number after three keys", async () => {
  const page = await context.newPage();
  await page.goto(`${base}/dossiers`);
  await page.keyboard.press("a");
  await page.waitForURL(/appel/);
  await page.keyboard.press("F2");
  await page.keyboard.press("Enter");
  await page.waitForURL(/VG-.*ouvert/);
  assert.match(await page.locator(".notice-good").textContent(), /VG-\d{4}-\d{6}/);
  assert.equal(await page.locator(".badge.priority-P1").count(), 1);
  await page.close();
});

test("a call is written down by keyboard alone, with the caller found on the way", async () => {
  const page = await context.newPage();
  // Somebody has called about the same service before, and waits.
  await page.goto(`${base}/dossiers/appel`);
  await page.selectOption("#service", "toip");
  await page.fill("#titre", "Postes muets au rez-de-chaussée");
  await page.press("#titre", "Enter");
  await page.waitForURL(/VG-.*ouvert/);
  await page.goto(`${base}/dossiers/appel`);
  await page.keyboard.type("aub");
  await page.locator("[data-fill]").first().waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  const name = await page.locator("#demandeur").inputValue();
  assert.match(name, /Aubert/);
  assert.equal(await page.evaluate(() => document.activeElement.id), "titre", "what it is about comes next");
  await page.keyboard.type("Plus de tonalité à l'accueil");
  await page.keyboard.press("Tab");
  // The driver has no key for an accented letter outside a text field.
  await page.keyboard.press("t");
  await page.waitForFunction(() => document.querySelector("[data-part$=proches] .near a"));
  assert.deepEqual(await violations(page), []);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.waitForURL(/VG-.*ouvert/);
  const text = await page.locator("main").textContent();
  assert.ok(text.includes(name) && text.includes("Plus de tonalité à l'accueil"), text);
  await page.close();
});

test("the customer refuses a restoration, and keeps what was typed when nothing was said", async () => {
  const page = await context.newPage();
  await page.goto(`${base}/dossiers?etat=restored`);
  const cases = await page.locator("tbody th a").evaluateAll((links) => links.map((link) => link.href));
  const box = page.locator(".waits");
  // Some were answered already and wait for nobody but the closing.
  for (const href of cases) {
    await page.goto(href);
    if (await box.count()) break;
  }
  assert.deepEqual(await violations(page), []);
  await box.locator("summary").click();
  await box.locator("textarea").fill("Toujours aucune tonalité au deuxième étage");
  await box.locator("details button[type=submit]").click();
  await page.waitForURL(/fait=restoration_refused/);
  const first = page.locator(".moment").first();
  assert.match(await first.textContent(), /Toujours aucune tonalité au deuxième étage/);
  assert.equal(await page.locator(".waits").count(), 0, "nothing waits any more");
  await page.close();
});

test("a case tells that it changed elsewhere, and an internal note does not look like another", async () => {
  const [one, two] = [await context.newPage(), await context.newPage()];
  await one.goto(`${base}/dossiers?q=tonalit`);
  await one.locator("tbody th a").first().click();
  await one.locator(".composer").waitFor();
  await two.goto(one.url());
  await one.bringToFront();
  assert.equal(await one.locator(".live-note").isVisible(), false, "nothing has changed yet");
  await two.locator(".composer textarea").fill("Pour nous seulement");
  await two.locator(".button-internal").click();
  await two.waitForURL(/fait=noted/);
  const note = two.locator(".moment-internal").first();
  assert.match(await note.textContent(), /Interne.*Pour nous seulement/s);
  assert.deepEqual(await violations(two), []);
  await one.locator(".live-note").waitFor({ state: "visible" });
  await one.close();
  await two.close();
});
