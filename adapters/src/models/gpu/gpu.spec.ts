import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { addRuntime, type RuntimeProgress } from './add-runtime.js';
import { chooseDevice } from './choose-device.js';
import { detectGpu, type GpuProbe } from './detect-gpu.js';
import { runtimeFolder } from './runtime-folder.js';

const probe = (more: Partial<GpuProbe>): GpuProbe => ({
  platform: 'linux',
  architecture: 'x64',
  hasNvidiaCard: () => Promise.resolve(false),
  hasLibrary: () => false,
  hasRenderDevice: () => false,
  ...more,
});

describe('detectGpu', () => {
  it.each([
    ['nothing on a plain machine', {}, undefined],
    [
      'cuda with a card and its driver',
      { hasNvidiaCard: () => Promise.resolve(true), hasLibrary: (name: string) => name === 'libcuda.so.1' },
      'cuda',
    ],
    ['nothing with a driver and no card', { hasLibrary: (name: string) => name === 'libcuda.so.1' }, undefined],
    [
      'vulkan with a device and its loader',
      { hasLibrary: (name: string) => name === 'libvulkan.so.1', hasRenderDevice: () => true },
      'vulkan',
    ],
    ['nothing with a loader and no device', { hasLibrary: () => true }, undefined],
    ['metal on a recent Mac', { platform: 'darwin', architecture: 'arm64' }, 'metal'],
    ['nothing on an old Mac', { platform: 'darwin' }, undefined],
  ] as const)('finds %s', async (_name, more, kind) => {
    expect(await detectGpu(probe(more))).toBe(kind);
  });
});

const folder = (): string => mkdtempSync(path.join(tmpdir(), 'heddle-gpu-'));

/** A stand-in for npm that writes the files of an installation. */
function fakeNpm(script: string): string {
  const file = path.join(folder(), 'npm');
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

// The stand-in is a shell script.
const itOnUnix = process.platform === 'win32' ? it.skip : it;

describe('addRuntime', () => {
  const binaries = `node_modules/@node-llama-cpp/${process.platform}-${process.arch}-cuda/bins`;

  itOnUnix("installs Heddle's version of the runtime with the binaries of one kind, and only once", async () => {
    const data = folder();
    const reports: RuntimeProgress[] = [];
    const npm = fakeNpm(
      `mkdir -p ${binaries} node_modules/node-llama-cpp && echo '{}' > node_modules/node-llama-cpp/package.json && echo "$@" >> arguments`,
    );
    await addRuntime('cuda', data, (progress) => reports.push(progress), { npm });
    await addRuntime('cuda', data, undefined, { npm: fakeNpm('exit 1') });
    const location = runtimeFolder(data, 'cuda');
    const written = JSON.parse(readFileSync(path.join(location, 'package.json'), 'utf8'));
    expect(written.dependencies['node-llama-cpp']).toMatch(/^\d+\.\d+\.\d+$/);
    expect(written.overrides).toEqual({
      '@node-llama-cpp/linux-x64-vulkan': 'npm:empty-npm-package@1.0.0',
      '@node-llama-cpp/win-x64-vulkan': 'npm:empty-npm-package@1.0.0',
    });
    expect(readFileSync(path.join(location, 'arguments'), 'utf8')).toMatch(/--ignore-scripts/);
    expect(reports.at(-1)).toMatchObject({ kind: 'cuda', stage: 'done' });
  });

  itOnUnix('leaves no partial installation when the installation fails', async () => {
    const data = folder();
    const npm = fakeNpm('echo "npm error network down" >&2; exit 1');
    await expect(addRuntime('cuda', data, undefined, { npm })).rejects.toMatchObject({
      code: 'runtime_install_failed',
      message: expect.stringMatching(/network down/) as unknown,
    });
    await expect(addRuntime('cuda', data, undefined, { npm: fakeNpm('exit 0') })).rejects.toThrow(/no cuda runtime/);
    expect(existsSync(path.join(data, 'runtimes', 'cuda'))).toBe(false);
    expect(existsSync(path.join(data, 'runtimes', 'cuda.part'))).toBe(false);
  });
});

describe('chooseDevice', () => {
  it('uses the CPU when no runtime is installed', async () => {
    expect(await chooseDevice('auto', folder(), () => Promise.resolve('cuda'))).toMatchObject({
      env: { HEDDLE_GPU: 'cpu' },
    });
    expect(await chooseDevice('cuda', folder())).toMatchObject({ env: { HEDDLE_GPU: 'cpu' } });
  });

  it('uses an installed runtime that fits the machine', async () => {
    const data = folder();
    const library = path.join(runtimeFolder(data, 'vulkan'), 'node_modules', 'node-llama-cpp');
    mkdirSync(library, { recursive: true });
    writeFileSync(path.join(library, 'package.json'), '{}');
    const launch = await chooseDevice('auto', data, () => Promise.resolve('vulkan'));
    expect(launch.env).toEqual({ HEDDLE_GPU: 'vulkan', HEDDLE_RUNTIME: runtimeFolder(data, 'vulkan') });
    expect(launch.execArgv[0]).toBe('--import');
    expect(await chooseDevice('auto', data, () => Promise.resolve(undefined))).toMatchObject({
      env: { HEDDLE_GPU: 'cpu' },
    });
  });
});
