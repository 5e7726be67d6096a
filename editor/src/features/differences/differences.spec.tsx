/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { diffDocuments, edgeId, parseDocument, type WorkflowDocument } from '@heddle/core';
import fc from 'fast-check';
import { act } from 'react';
import { all, one, pageText, press, texts } from '../../ui/testing/fake-person.js';
import { openFakePage, type FakePage } from '../../ui/testing/fake-page.js';
import { compareVersions } from './diff-marks.js';
import { DiffList } from './DiffList.js';
import { DiffTag } from './DiffTag.js';
import { diffSummary, fieldName, fieldValue, shortenSame } from './field-text.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

const node = (type: string, config: Record<string, unknown> = {}) => ({ type, version: 1, config });
const before = parseDocument({
  heddle: 2,
  name: 'Letters',
  nodes: {
    ask: node('input'),
    write: node('generate', { prompt: 'Write a short letter to the customer.', temperature: 0 }),
    check: node('judge'),
  },
  edges: [
    { from: 'ask.text', to: 'write.prompt' },
    { from: 'write.text', to: 'check.text' },
  ],
  layout: { nodes: { ask: [0, 0], write: [400, 0], check: [800, 0] } },
});
type Nodes = WorkflowDocument['nodes'];
const without = (id: string): WorkflowDocument => {
  const { [id]: _gone, ...nodes } = before.nodes;
  return {
    ...before,
    nodes,
    edges: before.edges.filter(({ from, to }) => !from.startsWith(`${id}.`) && !to.startsWith(`${id}.`)),
    layout: { nodes: { ask: [0, 0], write: [400, 0] }, notes: [], groups: [] },
  };
};
const configured = (config: Record<string, unknown>): WorkflowDocument => ({
  ...before,
  nodes: { ...before.nodes, write: { ...(before.nodes['write'] as Nodes[string]), config } },
});

let page: FakePage;
let shown: string[];
beforeEach(() => {
  shown = [];
  page = openFakePage(() => undefined);
});
afterEach(() => page.leave());
const show = (after: WorkflowDocument, chosen?: string, isShowing = true): Promise<void> =>
  act(async () =>
    page.root.render(
      <DiffList
        diff={diffDocuments(before, after)}
        titleOf={(id) => (id === 'write' ? 'Write <it>' : id)}
        chosen={chosen}
        onShow={isShowing ? (id) => void shown.push(id) : undefined}
      />,
    ),
  );

describe('the changes between two versions', () => {
  it('are none when both are the same, and only positions when only positions changed', async () => {
    await show(before);
    expect(pageText()).toBe('No changes.');
    await show({ ...before, layout: { nodes: { ask: [5, 5] }, notes: [], groups: [] } });
    expect(pageText()).toBe('Only positions on the canvas changed.');
  });

  it('name a removed node with its edges, and lead to it', async () => {
    await show(without('check'), 'check');
    expect(texts('.diff-item h3')).toEqual(['−Removed: check judge', '−Removed: write.text → check.text']);
    expect(one('[data-chosen]').getAttribute('data-diff')).toBe('removed');
    await press(one('.diff-show'));
    expect(shown).toEqual(['check']);
  });

  it('name an added node', async () => {
    await show({ ...before, nodes: { ...before.nodes, send: node('http') } });
    expect(texts('.diff-item h3')).toEqual(['+Added: send http']);
  });

  it('show a prompt word by word, and other settings before and after', async () => {
    await show(configured({ prompt: 'Write a long letter to the customer.', temperature: 0.7, seed: 0 }));
    expect(texts('.diff-name')).toEqual(['Write <it>']);
    expect(texts('dt').sort()).toEqual(['prompt', 'seed', 'temperature']);
    expect(texts('del')).toContain('short');
    expect(texts('ins')).toContain('long');
    expect(texts('ins')).toContain('0.7');
    expect(texts('del')).toContain('0');
  });

  it('show a text with nothing in common as two texts', async () => {
    await show(configured({ prompt: 'Summarise.', temperature: 0 }));
    expect(texts('del')).toEqual(['Write a short letter to the customer.']);
    expect(texts('ins')).toEqual(['Summarise.']);
  });

  it('say that a setting is no longer set, and show markup in a value as text', async () => {
    await show(configured({ prompt: '<img src=x onerror=alert(1)>' }));
    expect(pageText()).toContain('not set');
    expect(pageText()).toContain('<img src=x onerror=alert(1)>');
    expect(all('img')).toEqual([]);
  });

  it('have no buttons without a canvas', async () => {
    await show(without('check'), undefined, false);
    expect(all('button')).toEqual([]);
  });

  it('include the workflow itself and its inner workflows', async () => {
    const inner = { nodes: { a: node('input') }, edges: [] };
    await show({ ...before, name: 'Mail', workflows: { part: inner } });
    expect(texts('.diff-item h3')).toEqual(['~Changed: Workflow', '+Added: Inner workflow part']);
  });
});

