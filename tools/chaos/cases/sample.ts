import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../e2e/built-program.js';
import { greeting } from '../../e2e/documents.js';
import { begin, untilStatus } from '../../e2e/server-calls.js';
import { startServer, type ServerProcess } from '../../e2e/start-server.js';
import { readAnswers, type Answers } from './answers.js';

/** A data folder with runs that have ended, and the answers of its server about them. */
export interface Sample {
  readonly data: string;
  readonly runIds: readonly string[];
  readonly truth: Answers;
}

const startMs = 120_000;
/** Too large for a record, so it is stored as a file beside the database. */
const large = 'a thread of the warp '.repeat(4_000);

/**
 * Makes a data folder whose server was first stopped and later killed, so that the database, its log and the stored values all contain
 * data.
 */
export async function createSample(): Promise<Sample> {
  const data = join(temporaryFolder(), 'data');
  const first = await startServer({ data });
  const early = await fill(first, 10, 2);
  await first.stop();
  const second = await startServer({ data });
  const runIds = [...early, ...(await fill(second, 5, 1))];
  const truth = await readAnswers(second, runIds);
  await second.kill();
  return { data, runIds, truth };
}

async function fill(server: ServerProcess, small: number, big: number): Promise<string[]> {
  const runIds: string[] = [];
  for (let index = 0; index < small + big; index += 1) {
    const name = index < small ? `person ${index}` : `${large} ${index}`;
    const runId = await begin(server, greeting, { name });
    const { status } = await untilStatus(server, runId, ['done', 'failed'], startMs);
    if (status !== 'done') throw new Error(`A run of the sample ended as ${status}.`);
    runIds.push(runId);
  }
  return runIds;
}

/** Gives the sample, which is made once. */
export type GetSample = () => Promise<Sample>;

/** Copies the data folder to a new temporary folder. */
export function copyOf({ data }: Sample): string {
  const copy = join(temporaryFolder(), 'data');
  cpSync(data, copy, { recursive: true });
  return copy;
}
