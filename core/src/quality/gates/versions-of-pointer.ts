import type { LivePointer } from '../../ports/versions.js';

/** Every version that callers get by a live pointer. @example versionsOfPointer({ version: 2 }) // [2] */
export const versionsOfPointer = ({ version, canary }: LivePointer): readonly number[] => [
  version,
  ...(canary === undefined ? [] : [canary.version]),
];
