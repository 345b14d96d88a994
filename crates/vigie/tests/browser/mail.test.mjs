// The post in a real Chromium: a mail becomes a case, the provider's answer is ready to leave, and what no rule
// can place is placed by hand.
//
// VIGIE_LMTP is where the server under test listens for mails; desk.example is its own domain and
// customer.example the customer's, as `cargo xtask ci browser` sets them up.
import assert from "node:assert/strict";
import net from "node:net";
import { before, test } from "node:test";
import { base, open, plain, violations } from "./browser.mjs";

const lmtp = process.env.VIGIE_LMTP;
assert.ok(lmtp, "set VIGIE_LMTP");

// Hands a mail over by LMTP; ends once the server says that it is kept.
function hand(raw, to = "guichet@desk.example") {
  const [host, port] = lmtp.split(":");
  const said = ["LHLO mx", "MAIL FROM:<a@customer.example>", `RCPT TO:<${to}>`, "DATA", `${raw.replaceAll("\n", "\r\n")}\r\n.`];
  return new Promise((resolve, reject) => {
    const socket = net.connect(Number(port), host);
    let heard = "";
    socket.setEncoding("utf8");
    socket.on("error", reject);
    socket.on("data", (text) => {
      heard += text;
      const last = heard.split("\r\n").filter(Boolean).at(-1) ?? "";
      if (!heard.endsWith("\r\n") || !/^\d{3} /.test(last)) return;
      if (/^[45]/.test(last)) reject(new Error(last));
      else if (said.length) socket.write(`${said.shift()}\r\n`);
      else resolve(socket.end());
      heard = "";
    });
  });
}

const mail = (from, id, subject, more, text) =>
  `From: ${from}\nTo: guichet@desk.example\nMessage-ID: <${id}>\nSubject: ${subject}\n${more}Content-Type: text/plain; charset=utf-8\n\n${text}`;

let context;

before(async () => {
  const page = await open({ signedIn: false });
  await page.goto(`${base}/connexion`);
  await page.fill("#name", "go.martin");
  await page.fill("#password", process.env.VIGIE_PASSWORD);
  await page.click("main button[type=submit]");
  await page.waitForURL((url) => !url.pathname.startsWith("/connexion"));
  context = page.context();
});

const mark = Date.now().toString(36);

test("a mail becomes a case, and what the provider answers there is ready to leave", async () => {
  const title = `Plus de tonalité ${mark}`;
  await hand(mail("Jeanne Aubert <jeanne@customer.example>", `${mark}@customer.example`, title, "", "Depuis ce matin, à l’accueil."));
  const page = await context.newPage();
  await page.goto(`${base}/dossiers?etat=new&q=${encodeURIComponent(title)}`);
  await page.locator("table.queue tbody th a").first().click();
  await page.waitForURL(/VG-/);
  const number = /VG-\d{4}-\d{6}/.exec(page.url())[0];
  const said = plain(await page.locator("main").textContent());
  assert.match(said, /Jeanne Aubert/);
  assert.match(said, /Courriel préparé accusé d'enregistrement/);
  await page.locator(".composer textarea").fill("Un technicien passe à 14 h.");
  await page.locator(".composer button[value=tous]").click();
  await page.waitForURL(/fait=noted/);
  await page.getByRole("link", { name: "Courriels de ce dossier" }).click();
  await page.waitForURL(/courrier/);
  const post = plain(await page.locator("main").textContent());
  assert.match(post, new RegExp(`${number} réponse`));
  assert.match(post, /jeanne@customer.example/);
  assert.deepEqual(await violations(page), []);
  await page.close();
});

test("a stranger's answer waits until somebody places it", async () => {
  await hand(mail("eve@elsewhere.example", `e${mark}@elsewhere.example`, `Facture ${mark}`, `In-Reply-To: <${mark}@customer.example>\n`, "Bonjour."));
  const page = await context.newPage();
  await page.goto(`${base}/courrier/quarantaine`);
  const waiting = page.locator(".mails > li", { hasText: `Facture ${mark}` });
  assert.match(plain(await waiting.textContent()), /dont son auteur n’est pas partie/);
  assert.deepEqual(await violations(page), []);
  await waiting.getByRole("button", { name: "Nouveau dossier" }).click();
  await page.waitForURL(/fait=dossier/);
  assert.match(await page.locator(".notice-good").textContent(), /VG-\d{4}-\d{6}/);
  assert.equal(await page.locator(".mails > li", { hasText: `Facture ${mark}` }).count(), 0);
  await page.close();
});
