import { compilePlan, parseDocument } from '@heddle/core';
import { catalog, node } from './trivial-workflows.mjs';
import { sample } from './shared.mjs';

export const cases = [
  {
    group: 'engine',
    name: 'compile',
    title: 'a document of 10,000 nodes and 9,999 edges to a plan',
    run: async () => {
      const nodes = { source: node('source'), sink: node('sink') };
      const edges = [
        { from: 'source.value', to: 'n0.value' },
        { from: 'n9997.value', to: 'sink.value' },
      ];
      for (let index = 0; index < 9_998; index += 1) {
        nodes[`n${index}`] = node('step');
        if (index > 0) edges.push({ from: `n${index - 1}.value`, to: `n${index}.value` });
      }
      const document = parseDocument({ heddle: 2, name: 'Bench', nodes, edges });
      return [
        {
          case: 'compile',
          unit: 'ms',
          samples: await sample(10, 1, () => {
            if (compilePlan(document, catalog).plan === undefined) throw new Error('no plan');
          }),
        },
      ];
    },
  },
];
