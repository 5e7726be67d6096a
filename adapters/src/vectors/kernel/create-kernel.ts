import type { Kernel } from './kernel.js';
import { createPlainKernel } from './plain-kernel.js';
import { createWasmKernel } from './wasm-kernel.js';

/** Creates the fastest kernel that this machine can run, or the plain one on request. */
export function createKernel(choice?: 'plain'): Kernel {
  return (choice === 'plain' ? undefined : createWasmKernel()) ?? createPlainKernel();
}
