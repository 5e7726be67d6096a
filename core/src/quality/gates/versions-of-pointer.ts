import type { LivePointer } from '../../ports/stores/versions.js';

/** Returns every version that callers of a live pointer can get. @example versionsOfPointer({ version: 2 }) // [2] */
export const versionsOfPointer = ({ version, test }: LivePointer): readonly number[] => [
  ...new Set([version, ...(test?.slices ?? []).map((slice) => slice.version)]),
];
