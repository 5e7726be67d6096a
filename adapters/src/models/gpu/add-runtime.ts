import { createRequire } from 'node:module';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { HeddleError } from '@heddle/core';
import { z } from 'zod';
import { runCommand } from '../sources/run-command.js';
import { type RuntimeKind } from './detect-gpu.js';
import { hasRuntime, runtimeFolder } from './runtime-folder.js';

/** The progress of the installation of a runtime. */
export interface RuntimeProgress {
  readonly kind: RuntimeKind;
  readonly stage: 'install' | 'done';
  /** Bytes on disk so far. */
  readonly bytes: number;
}

interface AddRuntimeOptions {
  readonly signal?: AbortSignal;
  /** The command that installs. Default: npm. Tests replace it. */
  readonly npm?: string;
}

const progressPollMs = 500;
const nothing = 'npm:empty-npm-package@1.0.0';

/**
 * Installs the llama.cpp runtime for a GPU in the data folder, with its own package.json. It has about 600 MB, which a machine without such
 * a GPU never needs. Does nothing if it is installed already. Errors: `runtime_install_failed`.
 */
export async function addRuntime(
  kind: RuntimeKind,
  dataFolder: string,
  onProgress: (progress: RuntimeProgress) => void = () => undefined,
  options: AddRuntimeOptions = {},
): Promise<void> {
  if (hasRuntime(dataFolder, kind)) {
    onProgress({ kind, stage: 'done', bytes: 0 });
    return;
  }
  const folder = runtimeFolder(dataFolder, kind);
  const part = `${folder}.part`;
  await rm(part, { recursive: true, force: true });
  await mkdir(part, { recursive: true });
  await writeFile(path.join(part, 'package.json'), `${JSON.stringify(await runtimePackage(kind), undefined, 2)}\n`);
  const timer = setInterval(() => {
    void folderBytes(part).then((bytes) => onProgress({ kind, stage: 'install', bytes }));
  }, progressPollMs);
  try {
    await install(kind, part, options);
  } catch (error) {
    await rm(part, { recursive: true, force: true });
    throw error;
  } finally {
    clearInterval(timer);
  }
  await rm(folder, { recursive: true, force: true });
  await rename(part, folder);
  onProgress({ kind, stage: 'done', bytes: await folderBytes(folder) });
}

async function install(kind: RuntimeKind, folder: string, { signal, npm = 'npm' }: AddRuntimeOptions): Promise<void> {
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--omit=dev', '--loglevel=error'];
  const result = await runCommand(npm, args, { cwd: folder, signal });
  if (result === undefined)
    throw new HeddleError(
      'runtime_install_failed',
      `The ${kind} runtime needs npm to be installed, and there is none.`,
      { retryable: false },
    );
  if (result.code !== 0) {
    const reason = result.errorOutput.trim().split('\n').slice(-3).join(' ');
    throw new HeddleError('runtime_install_failed', `The ${kind} runtime could not be installed: ${reason}`);
  }
  const binaries = path.join(folder, 'node_modules', '@node-llama-cpp', binaryPackage(kind));
  if (existsSync(path.join(binaries, 'bins'))) return;
  throw new HeddleError(
    'runtime_install_failed',
    `There is no ${kind} runtime for ${process.platform} on ${process.arch}.`,
    { retryable: false },
  );
}

function binaryPackage(kind: RuntimeKind): string {
  return `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}-${kind}`;
}

/** The package.json of the runtime: the version with which Heddle was built, and only the binaries of one kind. */
async function runtimePackage(kind: RuntimeKind): Promise<object> {
  const version = await libraryVersion();
  const other = kind === 'cuda' ? ['vulkan'] : ['cuda', 'cuda-ext'];
  const platforms = ['linux-x64', 'win-x64'];
  return {
    name: `heddle-runtime-${kind}`,
    private: true,
    dependencies: { 'node-llama-cpp': version },
    overrides: Object.fromEntries(
      platforms.flatMap((platform) => other.map((name) => [`@node-llama-cpp/${platform}-${name}`, nothing])),
    ),
  };
}

async function libraryVersion(): Promise<string> {
  const entry = createRequire(import.meta.url).resolve('node-llama-cpp');
  const manifest = path.join(path.dirname(entry), '..', 'package.json');
  return z.object({ version: z.string() }).parse(JSON.parse(await readFile(manifest, 'utf8'))).version;
}

async function folderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  let bytes = 0;
  for (const entry of entries) {
    if (entry.isFile())
      bytes += await stat(path.join(entry.parentPath, entry.name)).then(
        ({ size }) => size,
        () => 0,
      );
  }
  return bytes;
}
