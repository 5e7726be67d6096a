import arrows from '../../../arrows.json' with { type: 'json' };
import { packages } from '../list-files.mjs';
import { readImports } from '../read-imports.mjs';

/**
 * Finds imports between packages that `arrows.json` does not allow. Core must run in a browser, so its sources import only zod and each
 * other; its testing kit is only for specs and for `heddle node test`.
 */
export function forbiddenImports(files) {
  return files.flatMap((file) =>
    readImports(file).flatMap((imported) =>
      [reachesTooFar, isUnsafeForBrowsers, needsTheKit]
        .map((judge) => judge(file, imported))
        .filter((text) => text !== undefined)
        .map((text) => ({ path: file.path, line: imported.line, text })),
    ),
  );
}

/** Gives the package that an import leads to; undefined if it is not a package of the repository. */
function targetOf({ name, path }) {
  const target = path === undefined ? /^@heddle\/([^/]+)/.exec(name)?.[1] : path.split('/', 1)[0];
  return packages.includes(target) ? target : undefined;
}

function reachesTooFar(file, imported) {
  const allowed = arrows[file.package];
  const target = targetOf(imported);
  if (allowed === undefined || target === undefined || target === file.package || allowed.includes(target)) return;
  return `${file.package} must not depend on ${target} (arrows.json)`;
}

const ofCore = ['zod', 'openapi-fetch'];

function isUnsafeForBrowsers(file, { name, path, isType }) {
  if (file.package !== 'core' || isType || path?.startsWith('core/src/') === true || ofCore.includes(name)) return;
  if (file.path.endsWith('.spec.ts') && !/^(?:node:|react$|@nestjs\/)/.test(name)) return;
  return `core is safe for a browser and depends on ${ofCore.join(' and ')} only, not on ${name}`;
}

function needsTheKit(file, { name }) {
  if (!['engine', 'nodes', 'adapters', 'editor'].includes(file.package) || file.kind !== 'source') return;
  if (name === '@heddle/core/testing') return 'the testing kit of core is for specs and for `heddle node test`';
}
