import { chainStart, hashRow, type AuditRow } from './audit-chain.js';
import type { FoundAnchor } from './audit-anchor.js';

export interface BadRecord {
  readonly number: number;
  readonly reason: string;
}

/** How many records are checked before other work can run. */
const share = 5_000;

/** Reads rows after a number, in order. */
type ReadRows = (after: number, limit: number) => readonly AuditRow[] | Promise<readonly AuditRow[]>;

/** Checks the whole chain, in parts, and compares its end with the anchor. */
export async function verifyChain(read: ReadRows, anchor: FoundAnchor | undefined): Promise<BadRecord | undefined> {
  let number = 0;
  let previous = chainStart;
  for (;;) {
    const part = await read(number, share);
    for (const row of part) {
      const reason = faultOf(row, number, previous, anchor);
      if (reason !== undefined) return { number: row.number, reason };
      number = row.number;
      previous = row.hash;
    }
    if (part.length < share) return endFault(number, anchor);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function faultOf(row: AuditRow, number: number, previous: string, anchor: FoundAnchor | undefined): string | undefined {
  if (row.number !== number + 1) return `the records ${number + 1} to ${row.number - 1} are missing before it`;
  if (row.previous !== previous) return 'it does not follow the record before it';
  if (row.hash !== hashRow(row)) return 'its content does not match its hash';
  if (typeof anchor === 'object' && anchor.number === row.number && anchor.hash !== row.hash)
    return 'it is not the record that was anchored outside the database: the chain was rewritten';
  return undefined;
}

function endFault(number: number, anchor: FoundAnchor | undefined): BadRecord | undefined {
  if (anchor === undefined) return undefined;
  if (anchor === 'missing')
    return number === 0 ? undefined : { number, reason: 'the anchor file audit.head is missing beside the database' };
  if (anchor === 'forged')
    return { number, reason: 'the anchor file audit.head is damaged or was not signed with the key of this folder' };
  if (anchor.number <= number) return undefined;
  return {
    number: number + 1,
    reason: `the chain ends at ${number}, while ${anchor.number} records were anchored: the end was cut off, or the database was rolled back`,
  };
}
