// Signing in through a provider in a real Chromium, before a certified provider (npm's oidc-provider) that runs here:
// the role that a group gives, a group that gives none, returns that are forged or used before, and signing out on both
// sides. No page has an accessibility violation in either theme.
//
// Run as pages.test.mjs. Besides, VIGIE_ADDRESS is the address of the server's file of sign-in, and VIGIE_OIDC the
// issuer that it names, whose port is free: see xtask/src/browser.rs.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import Provider from "oidc-provider";
import { open, plain, violations } from "./browser.mjs";

const address = process.env.VIGIE_ADDRESS;
const issuer = process.env.VIGIE_OIDC;
assert.ok(address && issuer, "set VIGIE_ADDRESS and VIGIE_OIDC");

const people = {
  "subject-1": { preferred_username: "oidc.alice", groups: ["visitors", "vigie-cds"] },
  "subject-2": { preferred_username: "oidc.zoe", groups: ["visitors"] },
};
let server;

before(async () => {
  const provider = new Provider(issuer, {
    clients: [{
      client_id: "vigie",
      client_secret: "a secret of a demonstration",
      redirect_uris: [`${address}/connexion/fournisseur/demo/retour`],
      post_logout_redirect_uris: [`${address}/connexion`],
      grant_types: ["authorization_code", "refresh_token"],
    }],
    claims: { openid: ["sub"], profile: ["preferred_username", "groups"] },
    findAccount: (_, id) => people[id] && { accountId: id, claims: async () => ({ sub: id, ...people[id] }) },
    issueRefreshToken: async () => true,
    pkce: { required: () => true },
  });
  await new Promise((resolve) => (server = provider.listen(new URL(issuer).port, "127.0.0.1", resolve)));
});
after(() => server.close());

async function clean(page) {
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    assert.deepEqual(await violations(page), [], `${page.url()} ${colorScheme}`);
    if (process.env.VIGIE_SHOTS) {
      await page.screenshot({ path: `${process.env.VIGIE_SHOTS}/oidc-${(clean.n = (clean.n ?? 0) + 1)}.png`, fullPage: true });
    }
  }
  assert.deepEqual(page.problems.filter((p) => !/status of 40[0-9]/.test(p)), []);
}

// From our page of sign-in through the provider's pages, as that person.
async function enter(page, subject) {
  await page.goto(`${address}/connexion?retour=/compte`);
  await page.click(".providers a");
  await page.fill("[name=login]", subject);
  await page.fill("[name=password]", "any");
  await page.click("button[type=submit]");
  await page.waitForURL((url) => url.href.startsWith(address) || /consent/i.test(url.href) || url.pathname.startsWith("/interaction"));
  if (!page.url().startsWith(address)) await page.click("button[type=submit]");
  await page.waitForURL((url) => url.href.startsWith(address));
  forget(page);
}

// The provider's pages ask for letters from elsewhere, which are not ours to mend.
function forget(page) {
  page.problems = page.problems.filter((p) => !p.includes("ERR_NAME_NOT_RESOLVED"));
}

test("somebody of a group enters with its role, leaves both sides, and no return opens twice", async () => {
  const page = await open({ signedIn: false, theme: "auto" });
  const returns = [];
  page.on("request", (request) => request.url().includes("/retour?") && returns.push(request.url()));
  await page.goto(`${address}/connexion`);
  await clean(page);
  await enter(page, "subject-1");
  assert.equal(new URL(page.url()).pathname, "/compte");
  assert.match(plain(await page.locator("main").textContent()), /oidc\.alice.*\(cds\)/);
  await clean(page);
  assert.equal(returns.length, 1);
  await page.goto(returns[0]);
  assert.match(plain(await page.locator("#problem").textContent()), /a déjà servi/);
  await page.goto(`${address}/compte`);
  assert.equal(new URL(page.url()).pathname, "/compte", "the session goes on");

  await page.click("form[action='/deconnexion'] button");
  assert.match(plain(await page.locator("h1").textContent()), /déconnecté de Vigie/);
  await clean(page);
  await page.click("main .button-primary");
  await page.click("button[name=logout]");
  await page.waitForURL((url) => url.href.startsWith(`${address}/connexion`));
  forget(page);
  await page.goto(`${address}/compte`);
  assert.equal(new URL(page.url()).pathname, "/connexion");
  await page.context().close();
});

test("a group that gives no role opens nothing, and says what to do", async () => {
  const page = await open({ signedIn: false, theme: "auto" });
  await enter(page, "subject-2");
  assert.match(plain(await page.locator("#problem").textContent()), /aucun de vos groupes n.ouvre Vigie/);
  await clean(page);
  await page.context().close();
});

test("a return that nobody began here, or with another state, opens nothing", async () => {
  const page = await open({ signedIn: false, theme: "auto", lang: "en" });
  const forged = `${address}/connexion/fournisseur/demo/retour?state=${"0".repeat(64)}&code=stolen`;
  await page.goto(forged);
  assert.match(plain(await page.locator("#problem").textContent()), /pas été commencée|not begun in this browser/);
  await page.goto(`${address}/connexion`);
  await page.click(".providers a");
  await page.waitForURL((url) => url.href.startsWith(issuer));
  await page.waitForLoadState("load");
  forget(page);
  await page.goto(forged);
  assert.match(plain(await page.locator("#problem").textContent()), /n.est pas celui|not that of the sign-in begun/);
  await clean(page);
  await page.context().close();
});
