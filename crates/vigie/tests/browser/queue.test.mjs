// The queue in a real Chromium: views that are kept, a cell that is changed in place with and without script, the
// navigation in one line, the weight of a page, and a calendar read by a program that nobody here wrote.
//
// How to run it stands in browser.mjs. It writes: the account must be the customer's, and the files must run one
// after the other.
import assert from "node:assert/strict";
import { test } from "node:test";
import ICAL from "ical.js";
import { base, open, violations } from "./browser.mjs";

const unique = `${Date.now()}`;

async function shut(page) {
  assert.deepEqual(page.problems, []);
  await page.context().close();
}

test("the navigation stands in one line from 1024 pixels on, and its menus obey keys", async () => {
  for (const width of [1024, 1280, 1440]) {
    const page = await open({ width });
    await page.goto(`${base}/dossiers`);
    const height = await page.locator("header.top").evaluate((top) => top.getBoundingClientRect().height);
    const tops = await page.locator("header.top .nav > ul > li").evaluateAll((all) => all.map((li) => Math.round(li.getBoundingClientRect().top)));
    assert.equal(new Set(tops).size, 1, `${width}: ${tops}`);
    assert.ok(height < 70, `${width}: the head is ${height} px high`);
    await shut(page);
  }
  const page = await open({ width: 1280 });
  await page.goto(`${base}/dossiers`);
  const menu = page.locator("header details.menu").first();
  await menu.locator("summary").focus();
  await page.keyboard.press("Enter");
  assert.ok(await menu.locator("a").first().isVisible());
  assert.deepEqual(await violations(page), []);
  await page.keyboard.press("Escape");
  assert.ok(!(await menu.evaluate((m) => m.open)), "Escape closes it");
  assert.ok(await menu.locator("summary").evaluate((s) => s === document.activeElement));
  // A shortcut opens what a closed menu holds.
  await page.keyboard.press("g");
  await page.keyboard.press("c");
  await page.waitForURL(/\/contrat/);
  await shut(page);
});

test("a view is kept, counted while others work, and found by whoever comes back", async () => {
  const page = await open();
  await page.goto(`${base}/dossiers?etat=new&classe=incident&tri=-debut`);
  await page.locator("details.columns summary").click();
  await page.locator("#col-site").check();
  await page.locator("details.columns button").click();
  await page.waitForURL(/col=/);
  await page.locator("details.saving summary").click();
  await page.fill("#vue-nom", `Vue ${unique}`);
  await page.locator("details.saving button").click();
  await page.waitForURL(/classe=incident/);
  const pill = page.locator("#vues a", { hasText: `Vue ${unique}` });
  assert.equal(await pill.getAttribute("aria-current"), "page");
  const before = Number(await pill.locator(".count").textContent());
  assert.deepEqual(await violations(page), []);
  const other = await page.context().newPage();
  await other.goto(`${base}/dossiers/nouveau`);
  await other.fill("#titre", "Plus de tonalité");
  await other.press("#titre", "Enter");
  await other.waitForURL(/VG-.*ouvert/);
  await other.close();
  await page.waitForFunction(([name, n]) => [...document.querySelectorAll("#vues a")].some((a) => a.textContent.includes(name) && Number(a.querySelector(".count").textContent) === n), [`Vue ${unique}`, before + 1]);
  assert.ok((await page.locator("thead").textContent()).includes("Site"));
  await page.goto(`${base}/dossiers/vues`);
  assert.deepEqual(await violations(page), []);
  await page.locator("tr", { hasText: `Vue ${unique}` }).locator("button[value=retirer]").click();
  await page.waitForURL(/vues$/);
  assert.equal(await page.locator("tr", { hasText: `Vue ${unique}` }).count(), 0);
  await shut(page);
});

