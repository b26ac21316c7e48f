// The pages on which nothing is asked any more, and those of wrong turns: each says who must act.

import assert from "node:assert/strict";
import { test } from "node:test";
import { field, inBrowser, screenshot, send, seriousFaults, shows } from "./harness.js";
import * as people from "./people.js";

// What every such page has: a headline, and what the customer needs to know.
async function says(page, name, ...wanted) {
  await page.getByRole("heading", { level: 1 }).waitFor();
  const text = await page.locator("body").innerText();
  for (const words of wanted) assert.match(text, words);
  await screenshot(page, name);
}

test(
  "a link that leads nowhere says so, however it is mangled",
  inBrowser({}, async (page) => {
    for (const path of [`/o/${"0".repeat(32)}.1.${"0".repeat(40)}`, `/o/${"0".repeat(32)}`, "/o/short", "/o/", "/"]) {
      const answer = await page.goto(people.portal() + path);
      assert.equal(answer.status(), 404);
      await says(page, "unknown-link", /nothing behind this link/, /your ticket has it/);
      assert.deepEqual(await seriousFaults(page), []);
    }
  }),
);

test(
  "a failed onboarding gives the reason and the ticket to write to",
  inBrowser({}, async (page) => {
    const { ticket, link, shown, service } = await people.awaited(page);
    await field(page).fill(await people.command(shown, service));
    await send(page).click();
    await shows(page, "awaiting-acceptance");
    await people.fail((await people.shown(link)).endpoint);
    await shows(page, "failed");
    await page.reload();
    await says(page, "failed", /no address is free/, new RegExp(`ticket ${ticket}`));
    assert.deepEqual(await seriousFaults(page), []);
  }),
);

test(
  "a command from a stale tab is told that another was received, and where things stand",
  inBrowser({ javaScriptEnabled: false }, async (page, context) => {
    const { link, shown, service } = await people.awaited(page);
    const stale = await context.newPage();
    await stale.goto(link);
    await field(page).fill(await people.command(shown, service));
    await send(page).click();
    await people.reaches(link, "awaiting-acceptance");
    await field(stale).fill(`${await people.command(shown, service)} --output json`);
    await send(stale).click();
    await says(stale, "already-answered", /Another command was received/, /Enter the endpoint in Atlas/);
  }),
);
