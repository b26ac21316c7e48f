// A fault of ours in the way: the page says so, says what it waits for as before, and goes on by itself.

import assert from "node:assert/strict";
import { test } from "node:test";
import { field, inBrowser, screenshot, send, seriousFaults, shows, string, verify } from "./harness.js";
import * as people from "./people.js";

for (const [name, options] of [
  ["wide", {}],
  ["dark", { colorScheme: "dark" }],
  ["320 pixels wide", { viewport: { width: 320, height: 640 } }],
  ["without JavaScript", { javaScriptEnabled: false }],
]) {
  const hasScript = options.javaScriptEnabled !== false;

  test(
    `${name}: held before the command, at the endpoint and while verifying, the page says what stands and what waits`,
    inBrowser(options, async (page) => {
      const ticket = await people.fileTicket();
      const faulty = (at, service, action, state, fault = "broken") =>
        people.fault(at, { service, action, fault, where: `State=${state};Execution=ticket-${ticket}` });
      // Without a script the page loads itself again after a while; nobody here waits for that.
      const seen = async (state) => {
        await people.reaches(link, state);
        if (!hasScript) await page.goto(link);
        await shows(page, state);
      };
      const look = async (place, ...wanted) => {
        const text = await page.locator("body").innerText();
        for (const words of [/We have a fault on our side/, /Nothing is lost/, /on hold by a fault of ours/, ...wanted]) {
          assert.match(text, words, place);
        }
        assert.equal(await page.locator("form").count(), 0, `${place} takes an answer`);
        if (hasScript) {
          assert.deepEqual(await seriousFaults(page), [], place);
          const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
          assert.ok(wider <= 0, `${place} is ${wider} pixels too wide`);
        }
        await screenshot(page, `held-${place}-${name.replaceAll(" ", "-")}`);
      };

      let mend = await faulty("aws", "secretsmanager", "PutSecretValue", "Await command");
      const link = await people.link(ticket);
      await page.goto(link);
      await seen("held");
      const { vpcId } = await people.shown(link);
      await look("before-the-command", /Bring us the command from Atlas/, new RegExp(vpcId));
      await mend();
      await seen("awaiting-command");

      const project = people.newProject();
      const service = await people.endpointService(project);
      const shown = await people.shown(link);
      mend = await faulty("ec2", "ec2", "CreateVpcEndpoint", "Create endpoint", "denied");
      await field(page).fill(await people.command(shown, service));
      await send(page).click();
      await seen("held");
      await look("at-the-endpoint", /Your private endpoint is being created/, new RegExp(service.name));
      assert.equal((await people.shown(link)).error, null);
      await mend();
      await seen("awaiting-acceptance");

      const { endpoint } = await people.shown(link);
      await people.finalize(project, service, endpoint);
      await seen("awaiting-source");
      mend = await faulty("aws", "secretsmanager", "GetSecretValue", "Verify source");
      await string(page).fill(await people.privateString(project, service, endpoint));
      await verify(page).click();
      await seen("held");
      await look("while-verifying", /Your source is being verified/);
      await mend();
      await seen("connected");
    }),
  );
}
