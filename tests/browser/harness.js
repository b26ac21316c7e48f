// The browser: one Chromium for a file of tests, launched for the first that runs, a fresh profile for each test.

import { chromium } from "playwright-core";
import { join } from "node:path";
import { after } from "node:test";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { ready } from "./people.js";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let browser;

const launch = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM,
    // Without a sandbox, since containers and build machines run as root.
    args: ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });

after(() => browser?.close());

// Runs a test with a page of its own; whatever the page logs as an error fails it.
export function inBrowser(options, play) {
  return async () => {
    await ready();
    browser ??= await launch();
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    // A small machine has other work too.
    context.setDefaultTimeout(60_000);
    const errors = [];
    context.on("weberror", (event) => errors.push(event.error()));
    context.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    try {
      await play(await context.newPage(), context);
      // Chromium logs every answer that says no, although the page shows what it says.
      const unexpected = errors.filter((error) => !/status of 4(04|09|10|22)/.test(String(error)));
      if (unexpected.length) throw new Error(`the page logged: ${unexpected.join("\n")}`);
    } finally {
      await context.close();
    }
  };
}

// Waits until the page shows this state.
export const shows = (page, state) => page.locator(`main[data-state="${state}"]`).waitFor();

// The parts of the page that a customer uses.
export const field = (page) => page.getByLabel("The command from Atlas");
export const send = (page) => page.getByRole("button", { name: "Create the private endpoint" });
export const fillIn = (page) => page.getByRole("button", { name: "Fill in the corrected command" });

export const string = (page) => page.getByLabel("Connection string", { exact: true });
export const verify = (page) => page.getByRole("button", { name: "Verify the source" }).first();

// What is marked in the pasted text, without the number that follows for screen readers.
export const marked = async (page) => {
  await page.locator("mark").first().waitFor();
  const texts = await page.locator("mark").allTextContents();
  return texts.map((text) => text.replace(/ \(fault .*$/, "").trim());
};

export const screenshot = (page, name) =>
  page.screenshot({ path: join(process.env.SCREENSHOTS, `${name}.png`), fullPage: true });

// What axe finds serious or critical, as lines that name the rule and the element.
export async function seriousFaults(page) {
  // By the debugging protocol, past the page's content security policy, which would refuse another script.
  const session = await page.context().newCDPSession(page);
  const expression = `${axe}; axe.run(document, { resultTypes: ["violations"] })`;
  const answer = await session.send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
  await session.detach();
  if (answer.exceptionDetails) throw new Error(`axe does not run: ${JSON.stringify(answer.exceptionDetails)}`);
  const result = answer.result.value;
  return result.violations
    .filter((violation) => ["serious", "critical"].includes(violation.impact))
    .flatMap((violation) => violation.nodes.map((node) => `${violation.id}: ${node.target} ${node.failureSummary}`));
}
