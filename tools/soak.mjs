// `npm run soak -- [--minutes N] [--json]`: mixed runs with cancels and reconnects; memory and handles must stay flat (docs/benchmarks.md).
import { fileURLToPath } from 'node:url';
import { build, install } from './bootstrap/prepare.mjs';
import { createProgress } from './bootstrap/progress.mjs';
import { continuedUnderNewerNode } from './bootstrap/use-node.mjs';

if (!(await continuedUnderNewerNode(fileURLToPath(import.meta.url)))) {
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
