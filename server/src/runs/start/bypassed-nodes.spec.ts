import { expect, it } from '@jest/globals';
import { resumeRun, startRun } from '@heddle/engine';
import { serversOfTests } from '../../testing/servers-of-tests.js';

const startServer = serversOfTests();

it('passes the text on to the nodes after a bypassed prompt, as an edge without the prompt would', async () => {
  const server = await startServer({ engine: { startRun, resumeRun }, withStandardNodes: true });
  const field = (name: string) => ({ fields: [{ name, type: 'Text' }] });
  const document = (run: object) => ({
    heddle: 2,
    name: 'Words',
    nodes: {
      said: { type: 'input', version: 1, config: field('word') },
      words: { type: 'prompt', version: 1, config: { template: 'Say {{ word }}' }, ...run },
      reply: { type: 'output', version: 1, config: field('answer') },
    },
    edges: [
      { from: 'said.word', to: 'words.word' },
      { from: 'words.text', to: 'reply.answer' },
    ],
  });
  for (const [run, answer] of [
    [{}, 'Say hi'],
    [{ run: { disabled: true } }, 'hi'],
  ] as const) {
    const request = { document: document(run), inputs: { word: 'hi' } };
    const { body } = await server.call('POST', '/api/runs?wait=1', request);
    expect(body).toMatchObject({ status: 'done', outputs: { answer } });
  }
});
