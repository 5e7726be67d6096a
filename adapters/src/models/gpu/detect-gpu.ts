import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { runCommand } from '../sources/run-command.js';

/** The GPU interfaces whose runtime is installed on demand. */
export type RuntimeKind = 'cuda' | 'vulkan';

/** What the detection checks. Tests replace it. */
export interface GpuProbe {
  readonly platform: NodeJS.Platform;
  readonly architecture: string;
  /** Whether `nvidia-smi` lists a card. */
  readonly hasNvidiaCard: () => Promise<boolean>;
  readonly hasLibrary: (name: string) => boolean;
  /** Whether there is a graphics device that can compute. */
  readonly hasRenderDevice: () => boolean;
}

/** The GPU interface for this machine; undefined if it has no usable GPU. The regular packages already include `metal`. */
export async function detectGpu(probe: GpuProbe = thisMachine): Promise<RuntimeKind | 'metal' | undefined> {
  if (probe.platform === 'darwin') return probe.architecture === 'arm64' ? 'metal' : undefined;
  if (probe.platform !== 'linux' && probe.platform !== 'win32') return undefined;
  if (probe.architecture !== 'x64') return undefined;
  const isWindows = probe.platform === 'win32';
  if (probe.hasLibrary(isWindows ? 'nvcuda.dll' : 'libcuda.so.1') && (await probe.hasNvidiaCard())) return 'cuda';
  return probe.hasLibrary(isWindows ? 'vulkan-1.dll' : 'libvulkan.so.1') && probe.hasRenderDevice()
    ? 'vulkan'
    : undefined;
}

const linuxFolders = [
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib64',
  '/usr/lib',
  '/lib/x86_64-linux-gnu',
  '/usr/lib/wsl/lib',
  '/usr/local/nvidia/lib64',
  '/run/opengl-driver/lib',
];

const thisMachine: GpuProbe = {
  platform: process.platform,
  architecture: process.arch,
  async hasNvidiaCard() {
    const answer = await runCommand('nvidia-smi', ['-L']);
    return answer?.code === 0 && /^GPU \d+:/m.test(answer.output);
  },
  hasLibrary(name) {
    const extra = (process.env['LD_LIBRARY_PATH'] ?? '').split(path.delimiter).filter((folder) => folder !== '');
    const folders =
      process.platform === 'win32'
        ? [path.join(process.env['SYSTEMROOT'] ?? 'C:\\Windows', 'System32')]
        : [...extra, ...linuxFolders];
    return folders.some((folder) => existsSync(path.join(folder, name)));
  },
  hasRenderDevice() {
    if (process.platform === 'win32') return true;
    try {
      return readdirSync('/dev/dri').some((name) => name.startsWith('renderD'));
    } catch {
      // There is no graphics device.
      return false;
    }
  },
};
