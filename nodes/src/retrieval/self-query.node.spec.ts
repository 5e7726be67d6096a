import { describe, expect, it } from '@jest/globals';
import { createFakeLanguageModel, runNode } from '@heddle/core/testing';
import { selfQuery } from './self-query.node.js';

const fields = [
  { name: 'year', type: 'number', description: 'Year of the report' },
  { name: 'team', type: 'text', description: 'Who wrote it', values: ['Sales', 'Support'] },
  { name: 'signed', type: 'date' },
  { name: 'public', type: 'boolean' },
];
const question = 'What did the support reports since 2024 say about leave?';

async function read(reply: unknown, asked = question) {
  const languageModel = createFakeLanguageModel([typeof reply === 'string' ? reply : JSON.stringify(reply)]);
  const { outputs, log } = await runNode(selfQuery, {
    config: { fields },
    inputs: { question: asked },
    resources: { languageModel },
  });
  return { outputs, warnings: log.filter(({ level }) => level === 'warn'), requests: languageModel.requests };
}
const conditions = (...stated: readonly (readonly [string, string, unknown])[]) => ({
  query: 'leave',
  conditions: stated.map(([field, op, value]) => ({ field, op, value })),
});

describe('self-query', () => {
  it('extracts conditions in the types and the spelling of the fields', async () => {
    const { outputs, warnings, requests } = await read(
      conditions(
        ['year', 'gte', '2024'],
        ['team', 'eq', 'support'],
        ['signed', 'lt', '2025-06'],
        ['public', 'eq', 'true'],
      ),
    );
    expect(outputs).toEqual({
      query: 'leave',
      filter: {
        op: 'and',
        filters: [
          { op: 'gte', field: 'year', value: 2024 },
          { op: 'lt', field: 'signed', value: '2025-06' },
          { op: 'eq', field: 'team', value: 'Support' },
          { op: 'eq', field: 'public', value: true },
        ],
      },
    });
    expect(warnings).toEqual([]);
    expect(requests[0]?.messages[0]?.content).toContain('One of: Sales, Support.');
  });

  it('combines several values of a field as alternatives', async () => {
    const { outputs } = await read(
      conditions(['team', 'eq', 'Sales'], ['team', 'eq', 'Support'], ['team', 'eq', 'sales']),
    );
    expect(outputs['filter']).toEqual({ op: 'in', field: 'team', value: ['Sales', 'Support'] });
  });

  it.each([
    ['secret', 'eq', 'x'],
    ['team', 'eq', 'Finance'],
    ['team', 'gt', 'Sales'],
    ['year', 'eq', 'last'],
    ['year', 'eq', true],
    ['signed', 'eq', 'yesterday'],
    ['public', 'eq', 'maybe'],
    ['year', 'like', 2024],
    ['year', 'eq', [2024]],
  ] as const)('leaves out %s %s %j with a warning', async (field, op, value) => {
    const kept = await read(conditions([field, op, value], ['year', 'eq', 2024]));
    expect(kept.outputs['filter']).toEqual({ op: 'eq', field: 'year', value: 2024 });
    expect(kept.warnings).toHaveLength(1);
    const alone = await read(conditions([field, op, value]));
    expect(alone.outputs).toEqual({ query: question, filter: null });
  });

  it.each(['', 'year = 2024', '{"conditions": 3}', '[]', { query: 'a', conditions: ['year', null] }])(
    'uses the question without a filter when the model writes %j',
    async (reply) => {
      const { outputs, warnings } = await read(reply);
      expect(outputs).toEqual({ query: question, filter: null });
      expect(warnings.length).toBeGreaterThan(0);
    },
  );

  it('keeps the question if the query of the model is empty or much too long', async () => {
    for (const query of ['', '?', 'leave '.repeat(100)]) {
      const { outputs } = await read({ ...conditions(['year', 'eq', 2024]), query });
      expect(outputs['query']).toBe(question);
    }
  });

  it('refuses an empty question and a field that is listed twice', async () => {
    await expect(read('{}', ' ')).rejects.toMatchObject({ code: 'query_empty' });
    const twice = runNode(selfQuery, { config: { fields: [fields[0], fields[0]] }, inputs: { question } });
    await expect(twice).rejects.toMatchObject({ code: 'workflow_invalid' });
  });
});
