import * as nodeModule from 'node:module';
import { sep } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Where our own packages are; each name stands whole, since the bundle puts its own copies there (server/bundle). */
const ours: Readonly<Record<string, () => string>> = {
  '@heddle/core': () => import.meta.resolve('@heddle/core'),
  '@heddle/core/testing': () => import.meta.resolve('@heddle/core/testing'),
  zod: () => import.meta.resolve('zod'),
};
const folders = new Set<string>();
let isHooked = false;

/**
 * Lets modules below a folder import Heddle's own `@heddle/core`, wherever they are: two copies of it would not know
 * each other's errors. `zod` is lent if the folder has none.
 */
export function lendPackages(folder: string): void {
  folders.add(pathToFileURL(folder + sep).href);
  if (isHooked || typeof nodeModule.registerHooks !== 'function') return;
  isHooked = true;
  try {
    nodeModule.registerHooks({ resolve });
  } catch {
    // The loader of a test runner takes no hooks: there, modules find the packages of the folder they lie in.
  }
}

const resolve: nodeModule.ResolveHookSync = (specifier, context, next) => {
  const { parentURL } = context;
  const isCustom = parentURL !== undefined && [...folders].some((each) => parentURL.startsWith(each));
  if (!isCustom) return next(specifier, context);
  const find = Object.hasOwn(ours, specifier) ? ours[specifier] : undefined;
  if (find === undefined) return next(specifier, context);
  if (specifier !== 'zod') return { url: find(), shortCircuit: true };
  try {
    return next(specifier, context);
  } catch {
    return { url: find(), shortCircuit: true };
  }
};
