// A customer who cancels: the question, the button, the page afterwards, and until when there is a button.

import assert from "node:assert/strict";
import { test } from "node:test";
import { field, inBrowser, screenshot, send, seriousFaults, shows, string } from "./harness.js";
import * as people from "./people.js";

const link = (page) => page.getByRole("link", { name: "Cancel this request" });
const cancel = (page) => page.getByRole("button", { name: "Cancel the request" });
const keep = (page) => page.getByRole("link", { name: "Keep the request, and go back" });

// It is being closed, or is closed already.
const closes = (page) => page.locator('main[data-state="closing"], main[data-state="closed"]').waitFor();

const post = (its, what, body) =>
  fetch(`${its}/${what}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

// Nothing is serious for axe, and nothing is wider than the screen.
async function fits(page, name) {
  assert.deepEqual(await seriousFaults(page), [], name);
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(wider <= 0, `${name} is ${wider} pixels too wide`);
  await screenshot(page, name);
}

test(
  "cancelling is asked about, and nothing is taken after it; another tab notices by itself",
  inBrowser({}, async (page, context) => {
    const its = await people.awaited(page);
    const other = await context.newPage();
    await other.goto(its.link);
    // Neither the question nor going back changes anything.
    await link(page).click();
    await shows(page, "cancel");
    await fits(page, "cancel-question");
    await keep(page).click();
    await shows(page, "awaiting-command");
    assert.equal((await people.shown(its.link)).closing, undefined);
    await link(page).click();
    await page.getByLabel("Why? (optional)").fill("The project is put off.");
    await cancel(page).click();
    await closes(page);
    assert.equal(page.url(), its.link);
    await fits(page, "being-closed");
    await closes(other);
    const text = await page.locator("body").innerText();
    assert.match(text, /Acme Corp asked for it on this page: The project is put off\./);
    assert.equal(await page.locator("form").count(), 0);
    assert.equal(await link(page).count(), 0);
    const late = await post(its.link, "command", { command: await people.command(its.shown, its.service) });
    assert.equal(late.status, 410);
  }),
);

test(
  "320 pixels wide and dark: the question names the endpoint that is deleted, and fits",
  inBrowser({ colorScheme: "dark", viewport: { width: 320, height: 640 } }, async (page) => {
    const its = await people.awaited(page);
    await field(page).fill(await people.command(its.shown, its.service));
    await send(page).click();
    await shows(page, "awaiting-acceptance");
    const { endpoint } = await people.shown(its.link);
    await link(page).click();
    await page.getByText(endpoint.id, { exact: true }).waitFor();
    await fits(page, "cancel-question-narrow");
    await cancel(page).click();
    await closes(page);
    await fits(page, "being-closed-narrow");
  }),
);

test(
  "without JavaScript: cancelling works, also from a second tab that comes later",
  inBrowser({ javaScriptEnabled: false }, async (page, context) => {
    const its = await people.awaited(page);
    const second = await context.newPage();
    await second.goto(`${its.link}/cancel`);
    await link(page).click();
    await cancel(page).click();
    await closes(page);
    assert.equal(await page.locator("form").count(), 0);
    await cancel(second).click();
    await closes(second);
    assert.equal(second.url(), its.link);
  }),
);

test(
  "a reason that is too long is kept in the form and cancels nothing",
  inBrowser({ javaScriptEnabled: false }, async (page) => {
    const its = await people.awaited(page);
    await link(page).click();
    const why = page.getByLabel("Why? (optional)");
    assert.equal(await why.getAttribute("maxlength"), "500");
    const answer = await post(its.link, "cancel", { why: "x".repeat(501) });
    assert.equal(answer.status, 422);
    assert.equal((await people.shown(its.link)).closing, undefined);
  }),
);

test(
  "once Atlas has accepted the endpoint there is no button, and a stale question says whom to write to",
  inBrowser({}, async (page, context) => {
    const its = await people.awaited(page);
    const stale = await context.newPage();
    await stale.goto(`${its.link}/cancel`);
    await field(page).fill(await people.command(its.shown, its.service));
    await send(page).click();
    await shows(page, "awaiting-acceptance");
    await link(page).waitFor();
    const { endpoint } = await people.shown(its.link);
    await people.finalize(its.project, its.service, endpoint);
    await shows(page, "awaiting-source");
    await string(page).waitFor();
    assert.equal(await link(page).count(), 0);
    await cancel(stale).click();
    await stale.getByText("Atlas has accepted the private endpoint", { exact: false }).first().waitFor();
    assert.match(await stale.locator("body").innerText(), new RegExp(`reply to ticket ${its.ticket}`));
    await screenshot(stale, "accepted-already");
    assert.equal((await people.shown(its.link)).closing, undefined);
  }),
);
