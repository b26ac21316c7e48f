// The straight way for each target, and the ways that are not straight, as a customer sees them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { inBrowser, screenshot } from "./harness.js";
import * as people from "./people.js";

// Opens a new onboarding's link when the command is awaited.
async function awaited(page, changes) {
  const ticket = await people.fileTicket(changes);
  const link = await people.link(ticket);
  const shown = await people.reaches(link, "awaiting-command");
  await page.goto(link);
  return { ticket, link, shown, project: people.newProject() };
}

const state = (page) => page.locator("main").getAttribute("data-state");

const shows = (page, wanted) => page.locator(`main[data-state="${wanted}"]`).waitFor();

const paste = (page, text) => page.getByLabel("The command from Atlas").fill(text);

const submit = (page) => page.getByRole("button", { name: "Create the private endpoint" }).click();

const service = (target, project) =>
  target === "dedicated" ? people.endpointService(project) : people.SHARED_SERVICE;

for (const target of ["dedicated", "federated", "online-archive"]) {
  test(
    `${target}: from the link to the accepted endpoint, without a reload by hand`,
    inBrowser({}, async (page) => {
      const { link, shown, project } = await awaited(page, { atlas: { target } });
      for (const fact of [shown.vpcId, ...shown.subnetIds]) {
        await page.getByText(fact, { exact: true }).first().waitFor();
      }
      const atlas = await service(target, project);
      await paste(page, people.command(shown, atlas));
      await submit(page);
      await shows(page, "awaiting-acceptance");
      const { endpoint } = await people.shown(link);
      await page.getByText(endpoint.id, { exact: true }).first().waitFor();
      // Atlas asks for the DNS name for the shared services only.
      const named = await page.getByText(endpoint.dnsName, { exact: true }).count();
      assert.equal(named > 0, target !== "dedicated");
      await screenshot(page, `awaiting-acceptance-${target}`);
      await people.finalize(project, atlas, endpoint);
      await shows(page, "connected");
      await screenshot(page, `connected-${target}`);
    }),
  );
}

test(
  "a wrong command comes back with the token marked, and its correction goes through by the button",
  inBrowser({}, async (page) => {
    const { shown, project } = await awaited(page);
    const atlas = await people.endpointService(project);
    await paste(page, people.command(shown, atlas, "vpc-00000000000000000"));
    await submit(page);
    await page.locator("mark").first().waitFor();
    assert.deepEqual(await page.locator("mark").allTextContents(), ["vpc-00000000000000000"]);
    assert.equal(await state(page), "awaiting-command");
    await screenshot(page, "refused");
    await page.getByRole("button", { name: "Use the corrected command" }).click();
    await assertValue(page, people.command(shown, atlas));
    await submit(page);
    await shows(page, "awaiting-acceptance");
  }),
);

async function assertValue(page, wanted) {
  await page.waitForFunction((text) => document.getElementById("command")?.value.trim() === text, wanted);
}
