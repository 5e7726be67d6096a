import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root folder of the repository. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The packages that are built, each after those that it depends on. */
export const builtPackages = ['core', 'engine', 'nodes', 'adapters', 'server', 'editor', 'client'];
