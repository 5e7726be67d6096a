const units = { ms: 1, s: 1_000, min: 60_000, h: 3_600_000 } as const;
const part = /\s*(\d+(?:[.,]\d+)?)\s*((?:ms|seconds?|sec|s|minutes?|min|m|hours?|h)(?![a-z]))?\s*/iy;

/** A duration as the text of a field. It is exact: in the largest unit without a fraction, or else in seconds. */
export function durationText(ms: number): string {
  if (ms !== 0 && ms % units.h === 0) return `${ms / units.h} h`;
  if (ms !== 0 && ms % units.min === 0) return `${ms / units.min} min`;
  return `${ms / units.s} s`;
}

/**
 * Reads a typed duration in milliseconds. Without a unit, it counts as seconds. Undefined if it is not a duration.
 *
 * @example readDuration('1 min 30 s') // 90000
 */
export function readDuration(text: string): number | undefined {
  const parts: { readonly amount: number; readonly unit: string | undefined }[] = [];
  for (let at = 0; at < text.length; at = part.lastIndex) {
    part.lastIndex = at;
    const match = part.exec(text);
    if (match?.[1] === undefined) return undefined;
    parts.push({ amount: Number(match[1].replace(',', '.')), unit: match[2]?.toLowerCase() });
  }
  if (parts.length === 0 || (parts.length > 1 && parts.some(({ unit }) => unit === undefined))) return undefined;
  return Math.round(parts.reduce((sum, { amount, unit }) => sum + amount * lengthOf(unit ?? 's'), 0));
}

function lengthOf(unit: string): number {
  if (unit === 'ms') return units.ms;
  if (unit.startsWith('s')) return units.s;
  return unit.startsWith('m') ? units.min : units.h;
}
