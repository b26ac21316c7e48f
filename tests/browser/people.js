// Plays the people of an onboarding beside the browser: files tickets at the help desk, plays the customer at Atlas.

import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";

// The patient stack waits for minutes; the hurried one closes a request after seconds.
let pace = "patient";

let stack;

// Plays on the stack whose requests soon expire.
export function hurry() {
  pace = "hurried";
}

// Asks for the stack, which is started for the first test that needs it.
export async function ready() {
  stack ??= await json(await fetch(`${process.env.STACKS}/${pace}`), "the local stack");
}

export const portal = () => stack.portal;

// The password of the database user whom every deployment knows.
export const databasePassword = () => stack.databaseUser.password;

const basic = "Basic " + Buffer.from("customer@example.com/token:local").toString("base64");

// The custom fields of the local help desk, by their place in the neutral event.
const FIELDS = {
  customer: { id: 360000000101, name: 360000000102, plan: 360000000103, region: 360000000104 },
  atlas: { region: 360000000105, target: 360000000106 },
  network: { vpcId: 360000000107 },
};

// Each onboarding has an Atlas project of its own, also beside those of the other files, which are played on the same stack.
export const newProject = () => randomBytes(4).toString("hex").padStart(24, "0");

async function json(answer, who) {
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${who} answered ${answer.status}: ${text}`);
  return text ? JSON.parse(text) : null;
}

// Asks again until there is something.
export async function eventually(what, ask) {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const found = await ask();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`it did not happen within a minute: ${what}`);
    await pause(50);
  }
}

const helpDesk = async (path, body) =>
  json(
    await fetch(stack.helpdesk + path, {
      method: body ? "POST" : "GET",
      headers: { authorization: basic, "content-type": "application/json" },
      body: body && JSON.stringify(body),
    }),
    "the help desk",
  );

const atlas = async (project, path, body) => {
  const url = `${stack.atlas}/api/atlas/v2/groups/${project}/${path}`;
  const headers = { authorization: "Bearer local", "content-type": "application/json" };
  return fetch(url, { method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body) });
};

// Files a ticket and gives its number. `changes` replace parts of an ordinary business customer's ticket.
export async function fileTicket(changes = {}) {
  const event = {
    customer: { id: "acme", name: "Acme Corp", plan: "business", region: "us-east-1", ...changes.customer },
    atlas: { region: "US_EAST_1", target: "dedicated", ...changes.atlas },
    network: changes.network ?? {},
  };
  const customFields = Object.entries(FIELDS).flatMap(([part, names]) =>
    Object.entries(names)
      .filter(([name]) => event[part][name])
      .map(([name, id]) => ({ id, value: event[part][name] })),
  );
  const ticket = {
    subject: "PrivateLink for our Atlas deployment",
    comment: { body: "Please connect our Atlas deployment over AWS PrivateLink." },
    tags: ["privatelink"],
    custom_fields: customFields,
  };
  return String((await helpDesk("/api/v2/tickets.json", { ticket })).ticket.id);
}

export const thread = async (ticket) => (await helpDesk(`/api/v2/tickets/${ticket}/comments.json`)).comments;

// Waits for the link in the instructions.
export const link = (ticket) =>
  eventually(`ticket ${ticket} gets its link`, async () => {
    const bodies = (await thread(ticket)).map((comment) => comment.body).join("\n");
    return bodies.match(/https?:\/\/\S+\/o\/[0-9a-f]{32}\.\d+\.[0-9a-f]{40}/)?.[0];
  });

export const shown = async (link) => json(await fetch(link, { headers: { accept: "application/json" } }), "the portal");

export const reaches = (link, state) =>
  eventually(`the portal shows ${state}`, async () => {
    const now = await shown(link);
    return now.state === state && now;
  });

// The id, the name and the project of the project's endpoint service.
export async function endpointService(project) {
  await atlas(project, "privateEndpoint/endpointService", { providerName: "AWS", region: "US_EAST_1" });
  return eventually("Atlas names its endpoint service", async () => {
    const [service] = await json(await atlas(project, "privateEndpoint/AWS/endpointService"), "Atlas");
    return service.endpointServiceName && { id: service.id, name: service.endpointServiceName, project };
  });
}

// The published service that all federated database instances and archives of the region share.
export const SHARED_SERVICE = { name: "com.amazonaws.vpce.us-east-1.vpce-svc-00e311695874992b4" };

// The command, copied from Atlas's page.
export async function command(shown, service, vpcId = shown.vpcId) {
  const wish = new URLSearchParams({
    group: service.project ?? "",
    target: service.id ? "dedicated" : "federated",
    region: shown.region,
    vpc: vpcId,
    subnets: shown.subnetIds.join(" "),
  });
  const page = await (await fetch(`${stack.atlas}/private-endpoint?${wish}`)).text();
  return page.match(/<pre class="command">([^<]+)</)[1];
}

// AWS gives up on the endpoint.
export async function fail(endpoint) {
  const url = `${stack.ec2}/_edge/endpoints/${endpoint.id}/state`;
  const body = JSON.stringify({ state: "failed", reason: "no address is free" });
  const answer = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
  if (!answer.ok) throw new Error(`EC2 answered ${answer.status}: ${await answer.text()}`);
}

// Lets calls at an address of the stack go wrong, as its `POST /_faults` takes it, until what this gives is called.
export async function fault(at, calls) {
  const url = `${stack[at]}/_faults`;
  const headers = { "content-type": "application/json" };
  const { id } = await json(await fetch(url, { method: "POST", headers, body: JSON.stringify(calls) }), url);
  return async () => json(await fetch(`${url}/${id}`, { method: "DELETE" }), url);
}

// Opens a new onboarding's link when the command is awaited, with an Atlas project and its endpoint service.
export async function awaited(page, changes = {}) {
  const ticket = await fileTicket(changes);
  const its = await link(ticket);
  const now = await reaches(its, "awaiting-command");
  const project = newProject();
  const dedicated = (changes.atlas?.target ?? "dedicated") === "dedicated";
  const service = dedicated ? await endpointService(project) : SHARED_SERVICE;
  await page.goto(its);
  return { ticket, link: its, shown: now, project, service };
}

// The connection string that Atlas shows for the endpoint, with the database user put in; its names are there from then on.
export async function privateString(project, service, endpoint, password = databasePassword()) {
  const user = `${stack.databaseUser.username}:${password}@`;
  if (service.id) {
    const { connectionStrings } = await json(await atlas(project, "clusters/Cluster0"), "Atlas");
    const own = connectionStrings.privateEndpoint.find(({ endpoints }) => endpoints[0].endpointId === endpoint.id);
    return own.srvConnectionString.replace("://", `://${user}`);
  }
  const instance = await json(await atlas(project, "dataFederation/FederatedDatabaseInstance0"), "Atlas");
  const own = instance.privateEndpointHostnames.find(({ privateEndpoint }) => privateEndpoint === endpoint.id);
  return own.hostname.replace("://", `://${user}`);
}

