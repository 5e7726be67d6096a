/** Length of the line that the arms of a test divide: shares have steps of 0.0001. */
export const wholeLine = 10_000;

interface SharedPointer {
  readonly version: number;
  readonly test?: { readonly slices: readonly { readonly version: number; readonly until: number }[] } | undefined;
}

/** Returns the share of callers who get a version, 0 to 1. @example shareOf({ version: 3 }, 3) // 1 */
export function shareOf({ version: live, test }: SharedPointer, version: number): number {
  if (test === undefined) return version === live ? 1 : 0;
  let start = 0;
  let steps = 0;
  for (const slice of test.slices) {
    if (slice.version === version) steps += slice.until - start;
    start = slice.until;
  }
  return steps / wholeLine;
}

/** Returns the versions that callers can get, the live one first. @example versionsInUse({ version: 3 }) // [3] */
export function versionsInUse(pointer: SharedPointer | undefined): readonly number[] {
  if (pointer === undefined) return [];
  return [...new Set([pointer.version, ...(pointer.test?.slices.map(({ version }) => version) ?? [])])];
}