describe('two versions in one picture', () => {
  it('keep a removed node at its old position, marked as removed', () => {
    const { document, marks } = compareVersions(before, without('check'));
    expect(Object.keys(document.nodes)).toEqual(['ask', 'write', 'check']);
    expect(document.layout?.nodes['check']).toEqual([800, 0]);
    expect([marks.nodes.get('check'), marks.edges.get('write.text->check.text')]).toEqual(['removed', 'removed']);
    expect(document.edges.map(edgeId)).toContain('write.text->check.text');
  });

  it('move a removed node below the node that has its position now', () => {
    const after = without('check');
    const { document } = compareVersions(before, {
      ...after,
      layout: { nodes: { ask: [0, 0], write: [810, 20] }, notes: [], groups: [] },
    });
    const [x, y] = document.layout?.nodes['check'] ?? [0, 0];
    expect([x, y > 150]).toEqual([800, true]);
  });

  it('show the version without marks when both are the same', () => {
    const { document, marks, diff } = compareVersions(before, before);
    expect(document).toEqual(before);
    expect([marks.nodes.size, marks.edges.size, diff.isSame]).toEqual([0, 0, true]);
  });

  it('mark a node with another id as renamed', () => {
    const { check: old, ...others } = before.nodes;
    const after = {
      ...before,
      nodes: { ...others, verify: old as Nodes[string] },
      edges: [
        { from: 'ask.text', to: 'write.prompt' },
        { from: 'write.text', to: 'verify.text' },
      ],
    };
    const { document, marks } = compareVersions(before, after);
    expect(marks.nodes.get('verify')).toBe('renamed');
    expect(Object.keys(document.nodes)).not.toContain('check');
  });
});

describe('texts about a change', () => {
  it.each([
    ['config.model', 'model'],
    ['config.auth.secret', 'auth.secret'],
    ['run.retry.attempts', 'run.retry.attempts'],
    ['title', 'title'],
  ])('call the field %s %s', (path, name) => {
    expect(fieldName(path)).toBe(name);
  });

  it.each([
    [undefined, 'not set'],
    [null, 'null'],
    ['', ''],
    [0, '0'],
    [false, 'false'],
    [[1, { a: 2 }], '[ 1, { "a": 2 } ]'],
  ])('write the value %p as %s', (value, expected) => {
    expect(fieldValue(value)).toBe(expected);
  });

  it.each([
    ['nothing', before, 'No changes'],
    ['a removed node', without('check'), 'Nodes: 1 removed · 1 edge'],
    ['a changed node', configured({}), 'Nodes: 1 changed'],
    ['the name', { ...before, name: 'Mail' }, 'name'],
    ['a position', { ...before, layout: { nodes: {}, notes: [], groups: [] } }, 'Only positions on the canvas changed'],
  ])('sum up %s', (_what, after, expected) => {
    expect(diffSummary(diffDocuments(before, after))).toBe(expected);
  });

  it('shorten unchanged text, and keep the part beside a change', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 2000 }), fc.boolean(), fc.boolean(), (text, isFirst, isLast) => {
        const short = shortenSame(text, isFirst, isLast);
        expect(short.length).toBeLessThanOrEqual(Math.max(text.length, 3));
        if (!isLast) expect(text.endsWith(short.slice(-100))).toBe(true);
        if (!isFirst) expect(text.startsWith(short.slice(0, 100))).toBe(true);
      }),
    );
  });

  it.each([
    ['added', 'Added'],
    ['removed', 'Removed'],
    ['changed', 'Changed'],
    ['renamed', 'Renamed'],
    [undefined, ''],
  ] as const)('mark a node that is %s', async (mark, expected) => {
    await act(async () => page.root.render(<DiffTag mark={mark} />));
    expect(pageText()).toBe(expected);
  });
});
