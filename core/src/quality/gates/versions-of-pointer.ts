import type { LivePointer } from '../../ports/stores/versions.js';

/** Every version that callers get by a live pointer. @example versionsOfPointer({ version: 2 }) // [2] */
export const versionsOfPointer = ({ version, test }: LivePointer): readonly number[] => [
  ...new Set([version, ...(test?.slices ?? []).map((slice) => slice.version)]),
];
