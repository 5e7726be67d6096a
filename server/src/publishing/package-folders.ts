import { fileURLToPath } from 'node:url';

/** The folders of the packages for callers. Their path is the same from sources, from dist and from the bundle, which are equally deep. */
export const packageFolders = ['client', 'editor'].map((built) =>
  fileURLToPath(new URL(`../../../${built}/dist/packages`, import.meta.url)),
);
