// Checks the structure of state machines, given as files: their states' fields, where they lead, JSONata's syntax.

import { readFileSync } from "node:fs";
import validator from "asl-validator";

// What the template fills in is a number wherever it is part of an expression; the validator takes it for an ARN elsewhere.
const filledIn = (_, value) =>
  typeof value === "string" && value.startsWith("{%") ? value.replaceAll(/\$\{\w+\}/g, "1") : value;

for (const file of process.argv.slice(2)) {
  const definition = JSON.parse(readFileSync(file, "utf8"), filledIn);
  const { isValid, errorsText } = validator(definition);
  if (!isValid) {
    console.error(`${file}:\n${errorsText("\n")}`);
    process.exitCode = 1;
  }
}
