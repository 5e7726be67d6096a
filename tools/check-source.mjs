// Checks how the sources are built, against `tools/source/baseline.json`: the known findings of a package may become fewer, never more.
//   node tools/check-source.mjs                 fails where a package has a new finding
//   node tools/check-source.mjs --list CHECK    prints the findings of a check, or of `all`
//   node tools/check-source.mjs --update        lowers the baseline to what is found
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './bootstrap/repository.mjs';
import { readArguments } from './read-arguments.mjs';
import { conditionalSpreads } from './source/checks/conditional-spreads.mjs';
import { crowdedFolders } from './source/checks/crowded-folders.mjs';
import { docComments } from './source/checks/doc-comments.mjs';
import { forbiddenImports } from './source/checks/forbidden-imports.mjs';
import { importCycles, runtimeCycles } from './source/checks/import-cycles.mjs';
import { loneExports, loneReexports } from './source/checks/lone-exports.mjs';
import { longFunctions } from './source/checks/long-functions.mjs';
import { packedDeclarations } from './source/checks/packed-declarations.mjs';
import { packedFields } from './source/checks/packed-fields.mjs';
import { sharedHooks } from './source/checks/shared-hooks.mjs';
import { kindOf } from './source/list-files.mjs';
import { namesInDocs, namesInScripts, parse, readSources } from './source/read-sources.mjs';
import { checkFixtures, reportFindings } from './source/report-findings.mjs';

const checks = {
  'forbidden import': forbiddenImports,
  'import cycle': importCycles,
  'import cycle at run time': runtimeCycles,
  'long function': longFunctions,
  'missing doc comment': docComments,
  'conditional spread': conditionalSpreads,
  'lone export': loneExports,
  'lone re-export': loneReexports,
  'packed declarations': packedDeclarations,
  'packed fields': packedFields,
  'hook in a shared module': sharedHooks,
  'crowded folder': crowdedFolders,
};

const { values } = await readArguments(process.argv.slice(2), {
  usage: 'Usage: node tools/check-source.mjs [--list CHECK|all] [--update]',
  options: { list: { type: 'string' }, update: { type: 'boolean' } },
});

const findIn = (files, ...names) =>
  Object.entries(checks).flatMap(([check, find]) => find(files, ...names).map((finding) => ({ check, ...finding })));

/** Reads a fixture folder, which has the same layout as the repository. */
function readFixture(name) {
  const folder = join(root, 'tools', 'fixtures', 'source', name);
  return readdirSync(folder, { recursive: true })
    .map((path) => ({ path, package: path.split('/', 1)[0], kind: kindOf(path) }))
    .filter(({ kind }) => kind !== undefined)
    .map((file) => parse(file, readFileSync(join(folder, file.path), 'utf8')));
}

const titles = Object.keys(checks);
checkFixtures({ title: 'source', checks: titles, findIn: (name) => findIn(readFixture(name), new Set()) });
process.exitCode = reportFindings(findIn(readSources(root), namesInScripts(root), namesInDocs(root)), {
  title: 'source',
  command: 'node tools/check-source.mjs',
  checks: titles,
  values,
});
