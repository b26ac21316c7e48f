// A request that nobody answers.

import assert from "node:assert/strict";
import { test } from "node:test";
import { inBrowser, screenshot, seriousFaults, shows } from "./harness.js";
import * as people from "./people.js";

people.hurry();

test(
  "an expired link says how to start again, and an open page notices by itself",
  inBrowser({}, async (page) => {
    const { link } = await people.awaited(page);
    await shows(page, "expired");
    assert.equal(await page.getByLabel("The command from Atlas").count(), 0);
    assert.match(await page.locator("body").innerText(), /open a new ticket/);
    assert.deepEqual(await seriousFaults(page), []);
    await screenshot(page, "expired");
    const late = await fetch(`${link}/command`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ command: "vpce-svc-00e311695874992b4" }),
    });
    assert.equal(late.status, 410);
  }),
);
