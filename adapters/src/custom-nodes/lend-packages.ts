import * as nodeModule from 'node:module';
import { sep } from 'node:path';
import { pathToFileURL } from 'node:url';

const lent: ReadonlySet<string> = new Set(['@heddle/core', '@heddle/core/testing']);
const folders = new Set<string>();
let isHooked = false;

/**
 * Gives modules below a folder Heddle's own `@heddle/core`, wherever they lie: two copies of it would not know each other's
 * errors. `zod` is lent where the folder has none.
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
  const ours = { ...context, parentURL: import.meta.url };
  if (lent.has(specifier)) return next(specifier, ours);
  if (specifier !== 'zod') return next(specifier, context);
  try {
    return next(specifier, context);
  } catch {
    return next(specifier, ours);
  }
};
