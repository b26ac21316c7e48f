// What goes wrong with sources, as a customer sees it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { inBrowser, screenshot, shows, string, verify } from "./harness.js";
import * as people from "./people.js";

const warning = (page) => page.getByText("This looks like the standard, public connection string", { exact: false });

test(
  "the public string is called what it is while it is typed, and when it was tried; it is not shown again",
  inBrowser({}, async (page) => {
    const { link, project, service, endpoint } = await people.sourceAwaited(page);
    await page.goto(link);
    const right = await people.privateString(project, service, endpoint);
    assert.equal(await warning(page).count(), 0);
    await string(page).fill(people.publicString(project));
    await warning(page).waitFor();
    await screenshot(page, "source-public-warning");
    await string(page).fill(people.publicString(project).replace(".", "-pri."));
    await page.getByText("This looks like the connection string for VPC peering", { exact: false }).waitFor();
    await string(page).fill("mongodb://reader@fdi-abcde.a.query.mongodb.net/");
    await page.getByText("of a federated database instance or an archive", { exact: false }).waitFor();
    await string(page).fill(right);
    await warning(page).waitFor({ state: "detached" });
    await string(page).fill(people.publicString(project));
    await verify(page).click();
    await page.getByText("is a public name, of the standard connection string").first().waitFor();
    await screenshot(page, "source-refused");
    assert.equal(await string(page).inputValue(), "");
    assert.ok(!(await page.content()).includes(people.databasePassword()));
    await string(page).fill(right);
    await verify(page).click();
    await shows(page, "connected");
    assert.ok(!(await page.content()).includes(people.databasePassword()));
  }),
);

test(
  "hosts that are not published yet are waited for, and shown as such",
  inBrowser({}, async (page) => {
    const { link, project, service, endpoint } = await people.sourceAwaited(page);
    await page.goto(link);
    await string(page).fill(people.unpublishedString(project));
    await verify(page).click();
    await page.getByText("Not there yet.").waitFor();
    await shows(page, "verifying");
    await screenshot(page, "source-not-yet");
    await people.privateString(project, service, endpoint);
    await shows(page, "connected");
  }),
);

test(
  "a wrong password comes back with the reason, the next step and what was checked before",
  inBrowser({}, async (page) => {
    const { link, project, service, endpoint } = await people.sourceAwaited(page);
    await page.goto(link);
    await string(page).fill(await people.privateString(project, service, endpoint, "not-the-password"));
    await verify(page).click();
    await page.getByText("With the last source we did not get through.").waitFor();
    await page.getByText("What we checked").click();
    await page.getByText("Leads through this endpoint: passed").waitFor();
    await page.getByText("MongoDB, and the login: failed").waitFor();
    await screenshot(page, "source-wrong-password");
    await page.getByText("Give host, user and password instead").click();
    await page.getByLabel("Host", { exact: true }).fill(`cluster0-pl-0.${project.slice(-8)}.mongodb.net`);
    await page.getByLabel("User", { exact: true }).fill("reader");
    await page.getByLabel("Password", { exact: true }).fill(people.databasePassword());
    await page.getByRole("button", { name: "Verify the source" }).last().click();
    await shows(page, "connected");
  }),
);
