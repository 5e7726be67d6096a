import type { Kernel } from './kernel.js';
import { createPlainKernel } from './plain-kernel.js';
import { createWasmKernel } from './wasm-kernel.js';

/** The fastest kernel that this machine runs, or the plain one where it is asked for. */
export function createKernel(choice?: 'plain'): Kernel {
  return (choice === 'plain' ? undefined : createWasmKernel()) ?? createPlainKernel();
}
