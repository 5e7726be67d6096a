import { existsSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { sep } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The bundle of the server has copies of these packages, as files beside this module: server/rolldown.config.mjs. */
const lent: Readonly<Record<string, string>> = {
  '@heddle/core': './lent-core.js',
  '@heddle/core/testing': './lent-core-testing.js',
  zod: './lent-zod.js',
};

/** Where the program's own copy of a package is. */
function ownCopy(name: string, bundled: string): string {
  const file = new URL(bundled, import.meta.url);
  return existsSync(file) ? file.href : import.meta.resolve(name);
}

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
  const bundled = Object.hasOwn(lent, specifier) ? lent[specifier] : undefined;
  if (bundled === undefined) return next(specifier, context);
  if (specifier === 'zod') {
    try {
      return next(specifier, context);
    } catch {
      // The folder has none.
    }
  }
  return { url: ownCopy(specifier, bundled), shortCircuit: true };
};
