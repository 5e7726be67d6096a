import { expect } from '@jest/globals';
import { temporaryFolder } from './built-program.js';
import { busy } from './documents.js';
import { eventually } from './eventually.js';
import { callJson, post, runOf, untilStatus } from './server-calls.js';
import { startServer } from './start-server.js';

/** A workflow that is slow only if the input contains `slowly`, so that most answers come at once. */
export const slow = () => {
  const document = busy(1_500);
  const { count } = document.nodes;
  const code = count.config.code.replace('while (', "while (input.value.includes('slowly') && ");
  return { ...document, nodes: { ...document.nodes, count: { ...count, config: { ...count.config, code } } } };
};

/** Runs a conversation whose server is killed in the middle of answers. No message may be lost, duplicated or mixed up. */
export async function longThread({ turns, kills }: { readonly turns: number; readonly kills: number }): Promise<void> {
  const data = temporaryFolder();
  let server = await startServer({ data });
  const { id: workflow } = await callJson(server, 'POST', '/api/workflows', { document: slow() });
  let thread = 'new';
  const names: string[] = [];
  for (let index = 1; index <= turns; index += 1) {
    const isKilled = index % Math.ceil(turns / (kills + 1)) === 0;
    const name = isKilled ? `slowly ${index}` : `name ${index}`;
    names.push(name);
    const { text } = await post(server, `/api/workflows/${String(workflow)}/runs`, { inputs: { name }, thread });
    const { runId } = JSON.parse(text) as { runId: string };
    if (isKilled) {
      const current = server;
      await eventually('running run', async () =>
        (await runOf(current, runId)).status === 'running' ? true : undefined,
      );
      await server.kill();
      server = await startServer({ data });
    }
    const { status, summary } = await untilStatus(server, runId);
    expect([name, status]).toEqual([name, 'done']);
    thread = summary.caller?.thread ?? '';
  }
  const said: string[] = [];
  for (let before: number | undefined, first = true; first || before !== undefined; first = false) {
    const query = before === undefined ? '' : `&before=${before}`;
    const page = await callJson(server, 'GET', `/api/conversations/${thread}?limit=200${query}`);
    const onPage = page['said'] as { readonly message: { readonly content: string } }[];
    said.unshift(...onPage.map(({ message }) => message.content));
    before = page['next'] as number | undefined;
  }
  expect(said).toEqual(names.flatMap((name) => [name, `Before ${name}, counted`]));
  const { threads } = await callJson(server, 'GET', '/v1/threads');
  expect(threads).toMatchObject([{ id: thread, messages: 2 * turns }]);
  await server.stop();
}
