import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprintOfSources, hashOfFile, readStamp, writeStamp } from './fingerprint.mjs';
import { builtPackages, root } from './repository.mjs';
import { runCommand } from './run-command.mjs';

const installStamp = join(root, 'node_modules', '.heddle-install');
const buildStamp = join(root, '.nx', 'start.stamp');

/** Installs the packages with npm if the lockfile has changed. */
export async function install(progress) {
  const wanted = `${hashOfFile(join(root, 'package-lock.json'))} ${process.platform}-${process.arch}`;
  if (readStamp(installStamp) === wanted) return;
  progress.start('Packages', 'installing from the lockfile; the first time takes a minute or two');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  // `ci` starts with an empty folder. If there is a folder already, `install` changes only what the lockfile changed.
  const command = existsSync(join(root, 'node_modules')) ? 'install' : 'ci';
  try {
    await runCommand(npm, [command, '--no-audit', '--no-fund', '--include=dev', '--loglevel=warn'], {
      onLine: (line) => progress.update(line),
      env: { ...process.env },
    });
  } catch (error) {
    progress.fail(
      `The packages could not be installed. Check the network and the registry that npm uses (npm config get registry), then start again.\n\n${error.message}`,
    );
    throw new Error('install', { cause: error });
  }
  writeStamp(installStamp, wanted);
  progress.done('installed');
}

/** Builds what has changed. */
export async function build(progress) {
  const wanted = fingerprintOfSources();
  if (readStamp(buildStamp) === wanted && builtPackages.every((name) => existsSync(join(root, name, 'dist')))) return;
  progress.start('Build', builtPackages.join(', '));
  try {
    await runCommand(
      process.execPath,
      [join(root, 'node_modules', 'nx', 'dist', 'bin', 'nx.js'), 'run-many', '-t', 'build', '--output-style=stream'],
      {
        onLine: (line) => progress.update(line),
      },
    );
  } catch (error) {
    progress.fail(`The build failed.\n\n${error.message}`);
    throw new Error('build', { cause: error });
  }
  writeStamp(buildStamp, wanted);
  progress.done('built');
}