// The same before Atlas has published anything, and the standard one.
export const unpublishedString = (project) =>
  `mongodb+srv://${stack.databaseUser.username}:${databasePassword()}@cluster0-pl-0.${project.slice(-8)}.mongodb.net`;
export const publicString = (project) => unpublishedString(project).replace("-pl-0", "");

// Opens a new onboarding's link when the source is awaited.
export async function sourceAwaited(page, changes = {}) {
  const its = await awaited(page, changes);
  const body = JSON.stringify({ command: await command(its.shown, its.service) });
  const headers = { "content-type": "application/json" };
  await json(await fetch(`${its.link}/command`, { method: "POST", headers, body }), "the portal");
  const { endpoint } = await reaches(its.link, "awaiting-acceptance");
  await finalize(its.project, its.service, endpoint);
  await reaches(its.link, "awaiting-source");
  return { ...its, endpoint };
}

// Finalizes in Atlas, which accepts the endpoint.
export async function finalize(project, service, endpoint) {
  const path = service.id
    ? [`privateEndpoint/AWS/endpointService/${service.id}/endpoint`, { id: endpoint.id }]
    : [
        "privateNetworkSettings/endpointIds",
        {
          endpointId: endpoint.id,
          provider: "AWS",
          type: "DATA_LAKE",
          region: "US_EAST_1",
          customerEndpointDNSName: endpoint.dnsName,
        },
      ];
  await json(await atlas(project, ...path), "Atlas");
}
