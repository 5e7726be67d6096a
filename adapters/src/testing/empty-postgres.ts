import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let read: Promise<Blob> | undefined;

/** The files of a database without tables. To make them takes several seconds, so spec files share one copy, in all processes of a test run. */
export function readEmptyPostgres(): Promise<Blob> {
  read ??= readShared();
  return read;
}

async function readShared(): Promise<Blob> {
  const file = join(tmpdir(), 'heddle-empty-postgres.tar');
  try {
    return new Blob([readFileSync(file)]);
  } catch {
    // The first spec file of a test run makes it.
  }
  const { PGlite } = await import('@electric-sql/pglite');
  const database = await PGlite.create();
  const made = await database.dumpDataDir('none');
  await database.close();
  const part = `${file}.${process.pid}`;
  writeFileSync(part, new Uint8Array(await made.arrayBuffer()));
  renameSync(part, file);
  return made;
}
