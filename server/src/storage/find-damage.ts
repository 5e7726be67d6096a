import { lossAt, reasonOf, type ChainLoss } from '@heddle/adapters/audit';
import { hashFile } from '@heddle/adapters/blobs';
import Database from 'better-sqlite3';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Damage in a copied data folder. */
export interface Damage {
  /** Its location in the folder, such as `heddle.db` or `blobs/ab/cdef…`. */
  readonly place: string;
  readonly reason: string;
  /** True if only this value is lost. */
  readonly isOneValue: boolean;
}

/** The maximum number of damages that are reported. */
const mostNamed = 20;

/**
 * Checks a whole data folder that is not in use: all pages and indexes of its databases, the hash of each stored value, and whether the
 * newest audit records exist. Returns the first damages.
 */
export async function findDamage(folder: string): Promise<readonly Damage[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.db'));
  const found = names.flatMap((name) => damageOfDatabase(folder, name));
  for await (const damage of damagedValues(folder)) {
    found.push(damage);
    if (found.length >= mostNamed) break;
  }
  return found;
}

/** Summarises damages in a short text. */
export const damageText = (damages: readonly Damage[]): string =>
  damages.map(({ place, reason }) => `${place}: ${reason}`).join('; ');

function damageOfDatabase(folder: string, place: string): Damage[] {
  const bad = (reason: string): Damage[] => [{ place, reason, isOneValue: false }];
  try {
    // Not opened read-only, because such a connection would leave a log beside the file.
    const database = new Database(join(folder, place), { fileMustExist: true });
    try {
      const [reason] = database.prepare<[], string>('PRAGMA integrity_check(1)').pluck().all();
      if (reason !== undefined && reason !== 'ok') return bad(reason);
      const loss = place === 'heddle.db' ? lossOfChain(database, folder) : undefined;
      return loss === undefined ? [] : bad(reasonOf(loss));
    } finally {
      database.close();
    }
  } catch (error) {
    return bad(error instanceof Error ? error.message : String(error));
  }
}

/** Undefined also if the schema is older than the audit log. */
function lossOfChain(database: Database.Database, folder: string): ChainLoss | undefined {
  if (database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'audit'").get() === undefined) return undefined;
  return lossAt(database, { keyFile: join(folder, 'secret.key'), anchorFile: join(folder, 'audit.head') });
}

async function* damagedValues(folder: string): AsyncGenerator<Damage> {
  const blobs = join(folder, 'blobs');
  if (!existsSync(blobs)) return;
  for (const start of (await readdir(blobs)).filter((name) => /^[0-9a-f]{2}$/.test(name)))
    for (const rest of (await readdir(join(blobs, start))).filter((name) => /^[0-9a-f]{62}$/.test(name))) {
      const found = await hashFile(join(blobs, start, rest));
      if (found !== `${start}${rest}`)
        yield { place: `blobs/${start}/${rest}`, reason: 'its content does not fit its name', isOneValue: true };
    }
}
