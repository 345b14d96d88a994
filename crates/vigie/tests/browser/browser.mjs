// What the browser tests share: one Chromium, one session, pages that remember their problems.
//
// They run against a server that is up: VIGIE_URL (such as http://127.0.0.1:8013), VIGIE_ACCOUNT and
// VIGIE_PASSWORD of an account that may open every page. CHROMIUM names the browser when it is not at
// /usr/bin/chromium.
import assert from "node:assert/strict";
import { after } from "node:test";
import axe from "axe-core";
import { chromium } from "playwright-core";

export const base = process.env.VIGIE_URL;
const account = process.env.VIGIE_ACCOUNT;
const password = process.env.VIGIE_PASSWORD;
assert.ok(base && account && password, "set VIGIE_URL, VIGIE_ACCOUNT and VIGIE_PASSWORD");

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run"],
});
after(() => browser.close());
const session = await signIn();

async function signIn() {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${base}/connexion`);
  await page.fill("#name", account);
  await page.fill("#password", password);
  await page.click("main button[type=submit]");
  await page.waitForURL((url) => !url.pathname.startsWith("/connexion"));
  const cookie = (await context.cookies()).find((c) => c.name === "vigie-session");
  assert.ok(cookie, "sign-in gives a session");
  await context.close();
  return cookie;
}

// A page in a context of its own. `page.problems` gathers what the console and the scripts complain of.
export async function open({ theme = "light", lang = "fr", width = 1280, height = 900, signedIn = true, scripts = true } = {}) {
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

// What axe finds against the page as it stands, one line for each rule.
export async function violations(page) {
  await page.evaluate(axe.source);
  // Colours that still change are no colours of the page; what moves for ever has no end to wait for.
  await page.evaluate(() => document.getAnimations().forEach((a) => a.effect.getComputedTiming().endTime < Infinity && a.finish()));
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  return found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).slice(0, 3).join(", ")}`);
}

// A text as its reader sees it: a space that does not break is a space.
export const plain = (text) => text.replace(/\s+/g, " ").trim();

// The whole number that a text holds, whatever separates its thousands.
export const number = (text) => Number(text.replace(/[^\d-]/g, ""));

// The rows of the month page that is open, with their points.
export async function indicators(page) {
  const rows = await page.locator("table.cards tbody tr").evaluateAll((trs) =>
    trs.map((tr) => [tr.querySelector("th a").getAttribute("href"), tr.querySelector("td.points").textContent]));
  return rows.map(([href, points]) => ({ href, points: number(points) }));
}

// Opens the months one after the other, the latest first, until `look` finds something there.
export async function firstMonth(page, look) {
  await page.goto(`${base}/mois`);
  for (;;) {
    const month = new URL(page.url()).pathname;
    const previous = page.locator("a[rel=prev]");
    const before = (await previous.count()) ? await previous.getAttribute("href") : null;
    const found = await look(page, await indicators(page));
    if (found) return { month, ...found };
    assert.ok(before, "no month of the demonstration has what is looked for");
    await page.goto(base + before);
  }
}
