import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HeddleError, type InstallNodePackageRequest } from '@heddle/core';
import { runCommand } from '../../models/sources/run-command.js';
import { resolveModule } from '../resolve-module.js';
import { folderOfPackage, installedFile, previousOf, type InstalledPackage } from './installed-packages.js';

interface InstallOptions {
  readonly signal?: AbortSignal;
  /** The command that downloads and installs. Default: npm. */
  readonly npm?: string;
  /** Called before the package replaces the installed one; whatever runs from there must end by then. */
  readonly beforeSwap?: () => Promise<void>;
  /** Loads the package from its final folder. If it rejects, the previously installed one is restored. */
  readonly load?: (installed: InstalledPackage) => Promise<void>;
}

const partOf = (folder: string): string => `${folder}+part`;

/** No script of a package runs, and npm contacts no other host. */
const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'];

/**
 * Installs exactly one version of a package of nodes into the data folder, with the user's own npm. The archive's hash is checked before
 * anything is unpacked; no script runs. On an error, the previously installed version stays. Errors: `checksum_mismatch`,
 * `node_package_failed`, `custom_nodes_invalid` if it has no nodes, and those of `load`.
 */
export async function installPackage(
  { name, version, integrity }: InstallNodePackageRequest,
  dataFolder: string,
  options: InstallOptions = {},
): Promise<InstalledPackage> {
  const folder = folderOfPackage(dataFolder, name);
  const part = partOf(folder);
  await rm(part, { recursive: true, force: true });
  await mkdir(part, { recursive: true });
  try {
    const archive = await fetchArchive(`${name}@${version}`, part, options);
    await checkHash(join(part, archive), integrity, `${name}@${version}`);
    await unpack(name, archive, part, options);
    await resolveModule(join(part, 'node_modules', name), part);
    await writeFile(join(part, installedFile), JSON.stringify({ name, version, integrity }));
    await options.beforeSwap?.();
    const installed = { name, version, integrity, folder: join(folder, 'node_modules', name) };
    await swap(part, folder, async () => options.load?.(installed));
    return installed;
  } catch (error) {
    await rm(part, { recursive: true, force: true });
    throw error;
  }
}

/** Replaces `folder` by `part`, and restores it if `load` rejects. A crash in between loses neither: see `listInstalled`. */
async function swap(part: string, folder: string, load: () => Promise<void>): Promise<void> {
  const previous = previousOf(folder);
  await rm(previous, { recursive: true, force: true });
  const hasPrevious = existsSync(folder);
  if (hasPrevious) await rename(folder, previous);
  try {
    await rename(part, folder);
    await load();
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    if (hasPrevious) await rename(previous, folder);
    throw error;
  }
  await rm(previous, { recursive: true, force: true });
}

/** Removes an installed package, and what a crash left of its installation. */
export async function removePackage(name: string, dataFolder: string): Promise<void> {
  const own = folderOfPackage(dataFolder, name);
  for (const folder of [partOf(own), previousOf(own), own]) await rm(folder, { recursive: true, force: true });
}

async function fetchArchive(wanted: string, folder: string, options: InstallOptions): Promise<string> {
  await runNpm(['pack', wanted, '--pack-destination', folder, ...quiet], folder, options, `fetch ${wanted}`);
  const archive = (await readdir(folder)).find((file) => file.endsWith('.tgz'));
  if (archive === undefined) throw new HeddleError('node_package_failed', `npm returned no archive for ${wanted}.`);
  return archive;
}

async function checkHash(archive: string, integrity: string, wanted: string): Promise<void> {
  const hash = createHash('sha512');
  for await (const chunk of createReadStream(archive)) hash.update(chunk as Buffer); // a stream without an encoding yields bytes
  const found = `sha512-${hash.digest('base64')}`;
  if (found === integrity) return;
  throw new HeddleError(
    'checksum_mismatch',
    `The archive of ${wanted} has the hash ${found}, not ${integrity}: nothing was installed. Check the hash where the package is published.`,
    { details: { found, expected: integrity } },
  );
}

/** Unpacks the archive and installs its dependencies. Heddle lends `@heddle/core` and `zod`, so packages name them as peer dependencies. */
async function unpack(name: string, archive: string, folder: string, options: InstallOptions): Promise<void> {
  const manifest = { name: 'heddle-node-package', private: true, dependencies: { [name]: `file:${archive}` } };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  const args = ['install', ...quiet, '--omit=dev', '--omit=peer', '--legacy-peer-deps', '--no-bin-links'];
  await runNpm(args, folder, options, `install ${name}`);
}

async function runNpm(args: readonly string[], cwd: string, options: InstallOptions, what: string): Promise<void> {
  const { npm = 'npm', signal } = options;
  const result = await runCommand(npm, args, { cwd, signal });
  if (result === undefined)
    throw new HeddleError('node_package_failed', 'Packages of nodes are installed with npm, which was not found.');
  if (result.code === 0) return;
  const reason = result.errorOutput.trim().split('\n').slice(0, 4).join(' ');
  throw new HeddleError(
    'node_package_failed',
    `npm could not ${what}: ${reason === '' ? 'it gave no reason' : reason}`,
  );
}
