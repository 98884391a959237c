// Prints the exports of every module of the Node that runs this, as JSON: what docs/node-compatibility.md is measured by.
import { builtinModules } from "node:module";

const names = [...new Set([...builtinModules, "node:sea", "node:sqlite", "node:test", "node:test/reporters"])];
const lines = [];
for (const name of names.sort()) {
  const exported = Object.keys(await import(name.startsWith("node:") ? name : `node:${name}`)).sort();
  lines.push(`  ${JSON.stringify(name.replace(/^node:/, ""))}: ${JSON.stringify(exported)}`);
}
console.log(`{\n${lines.join(",\n")}\n}`);
