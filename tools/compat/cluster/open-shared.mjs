import { join } from 'node:path';

/** The wall clock. */
export const clock = {
  now: () => Date.now(),
  at(time, callback) {
    const timer = setTimeout(callback, Math.max(0, time - Date.now()));
    return () => clearTimeout(timer);
  },
};

/** Opens the database like a process of Heddle: journal, claims, workers and leases with their own connections. */
export async function openShared(url, folder, { times, ...options } = {}) {
  const { openPostgres } = await import('@heddle/adapters/postgres');
  const { createPostgresJournal } = await import('@heddle/adapters/journal');
  const { createLeases, createRunClaims, createRunCommands, createWorkers } = await import('@heddle/adapters/cluster');
  const { FolderBlobs } = await import('@heddle/adapters/blobs');
  const database = await openPostgres({ url, clock, connections: 4, ...options });
  const journal = createPostgresJournal(database, { blobs: new FolderBlobs(join(folder, 'blobs')), clock });
  return {
    ...{ database, journal },
    ...{
      claims: createRunClaims(database, times),
      workers: createWorkers(database, times),
      leases: createLeases(database),
    },
    commands: createRunCommands(database),
    close: async () => {
      await journal.close();
      await database.close();
    },
  };
}
