import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { WorkflowDocument } from '../document/workflow-document.js';
import { diffDocuments } from './diff-documents.js';
import { diffText } from './diff-text.js';
import { diffWords } from './diff-words.js';
import { mergeDocuments } from './merge-documents.js';

const base: WorkflowDocument = {
  heddle: 2,
  name: 'Ask',
  nodes: {
    question: { type: 'input', version: 1, config: {} },
    answer: {
      type: 'generate',
      version: 1,
      config: { model: 'small', system: 'Be brief and kind.', stop: ['a', 'b'] },
    },
    reply: { type: 'output', version: 1, config: {} },
  },
  edges: [
    { from: 'question.text', to: 'answer.prompt' },
    { from: 'answer.text', to: 'reply.answer' },
  ],
  layout: { nodes: { question: [0, 0] }, notes: [], groups: [] },
};
type Change = (document: WorkflowDocument) => void;
function changed(...changes: readonly Change[]): WorkflowDocument {
  const copy = structuredClone(base);
  for (const change of changes) change(copy);
  return copy;
}
const setModel =
  (model: string): Change =>
  (document) => {
    document.nodes['answer']!.config['model'] = model;
  };
const setSystem =
  (system: string): Change =>
  (document) => {
    document.nodes['answer']!.config['system'] = system;
  };
const rename: Change = (document) => {
  const { answer, ...rest } = document.nodes;
  document.nodes = { ...rest, writer: answer! };
  document.edges = document.edges.map((edge) => ({
    ...edge,
    from: edge.from.replace('answer.', 'writer.'),
    to: edge.to.replace('answer.', 'writer.'),
  }));
};
const remove =
  (id: string): Change =>
  (document) => {
    document.nodes = Object.fromEntries(Object.entries(document.nodes).filter(([name]) => name !== id));
    document.edges = document.edges.filter(({ from, to }) => !from.startsWith(`${id}.`) && !to.startsWith(`${id}.`));
  };

describe('diffWords', () => {
  it('marks removed and added words', () => {
    expect(diffWords('the red house', 'the blue house')).toEqual([
      { type: 'same', text: 'the ' },
      { type: 'removed', text: 'red ' },
      { type: 'added', text: 'blue ' },
      { type: 'same', text: 'house' },
    ]);
  });

  it('reproduces both texts from the changes', () => {
    const text = fc.array(fc.constantFrom('a ', 'b ', 'c\n', ' ', 'é', '😀 ')).map((words) => words.join(''));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const changes = diffWords(before, after);
        const side = (other: string): string =>
          changes.flatMap(({ type, text: part }) => (type === other ? [] : [part])).join('');
        expect([side('added'), side('removed')]).toEqual([before, after]);
      }),
    );
  });

  it('stays quick on two long texts that share nothing', () => {
    const words = (prefix: string): string =>
      Array.from({ length: 20_000 }, (_, index) => `${prefix}${index} `).join('');
    expect(diffWords(words('a'), words('b')).map(({ type }) => type)).toEqual(['removed', 'added']);
  });
});

describe('diffDocuments', () => {
  it('ignores positions and the order of keys', () => {
    const moved = changed((document) => {
      document.layout!.nodes['question'] = [9, 9];
      document.edges.reverse();
    });
    expect(diffDocuments(base, moved)).toMatchObject({ isSame: true, isLayoutChanged: true, nodes: [], edges: [] });
    expect(diffDocuments(base, structuredClone(base))).toMatchObject({ isSame: true, isLayoutChanged: false });
  });

  it('lists each changed setting, and the changed words of a text', () => {
    const { nodes } = diffDocuments(base, changed(setModel('large'), setSystem('Be brief and honest.')));
    expect(nodes).toEqual([
      {
        id: 'answer',
        change: 'changed',
        type: 'generate',
        fields: [
          expect.objectContaining({ path: 'config.model', before: 'small', after: 'large' }),
          expect.objectContaining({
            path: 'config.system',
            words: [
              { type: 'same', text: 'Be brief and ' },
              { type: 'removed', text: 'kind.' },
              { type: 'added', text: 'honest.' },
            ],
          }),
        ],
      },
    ]);
  });

  it('distinguishes a null setting from a missing one', () => {
    const nulled = changed((document) => {
      document.nodes['answer']!.config['seed'] = null;
    });
    expect(diffDocuments(base, nulled).nodes).toMatchObject([{ fields: [{ path: 'config.seed', after: null }] }]);
    expect(mergeDocuments(base, nulled, changed(setModel('large'))).document.nodes['answer']?.config).toMatchObject({
      seed: null,
      model: 'large',
    });
  });

  it('recognises a renamed node by its content and its edges', () => {
    expect(diffDocuments(base, changed(rename))).toMatchObject({
      nodes: [{ id: 'writer', change: 'renamed', from: 'answer' }],
      edges: [],
    });
  });

  it('lists added and removed nodes, edges and inner workflows, and formats them as text', () => {
    const other = changed(remove('reply'), (document) => {
      document.name = 'Ask twice';
      document.nodes['check'] = { type: 'code', version: 1, config: {} };
      document.edges.push({ from: 'answer.text', to: 'check.input', loop: { max: 3, atLimit: 'fail' } });
      document.workflows = { inner: { nodes: {}, edges: [] } };
    });
    expect(diffText(diffDocuments(base, other))).toBe(
      [
        '~ workflow name: [-Ask-]{+Ask twice+}',
        '+ node check (code)',
        '- node reply (output)',
        '+ edge answer.text → check.input',
        '- edge answer.text → reply.answer',
        '+ workflow #inner',
      ].join('\n'),
    );
    expect(diffText(diffDocuments(base, base))).toBe('No difference.');
  });
});

