// The month, judged and proved, in a real Chromium: from a figure by links alone to the entry behind it and
// the proof of that entry; what would have been, without a trace; the journal and the contract themselves.
//
// How to run it stands in browser.mjs. It must never write. Nothing here depends on the day: what a journey
// needs is looked for from the latest month backwards, and its absence is a failure.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { base, firstMonth, number, open, plain } from "./browser.mjs";

// Where a row that costs points has a case that is late although a pause was accepted.
function pausedAndLate(page) {
  return firstMonth(page, async (_, rows) => {
    for (const { href: row, points } of rows.filter((r) => r.points > 0)) {
      await page.goto(base + row);
      const cases = await page.locator("tbody th a").evaluateAll((links) => links.map((a) => a.getAttribute("href")));
      for (const href of cases) {
        await page.goto(base + href);
        const clock = page.locator("section.clock").first();
        const late = await clock.locator(".panel-head .badge-bad").count();
        if (late && (await clock.locator("svg desc").textContent()).includes("pause acceptée")) return { row, points, href };
      }
    }
    return null;
  });
}

test("a figure opens on its cases, a case on its clock, an entry on its proof", async () => {
  const page = await open();
  const there = await pausedAndLate(page);

  await page.goto(base + there.month);
  await page.locator(`tbody th a[href='${there.row}']`).click();
  await page.waitForURL(base + there.row);
  assert.equal(number(await page.locator(".figure-value").textContent()), there.points, "the points of the month's page");

  const link = page.locator(`th a[href='${there.href}']`);
  const name = await link.textContent();
  const due = await page.locator("tbody tr", { has: link }).locator("td[data-label='Échéance']").textContent();
  await link.click();
  await page.waitForURL(base + there.href);
  assert.ok((await page.locator("h1").textContent()).startsWith(name), "the case that was asked for");
  await page.locator(".tabs a", { hasText: "Fil" }).click();
  await page.waitForURL(`${base}/dossiers/${name}`);
  await page.locator(".tabs a", { hasText: "Horloges" }).click();
  await page.waitForURL(/\/horloges$/);

  const clock = page.locator("section.clock").first();
  await assertDrawn(clock, due);

  await page.locator(".tabs a", { hasText: "Écritures" }).click();
  await page.waitForURL(/\/ecritures$/);
  const entries = page.locator("tbody tr");
  assert.equal(await entries.count(), number(await page.locator(".tabs a[aria-current] .tnum").textContent()));
  const accepted = entries.filter({ hasText: "incident.pause_accepted" });
  const entry = accepted.locator("a[href^='/preuves?ecriture=']");
  const seq = await entry.textContent();
  await entry.click();
  await page.waitForURL(/\/preuves\?ecriture=\d+#preuve$/);
  const shown = await assertHolds(page, seq);
  assert.equal(shown.kind, "incident.pause_accepted");
  assert.equal(shown.subject, `case/${name}`);
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

// Open hours, counted time, the pause, the due time and what came after it are drawn, and said in words.
async function assertDrawn(clock, due) {
  const drawing = clock.locator("svg.chart");
  const box = await drawing.boundingBox();
  assert.ok(box.width > 600 && box.height > 100, "the clock is drawn");
  // One of each kind is the sample of the legend.
  const drawn = async (what) => (await drawing.locator(what).count()) - 1;
  assert.ok((await drawn("rect.chart-open")) > 0, "open hours");
  assert.ok((await drawn("rect.chart-bar")) > 0, "counted time");
  assert.ok((await drawn("rect[fill$='-h)']")) > 0, "the pause");
  assert.ok((await drawn("rect.chart-late")) > 0, "the time past the due time");
  const breach = drawing.locator("path.chart-late");
  assert.equal(await breach.count(), 1, "the due time, overrun");
  const middle = async (shape) => { const b = await shape.boundingBox(); return b.x + b.width / 2; };
  const first = await drawing.locator("rect.chart-late").first().boundingBox();
  assert.ok(first.x > (await middle(breach)) - 1, "late only from the due time on");
  const stop = await drawing.locator("circle").boundingBox();
  assert.ok(stop.x > (await middle(breach)), "restored after the due time");

  // The words of the drawing: its mark, and the alternative for those who do not see it.
  const fact = await clock.locator(".facts-row div", { hasText: "Échéance" }).locator("dd").textContent();
  assert.equal(fact, due, "the due time of the row's page");
  const [, day, month, hour] = due.match(/(\d\d)\/(\d\d)\/\d{4} (\d\d:\d\d)/);
  const marks = await drawing.locator("text").allTextContents();
  assert.ok(marks.includes(`Échéance dépassée ${day}/${month} ${hour}`), marks.join(" | "));
  assert.equal(await drawing.getAttribute("role"), "img");
  const [title, description] = (await drawing.getAttribute("aria-labelledby")).split(" ");
  assert.match(plain(await drawing.locator(`title#${title}`).textContent()), /^Ligne de temps : ./);
  const said = await drawing.locator(`desc#${description}`).textContent();
  for (const words of ["temps compté", "pause acceptée", "Échéance dépassée", "temps compté après l'échéance"]) {
    assert.ok(said.includes(words), `${words} is said: ${said}`);
  }
  assert.equal(await clock.locator(".timeline").getAttribute("aria-label"), await drawing.locator("title").textContent());
  assert.match(plain(await clock.locator(".panel-head .badge-bad").textContent()), /^En retard · \+./);
}

// The proof of an entry holds, against the root that the head was signed with; gives the entry.
async function assertHolds(page, seq) {
  const proof = page.locator("#preuve");
  assert.match(await proof.locator("h2").textContent(), new RegExp(` ${seq}$`));
  assert.equal(plain(await proof.locator(".badge-good").textContent()), "La preuve tient");
  const [computed, signed] = await proof.locator(".facts code").allTextContents();
  assert.equal(computed, signed);
  assert.equal((await head(page)).root, signed);
  const entry = JSON.parse(await proof.locator("pre").textContent());
  assert.equal(String(entry.seq), seq);
  return entry;
}

// The head that the proof page shows.
async function head(page) {
  const facts = page.locator("section[aria-labelledby=head] .facts");
  return { size: number(await facts.locator("dd").first().textContent()), root: await facts.locator("code").first().textContent() };
}

// Changes one value of the what-if and waits for the answer; gives the points of the month and the row.
async function whatIf(page, id, value) {
  await page.locator("#outcome").evaluate((node) => node.setAttribute("data-asked", ""));
  await page.fill(`#${id}`, value);
  await page.locator(`#${id}`).blur();
  await page.locator("#outcome:not([data-asked])").waitFor();
  assert.equal(new URL(page.url()).searchParams.get(id), value, "the address holds the question");
}

// Points of the month, real and supposed, and those of one row.
async function outcome(page, row) {
  const [real, supposed, difference] = (await page.locator("#outcome .figure-value").allTextContents()).map((t) => number(t.replace("−", "-")));
  assert.equal(supposed - real, difference, "the difference that is shown");
  const before = page.locator("#outcome tbody tr", { has: page.locator(`th a[href='${row}']`) });
  const points = async (tr) => number(await tr.locator("td").last().textContent());
  return { real, supposed, before: await points(before), after: await points(before.locator("xpath=following-sibling::tr[1]")) };
}

test("a row moves with its weight, its step and its expected value as the rule works out, and nothing is stored", async () => {
  const page = await open();
  await page.goto(`${base}/preuves`);
  const stored = await head(page);
  const rate = /(\d+) sur (\d+) dans le délai.* Attendu (\d+) %.* Par pas de (\d+) %, (\d+) pas entamés × poids (\d+) = (\d+) points/;
  const { month, row, numbers } = await firstMonth(page, async (_, rows) => {
    for (const { href } of rows.filter((r) => r.points > 0 && !r.href.includes("?"))) {
      await page.goto(base + href);
      const formula = plain(await page.locator(".formula").textContent());
      const found = formula.match(rate);
      if (found) return { row: href, numbers: found.slice(1).map(Number) };
    }
    return null;
  });
  const [kept, population, expected, step, steps, weight, points] = numbers;
  // 3.4.6.1: the gap divided by the step, every started step counts, times the weight; in whole numbers.
  const rule = ({ e = expected, s = step, w = weight }) => Math.max(0, Math.ceil((e * population - 100 * kept) / (population * s))) * w;
  assert.equal(rule({}), points, "the sum that the row's page writes out");
  assert.equal(steps * weight, points);

  const from = Math.ceil((100 * kept) / population);
  const changes = [
    ["poids", weight + 2, rule({ w: weight + 2 }), 1],
    ["pas", `${step * 50} %`, rule({ s: step * 50 }), steps > 1 ? -1 : 0],
    // As low as what was measured: kept.
    ["attendu", `${from} %`, rule({ e: from }), -1],
  ];
  for (const [id, value, supposed, direction] of changes) {
    await page.goto(base + row);
    const real = number(await page.locator(".figure-value").textContent());
    await page.locator(".page-head a", { hasText: "Simuler" }).click();
    await page.waitForURL(/simulation\?ligne=/);
    await whatIf(page, id, String(value));
    const seen = await outcome(page, row);
    assert.deepEqual([seen.before, seen.after], [real, supposed], `${id} = ${value}`);
    assert.equal(seen.supposed, seen.real + supposed - points, "the month moves with its row");
    assert.equal(Math.sign(seen.after - seen.before), direction, `${id} = ${value}`);
    await page.goto(base + month);
    assert.equal(number(await page.locator("tfoot td.num").textContent()), seen.real, "the month itself stays");
  }
  await page.goto(`${base}/preuves`);
  assert.deepEqual(await head(page), stored, "the journal is as it was");
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test("a case restored earlier costs nothing, restored later costs more, and nothing is stored", async () => {
  const page = await open();
  await page.goto(`${base}/preuves`);
  const stored = await head(page);
  const { month, row, points, name, start } = await firstMonth(page, async (_, rows) => {
    for (const { href } of rows.filter((r) => r.points > 0)) {
      await page.goto(base + href);
      const items = page.locator("tbody tr", { has: page.locator("th a") }).filter({ has: page.locator("td.points", { hasText: /\d/ }) });
      // Restored already: the end of the clock is an instant.
      const ended = items.filter({ has: page.locator("td[data-label=Fin]", { hasText: /\d/ }) });
      if (!(await ended.count())) continue;
      const item = ended.first();
      return {
        row: href,
        points: number(await item.locator("td.points").textContent()),
        name: await item.locator("th a").textContent(),
        start: (await item.locator("td[data-label='Début']").textContent()).match(/\d+/g).map(Number),
      };
    }
    return null;
  });
  // As the field wants it: local time without a zone, some minutes after the start.
  const after = (minutes) => {
    const [day, m, year, hour, minute] = start;
    return new Date(Date.UTC(year, m - 1, day, hour, minute + minutes)).toISOString().slice(0, 16);
  };
  await page.goto(base + month);
  await page.locator(".page-head a", { hasText: "Simuler" }).click();
  await page.waitForURL(/simulation/);
  await whatIf(page, "dossier", name);
  assert.ok(await page.locator("#outcome [role=alert]").count(), "a case without an instant is no question yet");
  await whatIf(page, "retabli", after(1));
  const sooner = await outcome(page, row);
  assert.equal(sooner.after, sooner.before - points, "the row no longer owes the points of the case");
  assert.ok(sooner.supposed <= sooner.real - points);
  await whatIf(page, "retabli", after(60 * 24 * 60));
  const later = await outcome(page, row);
  assert.equal(later.before, sooner.before);
  assert.ok(later.after > later.before && later.supposed > later.real, "every step that starts counts");

  await page.goto(`${base}/preuves`);
  assert.deepEqual(await head(page), stored, "the journal is as it was");
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test("the two worked examples of 3.4.6.1 give 8 and 6 points", async () => {
  const page = await open();
  await page.goto(`${base}/mois`);
  const month = new URL(page.url()).pathname;
  for (const [n, points] of [[0, 8], [1, 6]]) {
    await page.goto(`${base}${month}/simulation`);
    await page.locator(".calculator .panel-head a").nth(n).click();
    await page.waitForURL(/valeur=/);
    assert.match(await page.locator(".calculator .formula").textContent(), new RegExp(`= ${points} points`));
  }
  await page.context().close();
});

test("a row that is chosen says what the contract has, and changes nothing by itself", async () => {
  const page = await open();
  await page.goto(`${base}/mois`);
  await page.locator(".page-head a", { hasText: "Simuler" }).click();
  await page.waitForURL(/simulation/);
  await page.locator("#outcome").evaluate((node) => node.setAttribute("data-asked", ""));
  await page.selectOption("#ligne", "11");
  await page.locator("#outcome:not([data-asked])").waitFor();
  assert.match(plain(await page.locator("#hint").textContent()), /^Au contrat : attendu 90% < GTR, pas 1%, poids 3\.$/);
  const [real, supposed] = await page.locator("#outcome .figure-value").allTextContents();
  assert.equal(real, supposed);
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test("without scripts a what-if still answers", async () => {
  const page = await open({ scripts: false });
  await page.goto(`${base}/mois`);
  await page.goto(`${base}${new URL(page.url()).pathname}/simulation`);
  await page.selectOption("#ligne", { index: 1 });
  await page.fill("#poids", "7");
  await page.click("form >> button.button-primary");
  await page.waitForURL(/poids=7/);
  assert.ok(await page.locator("#outcome .figure-value").count());
  assert.notEqual(await page.locator("#hint").textContent(), "", "what the contract says of the row");
  await page.context().close();
});

test("any entry is verified by its number, and one that does not exist is said to be none", async () => {
  const page = await open();
  await page.goto(`${base}/preuves`);
  const { size } = await head(page);
  for (const seq of [0, 1, Math.floor(size / 2), size - 1]) {
    await page.fill("#ecriture", String(seq));
    await page.keyboard.press("Enter");
    await page.waitForURL(new RegExp(`ecriture=${seq}#preuve$`));
    await assertHolds(page, String(seq));
  }
  await page.fill("#ecriture", String(size));
  await page.locator("main form[role=search] button[type=submit]").click();
  await page.waitForURL(new RegExp(`ecriture=${size}#preuve$`));
  assert.ok(await page.locator("[role=alert]").isVisible());
  assert.equal(await page.locator("#preuve").count(), 0);
  await page.context().close();
});

test("the export has one JSON value a line: what it is, every entry in order, the signed head", async () => {
  const page = await open();
  await page.goto(`${base}/preuves`);
  const { size } = await head(page);
  const key = await page.locator("section[aria-labelledby=head] .facts code").last().textContent();
  const arriving = page.waitForEvent("download");
  await page.locator("a[href='/preuves/export']").click();
  const download = await arriving;
  assert.equal(download.suggestedFilename(), "vigie-export.jsonl");
  const text = await readFile(await download.path(), "utf8");
  assert.ok(text.endsWith("\n"), "the last line is whole");
  const lines = text.slice(0, -1).split("\n").map((line) => JSON.parse(line));
  const [first, last, entries] = [lines[0], lines.at(-1), lines.slice(1, -1)];
  assert.equal(first.format, "vigie-export");
  assert.deepEqual([first.entries, entries.length], [size, size]);
  assert.ok(entries.every(({ entry }, seq) => entry.seq === seq));
  assert.equal(last.key, key);
  assert.equal(last.checkpoint.split("\n")[1], String(size));
  await page.context().close();
});

test("every rule of the contract shows its clause, and each version what is in force", async () => {
  const page = await open();
  await page.goto(`${base}/contrat`);
  const versions = page.locator("section[aria-labelledby=versions] tbody tr");
  const count = await versions.count();
  assert.ok(count > 1, "the demonstration's contract has an amendment");
  for (let n = 0; n < count; n += 1) {
    await page.goto(`${base}/contrat`);
    const version = await versions.nth(n).locator("th a").textContent();
    await versions.nth(n).locator("th a").click();
    await page.waitForURL(/\/contrat\?le=/);
    assert.equal(await page.locator("a[aria-current=true]").textContent(), version);
    assert.match(await versions.nth(n).locator("code").textContent(), /^[0-9a-f]{16}$/);
    assert.ok((await versions.nth(n).locator("td").first().textContent()).trim(), "since when it is in force");

    const rules = await page.locator(".rules-table tbody tr").evaluateAll((trs) =>
      trs.map((tr) => [tr.querySelector("td").textContent.trim(), tr.querySelector("th").textContent.trim()]));
    const announced = number(await page.locator("section[aria-labelledby=versions] h3").textContent());
    assert.ok(announced > 300, `${announced} rules`);
    assert.equal(rules.length, announced);
    assert.deepEqual(rules.filter(([clause, name]) => !/\d|REQ|AMB/.test(clause) || !name), [], "rules without clause or name");
  }
  await page.context().close();
});
