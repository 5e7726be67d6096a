import { resolveEntry } from '../../child/resolve-entry.js';
import { ownFile } from '../../child/own-file.js';
import { pathToFileURL } from 'node:url';
import { type ResolvedSettings } from '../hub/settings.js';
import { detectGpu, type RuntimeKind } from './detect-gpu.js';
import { hasRuntime, runtimeFolder } from './runtime-folder.js';

interface DeviceLaunch {
  readonly env: Readonly<Record<string, string>>;
  readonly execArgv: readonly string[];
}

/** Chooses the device for llama.cpp: the one in the settings, or else a GPU with an installed runtime. */
export async function chooseDevice(
  gpu: ResolvedSettings['gpu'],
  dataFolder: string,
  detect = detectGpu,
): Promise<DeviceLaunch> {
  const kind = gpu === 'auto' ? await usableGpu(dataFolder, detect) : gpu;
  if (kind === 'cpu' || kind === 'metal') return { env: { HEDDLE_GPU: kind }, execArgv: [] };
  if (!hasRuntime(dataFolder, kind)) return { env: { HEDDLE_GPU: 'cpu' }, execArgv: [] };
  const { file } = resolveEntry(ownFile('models/gpu/use-runtime.js'));
  return {
    env: { HEDDLE_GPU: kind, HEDDLE_RUNTIME: runtimeFolder(dataFolder, kind) },
    execArgv: ['--import', pathToFileURL(file).href],
  };
}

async function usableGpu(dataFolder: string, detect: typeof detectGpu): Promise<RuntimeKind | 'metal' | 'cpu'> {
  const found = await detect();
  if (found === undefined) return 'cpu';
  return found === 'metal' || hasRuntime(dataFolder, found) ? found : 'cpu';
}
