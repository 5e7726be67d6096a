// `npm run soak -- [--minutes N] [--clients N] [--snapshots FOLDER] [--json]`: starts many different runs, with cancels and reconnects, and
// checks that memory and handles do not grow (docs/benchmarks.md).
import { fileURLToPath } from 'node:url';
import { build, install } from './bootstrap/prepare.mjs';
import { createProgress } from './bootstrap/progress.mjs';
import { continuedUnderNewerNode } from './bootstrap/use-node.mjs';
import { readArguments } from './read-arguments.mjs';

if (!(await continuedUnderNewerNode(fileURLToPath(import.meta.url)))) {
  await readArguments(process.argv.slice(2), {
    usage:
      'npm run soak -- [--minutes N] [--clients N] [--snapshots FOLDER] [--json]\nMixed runs of N clients (40) for N minutes (30), with cancels and reconnects: memory and handles must stay flat.',
    options: {
      minutes: { type: 'string' },
      clients: { type: 'string' },
      snapshots: { type: 'string' },
      json: { type: 'boolean' },
    },
  });
  const progress = createProgress();
  try {
    await install(progress);
    await build(progress);
  } catch {
    process.exit(1);
  }
  const { soak } = await import('./soak/main.mjs');
  process.exit(await soak(process.argv.slice(2)));
}
