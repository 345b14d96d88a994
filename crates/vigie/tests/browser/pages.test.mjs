// Every page in a real Chromium: no accessibility violation in either theme, no error in the console,
// nothing wider than the window, the journey from a figure to its proof, and the keyboard.
//
// Run against a server that is up: VIGIE_URL (such as http://127.0.0.1:8013), VIGIE_ACCOUNT and
// VIGIE_PASSWORD of an account that may open every page. CHROMIUM names the browser when it is not at
// /usr/bin/chromium. It must never write: every page is only read, but for sign-in and preferences.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import axe from "axe-core";
import { chromium } from "playwright-core";

const base = process.env.VIGIE_URL;
const account = process.env.VIGIE_ACCOUNT;
const password = process.env.VIGIE_PASSWORD;
assert.ok(base && account && password, "set VIGIE_URL, VIGIE_ACCOUNT and VIGIE_PASSWORD");

let browser;
let session;
const paths = {};

async function open({ theme = "light", lang = "fr", width = 1280, height = 900, signedIn = true, scripts = true } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, javaScriptEnabled: scripts });
  const cookies = [{ name: "theme", value: theme, url: base }, { name: "lang", value: lang, url: base }];
  if (signedIn) cookies.push(session);
  await context.addCookies(cookies);
  const page = await context.newPage();
  page.problems = [];
  page.on("console", (message) => {
    // A page that answers 404 on purpose is reported by the browser as an error of the network.
    if (message.type() === "error" && !message.text().includes("status of 404")) page.problems.push(message.text());
  });
  page.on("pageerror", (error) => page.problems.push(String(error)));
  return page;
}

before(async () => {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run"],
  });
  const page = await open({ signedIn: false }).catch(async () => {
    throw new Error(`${base} does not answer`);
  });
  await page.goto(`${base}/connexion`);
  await page.fill("#name", account);
  await page.fill("#password", password);
  await page.click("main button[type=submit]");
  await page.waitForURL((url) => !url.pathname.startsWith("/connexion"));
  session = (await page.context().cookies()).find((c) => c.name === "vigie-session");
  assert.ok(session, "sign-in gives a session");

  // The pages of a month, of a row that cost points, of a case behind it, of an entry of that case.
  await page.goto(`${base}/mois`);
  const month = new URL(page.url()).pathname;
  const rows = await page.locator("table.cards tbody tr").evaluateAll((trs) =>
    trs.map((tr) => [tr.querySelector("th a").getAttribute("href"), Number(tr.querySelector("td.points").textContent.replace(/\D/g, ""))]));
  const [row] = rows.find(([, points]) => points > 0) ?? rows[0];
  Object.assign(paths, {
    month, row, whatIf: `${month}/simulation?ligne=11&poids=6&mesure=2+h+45&promis=1+h&tranche=30+min&valeur=2`,
    cases: "/dossiers", allCases: "/dossiers?etat=tous&tri=-debut", newCase: "/dossiers/nouveau",
    newRequest: "/dossiers/nouveau?classe=request", call: "/dossiers/appel", late: "/dossiers?retard=oui&tri=-echeance", noCase: "/dossiers?q=zzzzzz",
    proofs: "/preuves?ecriture=0", contract: "/contrat", help: "/aide", account: "/compte", missing: "/rien",
  });
  await page.goto(base + paths.late);
  const link = page.locator("tbody th a").first();
  assert.ok(await link.count(), "the demonstration has late cases");
  paths.case = await link.getAttribute("href");
  Object.assign(paths, { clocks: `${paths.case}/horloges`, entries: `${paths.case}/ecritures` });
  await page.context().close();
});

after(() => browser?.close());

async function check(page, path) {
  await page.goto(base + path);
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  const told = violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).slice(0, 3).join(", ")}`);
  assert.deepEqual(told, [], path);
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

test("a figure opens on its cases, a case on its clock, an entry on its proof", async () => {
  const page = await open();
  await page.goto(base + paths.row);
  if (paths.case) {
    await page.goto(base + paths.clocks);
    assert.ok(await page.locator("svg.chart").count(), "the clock is drawn");
    await page.goto(base + paths.entries);
    await page.locator("a[href^='/preuves?ecriture=']").first().click();
    await page.waitForURL(/preuves/);
    assert.ok(await page.locator("#preuve .badge-good").count(), "the proof holds");
  }
  await page.context().close();
});

test("the two worked examples of 3.4.6.1 give 8 and 6 points", async () => {
  const page = await open();
  for (const [n, points] of [[0, 8], [1, 6]]) {
    await page.goto(`${base}${paths.month}/simulation`);
    await page.locator(".calculator .panel-head a").nth(n).click();
    await page.waitForURL(/valeur=/);
    assert.match(await page.locator(".calculator .formula").textContent(), new RegExp(`= ${points} points`));
  }
  await page.context().close();
});

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

test("a what-if answers as its values change, and its address holds the question", async () => {
  const page = await open();
  await page.goto(`${base}${paths.month}/simulation`);
  await page.selectOption("#ligne", { index: 1 });
  await page.fill("#poids", "7");
  await page.locator("#poids").blur();
  await page.locator("#outcome .figure-value").first().waitFor();
  assert.match(page.url(), /poids=7/);
  assert.notEqual(await page.locator("#hint").textContent(), "");
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test("without scripts a what-if still answers", async () => {
  const page = await open({ scripts: false });
  await page.goto(`${base}${paths.month}/simulation`);
  await page.selectOption("#ligne", { index: 1 });
  await page.fill("#poids", "7");
  await page.click("form >> button.button-primary");
  await page.waitForURL(/poids=7/);
  assert.ok(await page.locator("#outcome .figure-value").count());
  await page.context().close();
});
