// Validates Kubernetes objects against their JSON schemas. Argument: the parent folder of node_modules. Input: YAML documents. Output: one
// line per mistake. Strict parsing in .NET finds unknown fields; the schemas find missing fields, invalid values, and numbers instead of
// strings.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const require = createRequire(`${process.argv[2]}/`);
const { parseAllDocuments } = require("yaml");

for (const document of parseAllDocuments(readFileSync(0, "utf8"))) {
  const object = document.toJS();
  const Model = require(`kubernetes-models/${object.apiVersion}`)[object.kind];
  try {
    new Model(object).validate();
  } catch (error) {
    if (!error.errors) throw error;
    for (const one of error.errors) console.log(`${object.kind} ${object.metadata?.name}${one.instancePath}: ${one.message}`);
  }
}
