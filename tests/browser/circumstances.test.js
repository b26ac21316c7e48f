// The same page under other circumstances: no JavaScript, impatience, several tabs, a keyboard, a small or dark screen.

import assert from "node:assert/strict";
import { test } from "node:test";
import { field, fillIn, inBrowser, marked, screenshot, send, seriousFaults, shows, string, verify } from "./harness.js";
import * as people from "./people.js";

const timesReceived = async (link) =>
  (await people.shown(link)).timeline.filter((entry) => entry.what.includes("command was received")).length;

test(
  "without JavaScript: a wrong command, its correction, and the end",
  inBrowser({ javaScriptEnabled: false }, async (page) => {
    const { link, shown, project, service } = await people.awaited(page);
    await field(page).fill(await people.command(shown, service, "vpc-00000000000000000"));
    await send(page).click();
    assert.deepEqual(await marked(page), ["vpc-00000000000000000"]);
    await fillIn(page).click();
    assert.equal((await field(page).inputValue()).trim(), await people.command(shown, service));
    await send(page).click();
    const { endpoint } = await people.reaches(link, "awaiting-acceptance");
    // While nothing is asked, the page loads itself again.
    await page.getByText(endpoint.id, { exact: true }).first().waitFor();
    await people.finalize(project, service, endpoint);
    await people.reaches(link, "awaiting-source");
    await page.goto(link);
    await string(page).fill(await people.privateString(project, service, endpoint));
    await verify(page).click();
    await people.reaches(link, "connected");
    await page.goto(link);
    await shows(page, "connected");
  }),
);

test(
  "a double click sends one command",
  inBrowser({}, async (page) => {
    const { link, shown, service } = await people.awaited(page);
    await field(page).fill(await people.command(shown, service));
    await send(page).dblclick();
    await shows(page, "awaiting-acceptance");
    assert.equal(await timesReceived(link), 1);
  }),
);

test(
  "the back button and a reload neither send again nor ask whether to",
  inBrowser({}, async (page) => {
    const { link, shown, service } = await people.awaited(page);
    // The answer to a wrong command is the page to go back to.
    await field(page).fill(await people.command(shown, service, "vpc-00000000000000000"));
    await send(page).click();
    await marked(page);
    await field(page).fill(await people.command(shown, service));
    await send(page).click();
    await shows(page, "awaiting-acceptance");
    await page.reload();
    await shows(page, "awaiting-acceptance");
    // A page that asked whether to send again would be an error of Chromium's instead of the link's own page.
    await page.goBack();
    assert.equal(page.url(), link);
    await shows(page, "awaiting-acceptance");
    assert.equal(await timesReceived(link), 1);
  }),
);

test(
  "a second tab in which something is typed follows the first",
  inBrowser({}, async (page, context) => {
    const { link, shown, service } = await people.awaited(page);
    const late = await context.newPage();
    await late.goto(link);
    await field(late).fill(await people.command(shown, service));
    await field(page).fill(await people.command(shown, service));
    await send(page).click();
    await shows(page, "awaiting-acceptance");
    await shows(late, "awaiting-acceptance");
  }),
);

test(
  "what is typed stays while the page looks for news",
  inBrowser({}, async (page) => {
    const { shown, service } = await people.awaited(page);
    const half = (await people.command(shown, service)).slice(0, 60);
    await field(page).fill(half);
    await field(page).focus();
    // With the second look at the state, what came of the first is surely on the page.
    const look = () => page.waitForResponse((response) => response.request().method() === "GET");
    await look();
    await look();
    assert.equal(await field(page).inputValue(), half);
    assert.equal(await page.evaluate(() => document.activeElement.id), "command");
  }),
);

test(
  "by keyboard alone: copy buttons, the field and the button are reached in the order of the page",
  inBrowser({}, async (page, context) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const { shown, service } = await people.awaited(page);
    const seen = [];
    for (let step = 0; step < 30; step += 1) {
      await page.keyboard.press("Tab");
      const name = await page.evaluate(() => document.activeElement.id || document.activeElement.textContent.trim());
      seen.push(name);
      if (name === "command") break;
    }
    const copies = ["region", "vpc-id", ...shown.subnetIds.map((_, number) => `subnet-id-${number + 1}`)];
    assert.deepEqual(seen, [...copies.map((id) => `copy-${id}`), "command"]);
    await page.keyboard.type(await people.command(shown, service));
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await shows(page, "awaiting-acceptance");
  }),
);

test(
  "a copy button puts the ID on the clipboard and says so",
  inBrowser({ permissions: ["clipboard-read", "clipboard-write"] }, async (page) => {
    const { shown } = await people.awaited(page);
    await page.getByRole("button", { name: /copy.*VPC ID/i }).first().click();
    await page.getByText(/copied/i).first().waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), shown.vpcId);
  }),
);

for (const [name, options] of [
  ["wide and light", {}],
  ["dark", { colorScheme: "dark" }],
  ["320 pixels wide", { viewport: { width: 320, height: 640 } }],
]) {
  test(
    `${name}: axe finds nothing serious in any state, and nothing is wider than the screen`,
    inBrowser(options, async (page) => {
      const { link, shown, project, service } = await people.awaited(page);
      const look = async (state) => {
        assert.deepEqual(await seriousFaults(page), [], state);
        const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        assert.ok(wider <= 0, `${state} is ${wider} pixels too wide`);
        await screenshot(page, `${state}-${name.replaceAll(" ", "-")}`);
      };
      await look("awaiting-command");
      await field(page).fill(await people.command(shown, service, "vpc-00000000000000000"));
      await send(page).click();
      await page.locator("mark").first().waitFor();
      await look("refused");
      const many = " --one 1 --two 2 --vpc-endpoint-type Gateway --dry-run --subnet-ids subnet-00000000000000000";
      await field(page).fill((await people.command(shown, service, "vpc-00000000000000000")) + many);
      await send(page).click();
      await page.getByText(/^\d other faults?$/).waitFor();
      await look("many-faults");
      await field(page).fill(await people.command(shown, service));
      await send(page).click();
      await shows(page, "awaiting-acceptance");
      await look("awaiting-acceptance");
      const { endpoint } = await people.shown(link);
      await people.finalize(project, service, endpoint);
      await shows(page, "awaiting-source");
      await page.getByText("Give host, user and password instead").click();
      await string(page).fill(people.publicString(project));
      await look("awaiting-source");
      await string(page).fill(await people.privateString(project, service, endpoint));
      await verify(page).click();
      await shows(page, "connected");
      await look("connected");
    }),
  );
}
