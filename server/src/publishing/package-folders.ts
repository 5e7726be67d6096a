import { fileURLToPath } from 'node:url';

/**
 * The folders of the packages for callers. The relative path works in the sources, in `dist` and in the bundle, because all three are
 * equally deep.
 */
export const packageFolders = ['client', 'editor'].map((built) =>
  fileURLToPath(new URL(`../../../${built}/dist/packages`, import.meta.url)),
);
