import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { resumeRun, startRun } from '@heddle/engine';
import { createFakeClock, type FakeClock } from '@heddle/core/testing';
import { openTwoProjects, type Shown, type TwoProjects } from '../../security/testing/two-projects.js';
import { echoDocument } from '../../testing/echo-document.js';

let clock: FakeClock;
let house: TwoProjects;
let workflow: string;
let editor: Shown;
let other: Shown;
let runner: Shown;
beforeEach(async () => {
  clock = createFakeClock();
  house = await openTwoProjects({
    clock,
    withStandardNodes: true,
    withStoredJournal: true,
    engine: { startRun, resumeRun },
  });
  workflow = await house.workflow(house.alpha, echoDocument());
  editor = house.person({ [house.alpha]: ['owner'] });
  other = house.person({ [house.beta]: ['owner'] });
  runner = house.person({ [house.alpha]: ['runner'] });
});
afterEach(() => house.close());

const call = (who: Shown, method: string, path: string, body?: unknown) => house.call(who, method, path, body);
const codeOf = async (who: Shown, method: string, path: string, body?: unknown): Promise<unknown> =>
  (await call(who, method, path, body)).body.error?.code;
/** Runs the workflow to its end, or to its breakpoint. */
const run = async (request: Readonly<Record<string, unknown>> = {}): Promise<string> => {
  const given = { inputs: { question: 'a secret question' }, ...request };
  const { runId } = (await call(editor, 'POST', `/api/workflows/${workflow}/runs`, given)).body;
  await house.server.heddle.runs.wait(String(runId));
  return String(runId);
};
const listed = async (who = editor): Promise<readonly string[]> => {
  const { runs } = (await call(who, 'GET', '/api/runs?limit=2')).body as { runs: { runId: string }[] };
  return runs.map(({ runId }) => runId);
};
const remove = (runId: string, who = editor) => call(who, 'DELETE', `/api/runs/${runId}?undo=true`);
const restore = (runId: string, who = editor) => call(who, 'POST', `/api/runs/${runId}/restore`);
/** Moves the clock, and waits until what is due has been removed. */
const pass = async (milliseconds: number): Promise<void> => {
  await clock.advance(milliseconds);
  await house.server.heddle.deletions.sweep();
};
const steps = async (runId: string): Promise<readonly unknown[]> =>
  (await house.server.heddle.audit.list({ kinds: ['erase'], subject: `run:${runId}` })).map(({ details, who }) =>
    typeof details === 'object' && details !== null && 'step' in details ? [details.step, who] : undefined,
  );

it('a deleted run is hidden from every route, and complete again once it is restored', async () => {
  const oldest = await run();
  const gone = await run();
  const newest = await run();
  await call(editor, 'POST', `/api/runs/${gone}/feedback`, { thumb: 'up', comment: 'a secret comment' });
  const before = (await call(editor, 'GET', `/api/runs/${gone}`)).body;
  expect((await remove(gone)).status).toBe(204);
  await pass(9_000);
  // A page stays full although one of its runs is hidden.
  expect(await listed()).toEqual([newest, oldest]);
  for (const part of ['', '/document', '/events', '/fixtures', '/values?path=question&port=question'])
    expect([part, await codeOf(editor, 'GET', `/api/runs/${gone}${part}`)]).toEqual([part, 'run_not_found']);
  for (const step of ['cancel', 'resume', 'rerun'])
    expect([step, await codeOf(editor, 'POST', `/api/runs/${gone}/${step}`, {})]).toEqual([step, 'run_not_found']);
  for (const path of [`/api/runs/${gone}/feedback`, `/api/runs/${gone}/scores`, `/api/run-excerpts?runs=${gone}`])
    expect(JSON.stringify((await call(editor, 'GET', path)).body)).not.toContain('secret');
  expect(await codeOf(editor, 'DELETE', `/api/runs/${gone}?undo=true`)).toBe('run_not_found');

  expect((await restore(gone)).status).toBe(204);
  expect(await listed()).toEqual([newest, gone]);
  expect((await call(editor, 'GET', `/api/runs/${gone}`)).body).toEqual(before);
  expect((await call(editor, 'GET', `/api/runs/${gone}/feedback`)).body.feedback).toHaveLength(1);
  await pass(60_000);
  expect((await call(editor, 'GET', `/api/runs/${gone}`)).status).toBe(200);
  const who = `user:${editor['id']}`;
  expect(await steps(gone)).toEqual([
    ['run restored', who],
    ['run deleted', who],
  ]);
});

it('a deletion and its undo need the right to write in the project of the run', async () => {
  const id = await run();
  expect((await remove(id, runner)).status).toBe(403);
  expect((await remove(id, other)).status).toBe(404);
  await remove(id);
  expect((await restore(id, runner)).status).toBe(403);
  expect((await restore(id, other)).status).toBe(404);
  expect((await call(other, 'GET', `/api/runs/${id}`)).status).toBe(404);
  expect(await listed(other)).toEqual([]);
  expect((await restore(id)).status).toBe(204);
});

it('a deletion is final after its time, and by a second deletion without undo', async () => {
  const late = await run();
  const erased = await run();
  await remove(late);
  await remove(erased);
  expect((await call(editor, 'DELETE', `/api/runs/${erased}`)).status).toBe(204);
  expect(await codeOf(editor, 'POST', `/api/runs/${erased}/restore`)).toBe('not_found');
  await pass(15_000);
  expect(await codeOf(editor, 'POST', `/api/runs/${late}/restore`)).toBe('not_found');
  expect(await codeOf(editor, 'DELETE', `/api/runs/${late}`)).toBe('run_not_found');
  for (const id of [late, erased])
    expect((await steps(id)).map((step) => (step as string[])[0])).toEqual(['run removed', 'run deleted']);
});

it('a run that has not ended, or whose results an unfinished run reuses, cannot be deleted', async () => {
  const first = await run();
  const paused = await run({ reuseFrom: first, from: 'reply', inputs: {}, breakpoints: ['reply'] });
  expect(await codeOf(editor, 'DELETE', `/api/runs/${paused}?undo=true`)).toBe('run_unfinished');
  expect(await codeOf(editor, 'DELETE', `/api/runs/${first}?undo=true`)).toBe('run_unfinished');
  expect(await steps(first)).toEqual([]);
  expect(await listed()).toEqual([paused, first]);
});

it('a deleted run whose results a new run reuses stays hidden until that run ends, and delays no other deletion', async () => {
  const first = await run();
  const free = await run();
  const second = await run({ reuseFrom: first, from: 'reply', inputs: {} });
  await remove(first);
  await remove(free);
  const third = await run({ reuseFrom: second, from: 'reply', inputs: {}, breakpoints: ['reply'] });
  await expect(pass(15_000)).rejects.toMatchObject({ code: 'run_unfinished' });
  expect((await steps(free)).map((step) => (step as string[])[0])).toEqual(['run removed', 'run deleted']);
  expect((await steps(first)).map((step) => (step as string[])[0])).toEqual(['run deleted']);
  expect(await codeOf(editor, 'GET', `/api/runs/${first}`)).toBe('run_not_found');
  expect(await codeOf(editor, 'POST', `/api/runs/${first}/restore`)).toBe('not_found');
  await house.server.heddle.runs.cancel(third);
  await house.server.heddle.runs.settled(third);
  await pass(1);
  expect((await steps(first)).map((step) => (step as string[])[0])).toEqual(['run removed', 'run deleted']);
});
