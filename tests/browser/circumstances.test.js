// The same page under other circumstances: no JavaScript, impatience, several tabs, a keyboard, a small or dark screen.

import assert from "node:assert/strict";
import { test } from "node:test";
import { inBrowser, screenshot, seriousFaults } from "./harness.js";
import * as people from "./people.js";

async function awaited(page, changes) {
  const link = await people.link(await people.fileTicket(changes));
  const shown = await people.reaches(link, "awaiting-command");
  await page.goto(link);
  const project = people.newProject();
  const atlas = await people.endpointService(project);
  return { link, shown, project, atlas };
}

const shows = (page, wanted) => page.locator(`main[data-state="${wanted}"]`).waitFor();
const field = (page) => page.getByLabel("The command from Atlas");
const button = (page) => page.getByRole("button", { name: "Create the private endpoint" });

test(
  "without JavaScript: a wrong command, its correction, and the end",
  inBrowser({ javaScriptEnabled: false }, async (page) => {
    const { link, shown, project, atlas } = await awaited(page);
    await field(page).fill(people.command(shown, atlas, "vpc-00000000000000000"));
    await button(page).click();
    assert.deepEqual(await page.locator("mark").allTextContents(), ["vpc-00000000000000000"]);
    await page.getByRole("button", { name: "Use the corrected command" }).click();
    assert.equal((await field(page).inputValue()).trim(), people.command(shown, atlas));
    await button(page).click();
    const { endpoint } = await people.reaches(link, "awaiting-acceptance");
    // The page reloads itself.
    await page.getByText(endpoint.id, { exact: true }).first().waitFor();
    await people.finalize(project, atlas, endpoint);
    await shows(page, "connected");
  }),
);

test(
  "a double click sends one command",
  inBrowser({}, async (page) => {
    const { link, shown, atlas } = await awaited(page);
    await field(page).fill(people.command(shown, atlas));
    await button(page).dblclick();
    await shows(page, "awaiting-acceptance");
    const timeline = (await people.shown(link)).timeline.filter((entry) => entry.what.includes("command was received"));
    assert.equal(timeline.length, 1);
  }),
);

test(
  "the back button and a reload neither send again nor ask whether to",
  inBrowser({}, async (page) => {
    const { link, shown, atlas } = await awaited(page);
    await field(page).fill(people.command(shown, atlas));
    await button(page).click();
    await shows(page, "awaiting-acceptance");
    await page.reload();
    await shows(page, "awaiting-acceptance");
    await page.goBack().catch(() => {});
    await page.goto(link);
    await shows(page, "awaiting-acceptance");
  }),
);

test(
  "a second tab follows the first, and its late command is told apart",
  inBrowser({}, async (page, context) => {
    const { link, shown, atlas } = await awaited(page);
    const late = await context.newPage();
    await late.goto(link);
    await field(late).fill(people.command(shown, atlas));
    await field(page).fill(people.command(shown, atlas));
    await button(page).click();
    await shows(page, "awaiting-acceptance");
    await shows(late, "awaiting-acceptance");
  }),
);

test(
  "what is typed stays while the page looks for news",
  inBrowser({}, async (page) => {
    const { shown, atlas } = await awaited(page);
    const half = people.command(shown, atlas).slice(0, 60);
    await field(page).fill(half);
    await field(page).focus();
    // The next look at the state is seen, not waited for by the clock.
    await page.waitForResponse((response) => response.request().method() === "GET");
    assert.equal(await field(page).inputValue(), half);
    assert.equal(await page.evaluate(() => document.activeElement.id), "command");
  }),
);

test(
  "by keyboard alone: copy buttons, the field and the button are reached in the order of the page",
  inBrowser({}, async (page, context) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const { shown, atlas } = await awaited(page);
    const seen = [];
    for (let step = 0; step < 30; step += 1) {
      await page.keyboard.press("Tab");
      const name = await page.evaluate(() => document.activeElement.id || document.activeElement.textContent.trim());
      seen.push(name);
      if (name === "command") break;
    }
    assert.equal(seen.at(-1), "command", `reached ${seen.join(", ")}`);
    await page.keyboard.type(people.command(shown, atlas));
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await shows(page, "awaiting-acceptance");
  }),
);

test(
  "a copy button puts the ID on the clipboard and says so",
  inBrowser({ permissions: ["clipboard-read", "clipboard-write"] }, async (page) => {
    const { shown } = await awaited(page);
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
      const { link, shown, project, atlas } = await awaited(page);
      const look = async (state) => {
        assert.deepEqual(await seriousFaults(page), [], state);
        const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        assert.ok(wider <= 0, `${state} is ${wider} pixels too wide`);
        await screenshot(page, `${state}-${name.replaceAll(" ", "-")}`);
      };
      await look("awaiting-command");
      await field(page).fill(people.command(shown, atlas, "vpc-00000000000000000"));
      await button(page).click();
      await page.locator("mark").first().waitFor();
      await look("refused");
      await field(page).fill(people.command(shown, atlas));
      await button(page).click();
      await shows(page, "awaiting-acceptance");
      await look("awaiting-acceptance");
      await people.finalize(project, atlas, (await people.shown(link)).endpoint);
      await shows(page, "connected");
      await look("connected");
    }),
  );
}

test(
  "every other state says who must act",
  inBrowser({}, async (page) => {
    const unknown = new URL("/o/00000000000000000000000000000000", people.stack.portal);
    await page.goto(unknown.href);
    await page.getByRole("heading", { level: 1 }).waitFor();
    assert.deepEqual(await seriousFaults(page), []);
    await screenshot(page, "unknown-link");
  }),
);
