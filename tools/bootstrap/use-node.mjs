import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './repository.mjs';

const oldest = [22, 12];

/** Whether a version such as `v20.20.2` is new enough for Heddle. */
function isNewEnough(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  return major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
}

/**
 * Runs the script with Node 24 if this Node is too old: with the Node in node_modules if there is one, otherwise with one that npx
 * downloads. Returns true if the other process did the work; this process then has its exit code.
 */
export async function continuedUnderNewerNode(script) {
  if (isNewEnough(process.version)) return false;
  if (process.env.HEDDLE_BOOTSTRAP === '1')
    throw new Error(
      `Node ${process.version} is too old and a newer one could not be started. Install Node 24 from nodejs.org.`,
    );
  const installed = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  const args = [...process.execArgv, script, ...process.argv.slice(2)];
  const env = { ...process.env, HEDDLE_BOOTSTRAP: '1' };
  if (existsSync(installed)) {
    process.exitCode = await follow(spawn(installed, args, { stdio: 'inherit', env }));
    return true;
  }
  process.stderr.write(
    `Node ${process.version} is older than 22.12: downloading Node 24 for Heddle only (about 50 MB, once) …\n`,
  );
  const npx = process.platform === 'win32' ? 'npx.cmd' : 'npx';
  process.exitCode = await follow(
    spawn(npx, ['-y', '-p', 'node@24', '--', 'node', ...args], {
      stdio: 'inherit',
      env,
      shell: process.platform === 'win32',
    }),
  );
  return true;
}

/** Waits for a child process, forwards signals to it, and returns its exit code. */
export function follow(child) {
  const handOn = (signal) => child.kill(signal);
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, handOn);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      for (const name of signals) process.off(name, handOn);
      resolve(code ?? (signal === null ? 1 : 128 + 15));
    });
  });
}
