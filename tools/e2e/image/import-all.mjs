// Runs inside the image: loads every package that the built program imports, from the importing file. Prints the packages that cannot be
// loaded, and how many there were.
import { globSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

// Matches an import statement at the start of a line, a call of import(), or a file that is resolved in a package.
const pattern =
  /(?:^import\s*|^(?:import|export)\b[^'"\n=]*\bfrom\s*|\bimport\(|createRequire\([^)]*\)\.resolve\()['"](@?[a-z][^'"\s:]*)['"]/gm;
const files = globSync('/heddle/{core,engine,nodes,adapters,server}/dist/**/*.js').filter(
  // Left out: test suites, which the program does not load; snippets, which are code for others, stored as text; and the bundle, which
  // joins the same modules.
  (file) => !/\/(?:testing|__fixtures__|snippets|bundle)\//.test(file),
);
// Users install LanceDB themselves if they need it, because it is larger than all other packages together; the store explains how.
const optional = new Set(['@lancedb/lancedb', 'apache-arrow']);
const named = new Map();
for (const file of files)
  for (const [, name] of readFileSync(file, 'utf8').matchAll(pattern))
    if (!optional.has(name)) named.set(`${file.split('/')[2]} ${name}`, { file, name });

const failed = [];
for (const { file, name } of named.values()) {
  try {
    const url = import.meta.resolve(name, pathToFileURL(file).href);
    if (/\.m?js$|\.cjs$/.test(url)) await import(url);
    else readFileSync(new URL(url));
  } catch (error) {
    failed.push(`${file}: ${name}: ${error.message}`);
  }
}
process.stdout.write(JSON.stringify({ count: named.size, failed }));
process.exit(0);