describe('mergeDocuments', () => {
  it('merges changes of different values without a conflict', () => {
    const mine = changed(setModel('large'), (document) => {
      document.nodes['note'] = { type: 'set', version: 1, config: {} };
    });
    const theirs = changed(setSystem('Be honest.'), remove('reply'));
    const { document, conflicts } = mergeDocuments(base, mine, theirs);
    expect(conflicts).toEqual([]);
    expect(Object.keys(document.nodes).sort()).toEqual(['answer', 'note', 'question']);
    expect(document.nodes['answer']?.config).toMatchObject({ model: 'large', system: 'Be honest.' });
    expect(document.edges).toEqual([{ from: 'question.text', to: 'answer.prompt' }]);
  });

  it('keeps mine and reports a conflict if both changed the same value', () => {
    const { document, conflicts } = mergeDocuments(base, changed(setModel('mine')), changed(setModel('theirs')));
    expect(document.nodes['answer']?.config['model']).toBe('mine');
    expect(conflicts).toEqual([{ path: 'nodes.answer.config.model', base: 'small', mine: 'mine', theirs: 'theirs' }]);
  });

  it('reports a conflict for a node that one side deleted and the other changed', () => {
    const { conflicts } = mergeDocuments(base, changed(remove('answer')), changed(setModel('theirs')));
    expect(conflicts.map(({ path }) => path)).toEqual(['nodes.answer']);
  });

  it('takes the chosen side of each conflict, and removes the edges of a removed node', () => {
    const choose = (theirs: Change, side: 'mine' | 'theirs') =>
      mergeDocuments(base, changed(setModel('mine')), changed(theirs), () => side).document;
    expect(choose(setModel('theirs'), 'theirs').nodes['answer']?.config['model']).toBe('theirs');
    expect(choose(setModel('theirs'), 'mine').nodes['answer']?.config['model']).toBe('mine');
    const gone = choose(remove('answer'), 'theirs');
    expect(Object.keys(gone.nodes)).not.toContain('answer');
    expect(gone.edges.filter(({ from, to }) => `${from} ${to}`.includes('answer.'))).toEqual([]);
    expect(choose(remove('answer'), 'mine').nodes['answer']?.config['model']).toBe('mine');
  });

  it('reports every difference as a conflict if there is no common base', () => {
    const { document, conflicts } = mergeDocuments(undefined, base, changed(setModel('theirs')));
    expect(conflicts.map(({ path }) => path)).toEqual(['nodes.answer.config.model']);
    expect(diffDocuments(document, base).isSame).toBe(true);
  });

  it('returns the changed side if only one side changed', () => {
    const change = fc.constantFrom<Change>(setModel('x'), setSystem('y'), rename, remove('reply'), remove('question'));
    fc.assert(
      fc.property(change, (apply) => {
        const other = changed(apply);
        expect(diffDocuments(mergeDocuments(base, other, base).document, other).isSame).toBe(true);
        expect(diffDocuments(mergeDocuments(base, base, other).document, other).isSame).toBe(true);
        expect(mergeDocuments(base, other, other).conflicts).toEqual([]);
      }),
    );
  });
});
