import { describe, expect, it } from '@jest/globals';
import { createFakeLanguageModel, runNode } from '@heddle/core/testing';
import { rewrite } from './rewrite.node.js';

const question = 'And in winter?';
const history = [{ role: 'user', content: 'When does the office open in summer?' }];

async function write(
  text: string,
  config: Record<string, unknown>,
  inputs: Record<string, unknown> = { question, history },
) {
  const languageModel = createFakeLanguageModel([text]);
  const { outputs, log, deltas } = await runNode(rewrite, { config, inputs, resources: { languageModel } });
  return { outputs, log, deltas, requests: languageModel.requests };
}

describe('rewrite', () => {
  it('makes a question that is understood without the conversation', async () => {
    const { outputs, requests, deltas } = await write('"Office hours in winter"', {});
    expect([outputs, deltas]).toEqual([{ query: 'Office hours in winter', queries: ['Office hours in winter'] }, []]);
    expect(requests[0]?.messages[0]?.content).toContain('When does the office open in summer?');
  });

  it('does not call the model if there is no conversation', async () => {
    const { outputs, requests } = await write('never', {}, { question });
    expect([outputs['query'], requests]).toEqual([question, []]);
  });

  it.each(['multi', 'split'])(
    'returns the question and at most the configured number of queries in mode %s',
    async (mode) => {
      const { outputs } = await write('1. Winter hours\n- Office in winter\n* Opening times\nOne more', {
        mode,
        count: 2,
      });
      expect(outputs).toEqual({ query: question, queries: [question, 'Winter hours', 'Office in winter'] });
    },
  );

  it('adds one more general question in mode stepback', async () => {
    const { outputs, requests } = await write('What rules the opening hours?\nAnd more', { mode: 'stepback' });
    expect(outputs['queries']).toEqual([question, 'What rules the opening hours?']);
    expect(requests[0]?.messages[0]?.content).toContain('more general question');
  });

  it('returns an imagined answer as the only query in mode hyde', async () => {
    const { outputs } = await write('The office opens at nine.\nIt closes at five.', { mode: 'hyde' });
    expect(outputs['queries']).toEqual(['The office opens at nine. It closes at five.']);
  });

  it.each(['', '...', '42', 'winter winter winter winter winter winter winter winter winter', 'x'.repeat(500)])(
    'uses the question itself when the model writes %j',
    async (text) => {
      const { outputs, log } = await write(text, {});
      expect([outputs['queries'], log[0]?.level]).toEqual([[question], 'warn']);
    },
  );

  it('refuses an empty question', async () => {
    await expect(write('x', {}, { question: '  ' })).rejects.toMatchObject({ code: 'query_empty' });
  });
});
