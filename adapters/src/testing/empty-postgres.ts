import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let read: Promise<Blob> | undefined;

/**
 * The files of a database without tables. Creating them takes several seconds, so all spec files of a test run share one copy, even in
 * different processes.
 */
export function readEmptyPostgres(): Promise<Blob> {
  read ??= readShared();
  return read;
}

async function readShared(): Promise<Blob> {
  const file = join(tmpdir(), 'heddle-empty-postgres.tar');
  try {
    return new Blob([readFileSync(file)]);
  } catch {
    // The first spec file of a test run creates the copy.
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