test("a cell is changed in place: Enter opens it, Escape leaves it, and a stale edit says what came in between", async () => {
  const page = await open();
  await page.goto(`${base}/dossiers/nouveau`);
  await page.fill("#titre", `Cellule ${unique}`);
  await page.press("#titre", "Enter");
  await page.waitForURL(/VG-.*ouvert/);
  const number = page.url().match(/VG-\d{4}-\d+/)[0];
  await page.goto(`${base}/dossiers?etat=ouverts&q=Cellule+${unique}&col=site,priorite`);
  await page.keyboard.press("j");
  assert.ok(await page.evaluate(() => document.activeElement.className === "row-link"), "j goes to the first case");
  const cell = page.locator(`a.edit[href*="${number}/actes/classified?champ=site"]`);
  await cell.focus();
  await page.keyboard.press("Enter");
  const dialog = page.locator("dialog.in-place");
  await dialog.locator("#classified-site").waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), "classified-site");
  assert.deepEqual(await violations(page), []);
  await page.keyboard.press("Escape");
  assert.ok(!(await dialog.evaluate((d) => d.open)));
  await page.keyboard.press("Enter");
  await dialog.locator("#classified-site").waitFor();
  await page.keyboard.type("HD13");
  // Somebody else is quicker.
  const other = await page.context().newPage();
  await other.goto(`${base}/dossiers/${number}`);
  await other.fill("#note-texte", "Entre-temps");
  await other.locator("form:has(#note-texte) button[value=tous]").click();
  await other.waitForURL(/fait=noted/);
  await other.close();
  await page.keyboard.press("Enter");
  await dialog.locator(".notice-bad").waitFor();
  assert.ok((await dialog.textContent()).includes("Entre-temps"));
  assert.equal(await dialog.locator("#classified-site").inputValue(), "HD13", "what was typed is kept");
  await dialog.locator("button[type=submit]").click();
  await page.waitForFunction((n) => [...document.querySelectorAll("#liste tr")].some((tr) => tr.textContent.includes(n) && tr.textContent.includes("HD13")), number);
  // A refused form is reported by the browser as an error of the network.
  page.problems = page.problems.filter((problem) => !problem.includes("409"));
  await shut(page);
});

test("the same is done without script", async () => {
  const page = await open({ scripts: false });
  await page.goto(`${base}/dossiers?etat=ouverts&q=Cellule+${unique}&col=site`);
  await page.locator("a.edit").first().click();
  await page.fill("#classified-site", "BX01");
  await page.locator("#acte button[type=submit]").click();
  await page.waitForURL(/dossiers\?/);
  assert.ok((await page.locator("#liste").textContent()).includes("BX01"));
  await shut(page);
});

test("a page of the queue weighs little on the first visit and less on the next", async () => {
  const page = await open();
  const client = await page.context().newCDPSession(page);
  await client.send("Network.enable");
  let bytes = 0;
  client.on("Network.loadingFinished", (event) => { bytes += event.encodedDataLength; });
  await page.goto(`${base}/dossiers?etat=tous&tri=-debut`);
  await page.waitForFunction(() => document.fonts.status === "loaded");
  const first = bytes;
  assert.ok(await page.locator("#liste tbody tr").count() === 50, "a whole page");
  bytes = 0;
  await page.goto(`${base}/dossiers?etat=tous&tri=-numero`);
  await page.waitForFunction(() => document.fonts.status === "loaded");
  const next = bytes;
  assert.ok(first > 20_000 && first <= 300_000, `${first} bytes on the first visit`);
  assert.ok(next > 2_000 && next <= 30_000, `${next} bytes on the next`);
  await shut(page);
});

test("a calendar program reads what an address gives", async () => {
  const page = await open();
  await page.goto(`${base}/compte/calendriers`);
  await page.fill("#nom", `Agenda ${unique}`);
  await page.locator("form[data-once] button").click();
  await page.locator(".notice-good").waitFor();
  assert.deepEqual(await violations(page), []);
  const addresses = await page.locator("code.address").allTextContents();
  assert.equal(addresses.length, 2);
  for (const address of addresses) {
    const answer = await fetch(address);
    assert.equal(answer.status, 200);
    const calendar = new ICAL.Component(ICAL.parse(await answer.text()));
    assert.equal(calendar.getFirstPropertyValue("version"), "2.0");
    const events = calendar.getAllSubcomponents("vevent").map((event) => new ICAL.Event(event));
    if (address.includes("changes")) assert.ok(events.length, "the demonstration has changes with a window");
    for (const event of events) {
      assert.ok(event.uid.includes("@") && event.summary && event.startDate.zone === ICAL.Timezone.utcTimezone, event.toString());
      if (address.includes("changes")) assert.ok(event.endDate.compare(event.startDate) > 0);
    }
    assert.equal(new Set(events.map((e) => e.uid)).size, events.length);
  }
  await page.locator("tr", { hasText: `Agenda ${unique}` }).locator("button").click();
  await page.waitForURL(/calendriers$/);
  assert.equal((await fetch(addresses[0])).status, 401);
  await shut(page);
});
