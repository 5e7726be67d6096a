const time = /^(\d{4}-\d\d-\d\d)([ T])(\d\d:\d\d:\d\d)/;
const number = /^-?\d+(?:\.\d+)?$/;

/**
 * The lowest value to read again: `overlap` seconds before a time in UTC, or a number minus `overlap`. Any other text is returned
 * unchanged.
 */
export function lowestOf(modified: string, overlap: number): string {
  if (number.test(modified))
    return modified.includes('.') ? String(Number(modified) - overlap) : String(BigInt(modified) - BigInt(overlap));
  const [, date, between = ' ', clock] = time.exec(modified) ?? [];
  const at = Date.parse(`${date}T${clock}Z`);
  if (Number.isNaN(at)) return modified;
  const before = new Date(at - overlap * 1_000).toISOString();
  return `${before.slice(0, 10)}${between}${before.slice(11, 19)}`;
}

/** Whether a time is later than `now`, or is infinite. */
export function isAfter(modified: string, now: number): boolean {
  if (/^-?infinity$/i.test(modified)) return true;
  const [, date, , clock] = time.exec(modified) ?? [];
  return Date.parse(`${date}T${clock}Z`) > now;
}
