import { existsSync } from 'node:fs';
import path from 'node:path';
import { type RuntimeKind } from './detect-gpu.js';

/** The folder of a GPU runtime in a data folder. */
export function runtimeFolder(dataFolder: string, kind: RuntimeKind): string {
  return path.resolve(dataFolder, 'runtimes', kind);
}

/** Whether a GPU runtime is completely installed. The installation creates its folder in one step, at the end. */
export function hasRuntime(dataFolder: string, kind: RuntimeKind): boolean {
  return existsSync(path.join(runtimeFolder(dataFolder, kind), 'node_modules', 'node-llama-cpp', 'package.json'));
}
