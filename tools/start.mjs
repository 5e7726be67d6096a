// `npm start`: does everything from a fresh clone to a running Heddle. Until the packages are installed, it uses only what Node has built
// in.
import { fileURLToPath } from 'node:url';
import { build, install } from './bootstrap/prepare.mjs';
import { createProgress } from './bootstrap/progress.mjs';
import { readStartOptions } from './bootstrap/start-options.mjs';
import { continuedUnderNewerNode } from './bootstrap/use-node.mjs';

const options = readStartOptions(process.argv.slice(2));
if (!(await continuedUnderNewerNode(fileURLToPath(import.meta.url)))) {
  const progress = createProgress();
  try {
    await install(progress);
    await build(progress);
    const { startHeddle } = await import('./first-run/start-heddle.mjs');
    await startHeddle(progress, options);
  } catch (error) {
    if (error.message !== 'install' && error.message !== 'build')
      progress.fail(error.code === undefined ? error.stack : `${error.message} [${error.code}]`);
    process.exit(1);
  }
}
