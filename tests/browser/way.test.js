// The straight way for each target, and a wrong command, as a customer sees them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { field, fillIn, inBrowser, marked, send, screenshot, shows, string, verify } from "./harness.js";
import * as people from "./people.js";

for (const target of ["dedicated", "federated", "online-archive"]) {
  test(
    `${target}: from the link to a source that works, without a reload by hand`,
    inBrowser({}, async (page) => {
      const { link, shown, project, service } = await people.awaited(page, { atlas: { target } });
      for (const fact of [shown.vpcId, ...shown.subnetIds]) {
        await page.getByText(fact, { exact: true }).first().waitFor();
      }
      await screenshot(page, `awaiting-command-${target}`);
      await field(page).fill(await people.command(shown, service));
      await send(page).click();
      await shows(page, "awaiting-acceptance");
      const { endpoint } = await people.shown(link);
      await page.getByText(endpoint.id, { exact: true }).first().waitFor();
      // Atlas asks for the DNS name for the shared services only.
      const named = await page.getByText(endpoint.dnsName, { exact: true }).count();
      assert.equal(named > 0, target !== "dedicated");
      await screenshot(page, `awaiting-acceptance-${target}`);
      await people.finalize(project, service, endpoint);
      await shows(page, "awaiting-source");
      await screenshot(page, `awaiting-source-${target}`);
      await string(page).fill(await people.privateString(project, service, endpoint));
      await verify(page).click();
      await shows(page, "connected");
      await screenshot(page, `connected-${target}`);
    }),
  );
}

test(
  "a wrong command comes back with the token marked, and its correction goes through by the button",
  inBrowser({}, async (page) => {
    const { shown, service } = await people.awaited(page);
    await field(page).fill(await people.command(shown, service, "vpc-00000000000000000"));
    await send(page).click();
    assert.deepEqual(await marked(page), ["vpc-00000000000000000"]);
    await shows(page, "awaiting-command");
    await screenshot(page, "refused");
    await fillIn(page).click();
    await page.waitForFunction(
      (wanted) => document.getElementById("command").value.trim() === wanted,
      await people.command(shown, service),
    );
    await send(page).click();
    await shows(page, "awaiting-acceptance");
  }),
);
