import { createFakeLanguageModel, runNode } from '@heddle/core/testing';
import { describe, expect, it } from '@jest/globals';
import { principlesOf } from '../critique/constitution.js';
import { critique } from './critique.node.js';

type Script = Parameters<typeof createFakeLanguageModel>[0];
type Options = Parameters<typeof createFakeLanguageModel>[1];
const found = (...numbers: readonly number[]): string =>
  JSON.stringify({ violations: numbers.map((principle) => ({ principle, why: `because ${principle}` })) });
const none = found();
const principles = ['Promise no date.', 'Name no customer.'];

async function run(script: Script, more: Record<string, unknown> = {}, options: Options = {}, steps = new Map()) {
  const languageModel = createFakeLanguageModel(script, options);
  const { inputs, ...config } = more;
  const result = await runNode(critique, {
    config: { principles, ...config },
    inputs: { text: 'It comes on Monday.', question: 'When?', ...(inputs as object) },
    resources: { languageModel },
    steps,
  });
  return { ...result, requests: languageModel.requests };
}

describe('critique', () => {
  it('accepts an answer without violations, after one check', async () => {
    const { outputs, requests, decisions } = await run([none]);
    expect(outputs).toMatchObject({ text: 'It comes on Monday.', passed: true });
    expect(requests).toHaveLength(1);
    expect(decisions).toMatchObject([{ kind: 'critique', details: { round: 1, violations: [], isChanged: false } }]);
  });

  it('revises until no principle is violated, and streams each round', async () => {
    const { outputs, deltas, decisions, progress, steps } = await run([
      found(1),
      'It comes soon, Ada.',
      found(2),
      'It comes soon.',
      none,
    ]);
    expect(outputs).toMatchObject({ text: 'It comes soon.', passed: true });
    expect(outputs['rounds']).toEqual([
      {
        round: 1,
        violations: [{ principle: 'Promise no date.', why: 'because 1' }],
        before: 'It comes on Monday.',
        after: 'It comes soon, Ada.',
      },
      {
        round: 2,
        violations: [{ principle: 'Name no customer.', why: 'because 2' }],
        before: 'It comes soon, Ada.',
        after: 'It comes soon.',
      },
      { round: 3, violations: [], before: 'It comes soon.' },
    ]);
    expect(deltas.map(({ delta }) => delta).join('')).toBe(outputs['transcript']);
    // The revision came word by word, not as a whole.
    expect(deltas.filter(({ delta }) => 'It comes soon, Ada.'.includes(delta.trim())).length).toBeGreaterThan(3);
    expect(decisions.map(({ summary }) => summary)).toEqual([
      'Round 1: 1 violated principle; the answer was revised.',
      'Round 2: 1 violated principle; the answer was revised.',
      'Round 3: no violation.',
    ]);
    expect(progress.map(({ message }) => message)).toContain('Round 2: revising');
    expect([...steps.keys()]).toEqual(['judge-1-1', 'revise-1', 'judge-2-1', 'revise-2', 'judge-3-1']);
  });

  it('ends after the maximum of rounds, and reports that the last answer did not pass', async () => {
    let version = 0;
    const { outputs, requests } = await run(
      ({ schema }) => (schema === undefined ? `Version ${(version += 1)}.` : found(1)),
      { rounds: 3 },
    );
    expect(outputs).toMatchObject({ text: 'Version 3.', passed: false });
    expect(requests).toHaveLength(3 * 2 + 1);
  });

  it('stops if a revision changes nothing or is empty', async () => {
    for (const revision of ['It comes on Monday.', '']) {
      const { outputs, requests, log } = await run([found(1), revision], { rounds: 8 });
      expect(outputs).toMatchObject({ text: 'It comes on Monday.', passed: false });
      expect([requests.length, log.at(-1)?.level]).toEqual([2, 'warn']);
    }
  });

  it('repeats no call that is already in the journal', async () => {
    const steps = new Map<string, unknown>();
    const first = await run([found(1), 'It comes soon.', none], {}, {}, steps);
    const again = await run(['never'], {}, {}, steps);
    expect(again.requests).toEqual([]);
    expect(again.outputs).toEqual(first.outputs);
  });

  it('returns an unreadable reply to the critic with the reason, and fails if the next replies are unreadable too', async () => {
    const said = await run(
      ['Well, I think…', 'Sure: {"violations": [{"principle": "one"}]}', `Here: ${none} done`],
      {},
      { supports: { schema: false } },
    );
    expect(said.outputs['passed']).toBe(true);
    expect(said.requests[1]?.messages.at(-1)?.content).toContain('Reply with the JSON only');
    expect(said.requests[0]?.schema).toBeUndefined();
    await expect(run(['no'])).rejects.toMatchObject({ code: 'schema_mismatch', retryable: true });
    // A principle that does not exist is not a valid judgement.
    await expect(run([found(7)])).rejects.toMatchObject({ code: 'schema_mismatch' });
  });

  it('adds the principles of its input constitution', async () => {
    const { requests } = await run([none], { inputs: { constitution: '- Write no English.', model: 'far/other' } });
    expect(requests[0]?.messages[0]?.content).toContain('3. Write no English.');
  });

  it('judges a constitution in parts if the critic has a small context', async () => {
    const many = Array.from({ length: 40 }, (_, index) => `Principle number ${index} about looms and wool.`);
    const { requests, outputs } = await run([none], { principles: many, criticTokens: 32 }, { contextTokens: 200 });
    expect(requests.length).toBeGreaterThan(2);
    expect(outputs['passed']).toBe(true);
    const asked = requests.map(({ messages }) => JSON.stringify(messages[0]?.content)).join('\n');
    expect(many.filter((principle) => !asked.includes(principle))).toEqual([]);
    await expect(run([none], { inputs: { text: 'word '.repeat(500) } }, { contextTokens: 500 })).rejects.toMatchObject({
      code: 'context_too_long',
    });
  });

  it('refuses a constitution of 1 MB, one with too many principles, and one without any', async () => {
    const started = run([none], { inputs: { constitution: 'Be kind to all who weave. '.repeat(40_000) } });
    await expect(started).rejects.toMatchObject({ code: 'input_too_large', details: { most: 65_536 } });
    const short = Array.from({ length: 300 }, (_, index) => `- ${index}`).join('\n');
    await expect(run([none], { inputs: { constitution: short } })).rejects.toMatchObject({ code: 'input_too_large' });
    await expect(run([none], { principles: [], constitution: '# Only a heading' })).rejects.toMatchObject({
      code: 'input_empty',
    });
    await expect(run([none], { principles: [] })).rejects.toMatchObject({ code: 'workflow_invalid' });
  });
});

describe('principlesOf', () => {
  it('reads lists and paragraphs, without headings, each principle once', () => {
    const text = '# Ours\nWe hold:\n- Be brief,\n  always.\n2) Be kind.\n\n* Be brief, always.\n';
    expect(principlesOf(['Be  kind.'], text)).toEqual(['Be kind.', 'Be brief, always.']);
    expect(principlesOf([], 'Be brief,\nalways.\n\nBe kind.')).toEqual(['Be brief, always.', 'Be kind.']);
  });
});
