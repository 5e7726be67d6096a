import { existsSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { sep } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The bundled server has copies of these packages as files beside this module; see server/rolldown.config.mjs. */
const lent: Readonly<Record<string, string>> = {
  '@heddle/core': './lent-core.js',
  '@heddle/core/testing': './lent-core-testing.js',
  zod: './lent-zod.js',
};

/** The path of the program's own copy of a package. */
function ownCopy(name: string, bundled: string): string {
  const file = new URL(bundled, import.meta.url);
  return existsSync(file) ? file.href : import.meta.resolve(name);
}

const folders = new Set<string>();
let isHooked = false;

/**
 * Lets all modules below a folder import Heddle's own `@heddle/core`, because two copies would not recognise each other's errors. `zod` is
 * lent if the folder has none.
 */
export function lendPackages(folder: string): void {
  folders.add(pathToFileURL(folder + sep).href);
  if (isHooked || typeof nodeModule.registerHooks !== 'function') return;
  isHooked = true;
  try {
    nodeModule.registerHooks({ resolve });
  } catch {
    // The module loader of a test runner accepts no hooks; there, modules use the packages of their own folder.
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
      // The folder has no copy.
    }
  }
  return { url: ownCopy(specifier, bundled), shortCircuit: true };
};
