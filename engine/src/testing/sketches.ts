import type { Sketch } from './harness.js';

/** Four nodes in a row. */
export const chain: Sketch = {
  nodes: { s: 'in', a: 'do', b: 'do', e: 'out' },
  edges: ['s.value -> a.in', 'a.out -> b.in', 'b.out -> e.value'],
};

/** Two nodes in a row, the first without inputs. */
export const pair: Sketch = {
  nodes: { a: { type: 'do', config: { inputs: [] } }, b: 'do', e: 'out' },
  edges: ['a.out -> b.in', 'b.out -> e.value'],
};

/** One node without inputs, and a sink. */
export const single: Sketch = {
  nodes: { a: { type: 'do', config: { inputs: [] } }, e: 'out' },
  edges: ['a.out -> e.value'],
};

/** The inner workflow of `nested`: it passes its input through `x`. */
export const inner: Sketch = {
  nodes: { s: 'in', x: 'do', e: 'out' },
  edges: ['s.value -> x.in', 'x.out -> e.value'],
};

/** One node that may run `#inner`. */
export const nested: Sketch = {
  nodes: { a: { type: 'do', config: { inputs: [], workflow: '#inner' } }, e: 'out' },
  edges: ['a.out -> e.value'],
  workflows: { inner },
};

/** A node that streams to its outputs. */
export const writer = (outputs: string[] = ['text$']) => ({ type: 'do', config: { inputs: [], outputs } });

/** A node that reads a stream and writes one. */
export const reader = { type: 'do', config: { inputs: ['text~'], outputs: ['out$'] } };

/** A writer whose stream goes through a reader to the output of the run. */
export const piped = { nodes: { p: writer(), c: reader, e: 'out' }, edges: ['p.text -> c.text', 'c.out -> e.value'] };

/** The question that the nodes of tests ask a person. */
export const question = {
  title: 'May I?',
  schema: { type: 'object', properties: { yes: { type: 'boolean' } }, required: ['yes'] },
};
