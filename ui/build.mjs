// Bundles the custom elements into the folder that the server serves them from, each page's script by itself, and gathers the
// licences of what is in them.
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const target = fileURLToPath(new URL("../api/ineq_kg_api/static/ui/", import.meta.url));
const ALLOWED = new Set(["MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC"]);

/** The packages whose code is in the bundles, by name. */
function packagesIn(metafile) {
  const inputs = Object.values(metafile.outputs).flatMap((output) =>
    Object.entries(output.inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
  );
  const names = inputs.flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []);
  return [...new Set(names)].sort();
}

async function licenceOf(name) {
  const folder = join(here, "node_modules", name);
  const { version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf-8"));
  if (!ALLOWED.has(license)) throw new Error(`${name} ${version} is under ${license}, which is not allowed in a bundle`);
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e(\.|$)/i.test(entry));
  if (file === undefined) throw new Error(`${name} ${version} comes without the text of its licence`);
  return `${name} ${version} (${license})\n\n${(await readFile(join(folder, file), "utf-8")).trim()}\n`;
}

await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });
const { metafile } = await build({
  absWorkingDir: here,
  entryPoints: ["src/trace-graph.ts", "src/sparql-editor.ts", "src/sortable-table.ts", "src/copy-text.ts"],
  outdir: target,
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  legalComments: "none",
  metafile: true,
  logLevel: "warning",
});
for (const output of Object.keys(metafile.outputs)) {
  const bytes = await readFile(join(here, output));
  console.log(`${output.split("/").pop()}: ${bytes.length} bytes, ${gzipSync(bytes, { level: 9 }).length} compressed`);
}
const licences = await Promise.all(packagesIn(metafile).map(licenceOf));
await writeFile(join(target, "LICENSES.txt"), licences.join(`\n${"-".repeat(80)}\n\n`));
