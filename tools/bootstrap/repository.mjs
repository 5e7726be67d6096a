import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's folder. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The packages that are built, in the order of the arrows between them. */
export const builtPackages = ['core', 'engine', 'nodes', 'adapters', 'server', 'editor', 'client'];
