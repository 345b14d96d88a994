// The second factor in a real Chromium: set up at one's own account, asked at sign-in, replaced by a recovery code,
// removed. No page has an accessibility violation in either theme.
//
// Run as pages.test.mjs, against a demonstration of its own: it writes, and leaves the account as it was. The
// account is the demonstration's ROC, whose password is the same.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { base, open, plain, violations } from "./browser.mjs";

const account = "roc.perrin";
const password = process.env.VIGIE_PASSWORD;

// The code of RFC 6238 that an application with this secret shows so many steps from now.
function code(secret, steps = 0) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret.replace(/\s/g, "")].map((c) => alphabet.indexOf(c).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + steps));
  const hash = createHmac("sha1", key).update(counter).digest();
  const value = hash.readUInt32BE(hash[19] & 15) & 0x7fffffff;
  return String(value % 1_000_000).padStart(6, "0");
}

async function clean(page) {
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    assert.deepEqual(await violations(page), [], `${page.url()} ${colorScheme}`);
  }
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), "nothing too wide");
  assert.deepEqual(page.problems.filter((p) => !/status of 4(01|22)/.test(p)), []);
  if (process.env.VIGIE_SHOTS) {
    await page.screenshot({ path: `${process.env.VIGIE_SHOTS}/second-${(clean.n = (clean.n ?? 0) + 1)}.png`, fullPage: true });
  }
}

async function givePassword(page) {
  await page.goto(`${base}/connexion?retour=/compte`);
  await page.fill("#name", account);
  await page.fill("#password", password);
  await page.click("main button[type=submit]");
}

async function giveCode(page, typed) {
  await page.fill("#code", typed);
  await page.click("main button[type=submit]");
}

test("a second factor is set up by keyboard or camera, asked at sign-in, and removed", async () => {
  const page = await open({ signedIn: false, theme: "auto" });
  await givePassword(page);
  await page.click("a[href='/compte/second-facteur']");
  await clean(page);
  await page.fill("#password", password);
  await page.click("main button[type=submit]");
  const secret = await page.locator("#secret").textContent();
  const picture = await page.locator("img.qr").evaluate((img) => [img.complete, img.naturalWidth]);
  assert.ok(picture[0] && picture[1] > 0, "the picture is drawn");
  await clean(page);
  await giveCode(page, "000000");
  assert.equal(await page.locator("#secret").count(), 0, "a secret is shown once, and still waits for its code");
  await clean(page);
  await giveCode(page, code(secret));
  const codes = await page.locator(".codes code").allTextContents();
  assert.equal(codes.length, 10);
  await clean(page);
  await page.goto(`${base}/compte/second-facteur`);
  await clean(page);

  await page.context().clearCookies();
  await givePassword(page);
  await page.waitForURL(/connexion\/code/);
  assert.equal(await page.evaluate(() => document.activeElement.id), "code");
  await clean(page);
  await giveCode(page, "000000");
  assert.match(plain(await page.locator("#problem").textContent()), /Ce code n.est pas le bon/);
  await clean(page);
  await giveCode(page, code(secret, 1));
  await page.waitForURL(/compte/);

  await page.context().clearCookies();
  await givePassword(page);
  await giveCode(page, codes[0]);
  await page.waitForURL(/compte/);
  await page.goto(`${base}/compte/second-facteur`);
  assert.match(plain(await page.locator("main").textContent()), /9 codes de secours restent/);
  await page.fill("#code-away", codes[1]);
  await page.click("form[action$=retrait] button");
  await page.context().clearCookies();
  await givePassword(page);
  await page.waitForURL(/compte/);
  await page.context().close();
});
