// `npm run dev`: runs TypeScript in watch mode, restarts the server at each change, and serves the editor through Vite with hot reload.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, install } from './bootstrap/prepare.mjs';
import { createProgress } from './bootstrap/progress.mjs';
import { root } from './bootstrap/repository.mjs';
import { toolEnvironment } from './bootstrap/run-command.mjs';
import { continuedUnderNewerNode } from './bootstrap/use-node.mjs';

if (!(await continuedUnderNewerNode(fileURLToPath(import.meta.url)))) {
  const progress = createProgress();
  try {
    await install(progress);
    await build(progress);
  } catch {
    process.exit(1);
  }
  const bin = (name) => join(root, 'node_modules', '.bin', name);
  const start = (command, args, cwd = root) =>
    // Each command gets its own process group, because the wrapper of tsc does not forward signals; stopping ends the whole group.
    spawn(command, args, { cwd, stdio: 'inherit', detached: process.platform !== 'win32', env: toolEnvironment() });
  const children = [
    start(bin('tsc'), ['-b', '-w', '--preserveWatchOutput', 'server/tsconfig.build.json']),
    start(process.execPath, ['--watch', join(root, 'server', 'dist', 'main.js')]),
    start(process.execPath, [join(root, 'node_modules', 'vite', 'bin', 'vite.js')], join(root, 'editor')),
  ];
  const stop = () => {
    for (const child of children) {
      try {
        if (process.platform === 'win32') child.kill();
        else process.kill(-child.pid, 'SIGTERM');
      } catch {
        // the group has ended already
      }
    }
    process.exit(0);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}
