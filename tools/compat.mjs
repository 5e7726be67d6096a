// `npm run test:compat [-- CASE…] [--json]`: tests our adapters against servers of other projects, and our channels against clients of
// other projects. Downloads and builds are kept outside the repository (HEDDLE_COMPAT, default: the user's cache folder).
import { fileURLToPath } from 'node:url';
import { build, install } from './bootstrap/prepare.mjs';
import { createProgress } from './bootstrap/progress.mjs';
import { continuedUnderNewerNode } from './bootstrap/use-node.mjs';
import { readArguments } from './read-arguments.mjs';

if (!(await continuedUnderNewerNode(fileURLToPath(import.meta.url)))) {
  const { values, names } = await readArguments(process.argv.slice(2), {
    usage:
      'npm run test:compat -- [CASE…] [--json]\nOur adapters against servers, and our channels against clients, that others built.',
    options: { json: { type: 'boolean' } },
    cases: async () => (await import('./compat/run-compat.mjs')).compatCases,
  });
  const progress = createProgress();
  try {
    await install(progress);
    await build(progress);
    const { pullStarterModels } = await import('./first-run/pull-starter-models.mjs');
    await pullStarterModels(progress);
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
  const { runCompat } = await import('./compat/run-compat.mjs');
  process.exitCode = await runCompat(names, values.json === true);
}
