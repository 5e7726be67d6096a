// Installs the packages and builds; the first step of CI and of other scripts.
import { fileURLToPath } from 'node:url';
import { build, install } from './bootstrap/prepare.mjs';
import { createProgress } from './bootstrap/progress.mjs';
import { continuedUnderNewerNode } from './bootstrap/use-node.mjs';

if (!(await continuedUnderNewerNode(fileURLToPath(import.meta.url)))) {
  const progress = createProgress();
  try {
    await install(progress);
    await build(progress);
  } catch (error) {
    if (error.message !== 'install' && error.message !== 'build') throw error;
    process.exitCode = 1;
  }
}
