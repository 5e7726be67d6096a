import type { PublishCheck, WorkflowDocument } from '@heddle/core';
import { describe, expect, it } from '@jest/globals';
import { compareVersions } from '../differences/diff-marks.js';
import { diffSummary, fieldName, fieldValue, shortenSame } from '../differences/field-text.js';
import { ApiError } from '../../data/http/http.js';
import { failedTests, firstChoice, firstSlug, obstacleOf, publishRequest } from './publish-plan.js';

const base: WorkflowDocument = {
  heddle: 2,
  name: 'Ask',
  nodes: {
    question: { type: 'input', version: 1, config: {} },
    answer: { type: 'prompt', version: 1, config: { template: 'Be brief.' } },
    reply: { type: 'output', version: 1, config: {} },
  },
  edges: [
    { from: 'question.text', to: 'answer.text' },
    { from: 'answer.text', to: 'reply.answer' },
  ],
  layout: { nodes: { question: [0, 0], answer: [300, 0], reply: [600, 0] }, notes: [], groups: [] },
};
const { answer, ...others } = base.nodes;
const replaced: WorkflowDocument = {
  ...base,
  nodes: { ...others, sign: { type: 'set', version: 1, config: {} } },
  edges: [
    { from: 'question.text', to: 'sign.text' },
    { from: 'sign.text', to: 'reply.answer' },
  ],
  layout: { nodes: { question: [0, 0], sign: [310, 10], reply: [600, 0] }, notes: [], groups: [] },
};

describe('compareVersions', () => {
  it('shows removed and added nodes together, with a mark on each', () => {
    const { document, marks } = compareVersions(base, replaced);
    expect(Object.keys(document.nodes).sort()).toEqual(['answer', 'question', 'reply', 'sign']);
    expect([...marks.nodes]).toEqual([
      ['sign', 'added'],
      ['answer', 'removed'],
    ]);
    expect(document.edges).toHaveLength(4);
    expect([...marks.edges.values()].sort()).toEqual(['added', 'added', 'removed', 'removed']);
  });

  it('does not put a removed node over a present one', () => {
    const [x, y] = compareVersions(base, replaced).document.layout?.nodes['answer'] ?? [0, 0];
    expect([x, y > 100]).toEqual([300, true]);
  });

  it('keeps the edges of a renamed node', () => {
    const renamed: WorkflowDocument = {
      ...base,
      nodes: { ...others, writer: answer ?? { type: '', version: 1, config: {} } },
      edges: base.edges.map(({ from, to }) => ({
        from: from.replace('answer.', 'writer.'),
        to: to.replace('answer.', 'writer.'),
      })),
    };
    const { document, marks, diff } = compareVersions(base, renamed);
    expect([...marks.nodes]).toEqual([['writer', 'renamed']]);
    expect([document.edges.length, diff.edges.length]).toEqual([2, 0]);
  });

  it('summarises the differences', () => {
    expect(diffSummary(compareVersions(base, replaced).diff)).toBe('Nodes: 1 added, 1 removed · 4 edges');
    expect(diffSummary(compareVersions(base, base).diff)).toBe('No changes');
  });
});

describe('the texts of a difference', () => {
  it('name settings without their prefix, and leave out long common text', () => {
    expect([fieldName('config.model'), fieldName('run.retry')]).toEqual(['model', 'run.retry']);
    expect([fieldValue(undefined), fieldValue('a b'), fieldValue({ a: 1 })]).toEqual(['not set', 'a b', '{ "a": 1 }']);
    const long = 'x'.repeat(1000);
    expect(shortenSame(long, false, false).length).toBeLessThan(400);
    expect(shortenSame('short', false, false)).toBe('short');
    expect(shortenSame(long, true, false).startsWith(' …')).toBe(true);
  });
});

const check: PublishCheck = {
  isReady: true,
  nextVersion: 2,
  issues: [],
  testCount: 1,
  dataMap: [],
  dataMapHash: 'sha256:m',
  isDataMapAccepted: false,
  references: [],
  isChanged: true,
};
const report = (failed: number) => ({ passed: 0, failed, results: [] });

describe('publishing', () => {
  it('is blocked by issues, failing tests, an unread data map, a missing change and an invalid share', () => {
    const accepted = { ...firstChoice, isMapAccepted: true };
    expect(obstacleOf(check, undefined, firstChoice)).toMatch(/data/);
    expect(obstacleOf(check, undefined, accepted)).toBeUndefined();
    expect(obstacleOf(check, report(2), accepted)).toBe('2 tests failed.');
    expect(obstacleOf({ ...check, isChanged: false }, undefined, accepted)).toMatch(/no changes/);
    const issues = [{ severity: 'error', code: 'x', message: 'm' }] as unknown as PublishCheck['issues'];
    expect(obstacleOf({ ...check, issues }, undefined, accepted)).toBe('Fix the issue first.');
    expect(obstacleOf(check, undefined, { ...accepted, rollout: 'share', share: Number.NaN })).toMatch(/share/);
  });

  it('is blocked by the tests that the server reports as failed', () => {
    const details = { tests: report(1) };
    const refused = new ApiError('tests_failed', '1 of 1 tests fail.', 422, details);
    expect(failedTests(refused)?.failed).toBe(1);
    expect(obstacleOf(check, failedTests(refused), { ...firstChoice, isMapAccepted: true })).toBe('A test failed.');
    expect(failedTests(new ApiError('workflow_invalid', 'It does not compile.', 422, details))).toBeUndefined();
  });

  it('proposes a slug from the name of the workflow while the slug is still a generated one', () => {
    expect(firstSlug('new-workflow-2', 'Ask PubMed')).toBe('ask-pubmed');
    expect([firstSlug('handbook', 'Ask'), firstSlug('new-workflows', 'Ask')]).toEqual(['handbook', 'new-workflows']);
    expect(publishRequest(check, firstChoice, 'ask-pubmed')).toMatchObject({ slug: 'ask-pubmed' });
  });

  it('sends the data map that was read, and a canary only when one was chosen', () => {
    expect(publishRequest(check, { ...firstChoice, note: ' new ' })).toEqual({
      note: 'new',
      acceptDataMap: 'sha256:m',
      replyClearance: 'internal',
      goLive: true,
    });
    expect(publishRequest(check, { ...firstChoice, rollout: 'share', share: 25 })).toMatchObject({
      goLive: true,
      canary: { share: 0.25, maxErrorRate: 0.05 },
    });
    expect(publishRequest(check, { ...firstChoice, rollout: 'nobody' })).toMatchObject({ goLive: false });
  });
});
