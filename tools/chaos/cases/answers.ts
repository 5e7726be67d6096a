import { send } from '../../e2e/server-calls.js';
import type { ServerProcess } from '../../e2e/start-server.js';

/** The answers of a server, by the path of the request. */
export type Answers = ReadonlyMap<string, Answer>;

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** The maximum duration of a request in milliseconds. */
const longestAnswerMs = 30_000;
export const listPath = '/api/runs?limit=1000';

/** Requests the list of runs, and everything about the given runs. */
export async function readAnswers(server: ServerProcess, runIds: readonly string[]): Promise<Answers> {
  const paths = runIds.flatMap((runId) => [
    ...['', '/document', '/events'].map((part) => `/api/runs/${runId}${part}`),
    `/api/runs/${runId}/values?path=words&port=text`,
  ]);
  const answers = new Map<string, Answer>();
  for (const path of [listPath, ...paths]) answers.set(path, await answerTo(server, path));
  return answers;
}

async function answerTo(server: ServerProcess, path: string): Promise<Answer> {
  const late = new Promise<Answer>((resolve) =>
    setTimeout(() => resolve({ status: 0, text: 'no answer' }), longestAnswerMs).unref(),
  );
  const answer = send(server, path)
    .then(({ status, text }) => ({ status, text }))
    .catch((error: unknown) => ({ status: 0, text: String(error) }));
  return Promise.race([answer, late]);
}
