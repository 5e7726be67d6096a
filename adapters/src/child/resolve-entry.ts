import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { HeddleError } from '@heddle/core';

/** A file that Node can start, and the Node options that must come before it. */
interface ResolvedEntry {
  readonly file: string;
  readonly execArgv: readonly string[];
}

const typeScriptArguments = [
  '--conditions=source',
  '--disable-warning=ExperimentalWarning',
  '--import',
  new URL('./resolve-sources.mjs', import.meta.url).href,
];

/**
 * Finds the file to start for an entry of `ownFile`: the built file if there is one, otherwise its TypeScript source, which Node runs with
 * its own type stripping.
 */
export function resolveEntry(entry: URL): ResolvedEntry {
  const built = fileURLToPath(entry);
  if (existsSync(built)) return { file: built, execArgv: [] };
  const source = built.replace(/\.js$/, '.ts');
  if (existsSync(source)) return { file: source, execArgv: typeScriptArguments };
  throw new HeddleError(
    'internal',
    `The child process entry '${built}' does not exist: build Heddle again (npm start).`,
  );
}
