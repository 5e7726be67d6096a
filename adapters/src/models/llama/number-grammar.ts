/** The most digits without a bound. Numbers always have a limited length, because a small model writes 1e15 if nothing stops it. */
const freeDigits = 15;

/** A rule for the integers from `least` to `most`; undefined means no bound. */
export function integerGrammar(least: number | undefined, most: number | undefined): string {
  const low = bound(least);
  const high = bound(most);
  const alternatives: string[] = [];
  if (low === undefined || low < 0n) {
    const nearest = high !== undefined && high < 0n ? -high : 1n;
    const farthest = low === undefined ? tenTo(freeDigits) - 1n : -low;
    alternatives.push(...(nearest <= farthest ? [`"-" (${join(between(nearest, farthest))})`] : []));
  }
  if (high === undefined || high >= 0n) {
    const nearest = low !== undefined && low > 0n ? low : 0n;
    const farthest = high ?? (nearest + 1n) * tenTo(freeDigits) - 1n;
    alternatives.push(...between(nearest, farthest));
  }
  return `(${join(alternatives)})`;
}

/** A rule for the decimal numbers between two integers, both included; undefined means no bound. */
export function decimalGrammar(least: number | undefined, most: number | undefined): string {
  const fraction = `("." [0-9]{1,${freeDigits}})?`;
  const low = bound(least);
  const high = bound(most);
  const side = (nearest: bigint, farthest: bigint | undefined): string => {
    if (farthest === undefined) return `(${join(between(nearest, tenTo(freeDigits) - 1n))}) ${fraction}`;
    const end = `"${farthest}" ("." "0"{1,${freeDigits}})?`;
    return farthest > nearest ? `(${join(between(nearest, farthest - 1n))}) ${fraction} | ${end}` : end;
  };
  const alternatives: string[] = [];
  if (low === undefined || low < 0n) {
    const nearest = high !== undefined && high < 0n ? -high : 0n;
    alternatives.push(`"-" (${side(nearest, low === undefined ? undefined : -low)})`);
  }
  if (high === undefined || high >= 0n) alternatives.push(side(low !== undefined && low > 0n ? low : 0n, high));
  return `(${join(alternatives)})`;
}

/** A bound at the limit of exact numbers counts as no bound. */
function bound(value: number | undefined): bigint | undefined {
  return value === undefined || Math.abs(value) >= Number.MAX_SAFE_INTEGER ? undefined : BigInt(value);
}

const tenTo = (digits: number): bigint => 10n ** BigInt(digits);
const join = (alternatives: readonly string[]): string => alternatives.join(' | ');

/** Alternatives for the integers from `low` to `high`, without leading zeros. Both are at least 0. */
function between(low: bigint, high: bigint): readonly string[] {
  const alternatives: string[] = [];
  for (let start = low; start <= high;) {
    const ofSameLength = tenTo(String(start).length) - 1n;
    const end = ofSameLength < high ? ofSameLength : high;
    alternatives.push(...sameLength(String(start), String(end)));
    start = end + 1n;
  }
  return alternatives;
}

/** Alternatives for the numbers between two numbers with equally many digits. */
function sameLength(low: string, high: string): readonly string[] {
  if (low === high) return [`"${low}"`];
  let common = 0;
  while (low[common] === high[common]) common += 1;
  const prefix = common === 0 ? '' : `"${low.slice(0, common)}" `;
  const lowDigit = Number(low[common]);
  const highDigit = Number(high[common]);
  const lowRest = low.slice(common + 1);
  const highRest = high.slice(common + 1);
  const isLowWhole = /^0*$/.test(lowRest);
  const isHighWhole = /^9*$/.test(highRest);
  const first = isLowWhole ? lowDigit : lowDigit + 1;
  const last = isHighWhole ? highDigit : highDigit - 1;
  const tail = lowRest.length === 0 ? '' : ` [0-9]{${lowRest.length}}`;
  const sub = (digit: number, from: string, to: string): readonly string[] =>
    sameLength(from, to).map((alternative) => `${prefix}"${digit}" ${alternative}`);
  return [
    ...(isLowWhole ? [] : sub(lowDigit, lowRest, '9'.repeat(lowRest.length))),
    ...(first <= last ? [`${prefix}[${first}-${last}]${tail}`] : []),
    ...(isHighWhole ? [] : sub(highDigit, '0'.repeat(highRest.length), highRest)),
  ];
}
