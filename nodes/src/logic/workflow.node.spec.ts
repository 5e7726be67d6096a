import { describe, expect, it } from '@jest/globals';
import { runNode } from '@heddle/core/testing';
import { workflow } from './workflow.node.js';

describe('workflow', () => {
  it('runs the workflow it names with its inputs', async () => {
    const planInterface = (port: string) => ({ [port]: { type: 'Json', isOptional: false, mode: 'one' } as const });
    const run = await runNode(workflow, {
      config: { workflow: '#twice' },
      inputs: { n: 2 },
      interface: { inputs: planInterface('n'), outputs: planInterface('double') },
      nested: (_workflow, { n }) => ({ double: (n as number) * 2 }),
    });
    expect(run.outputs).toEqual({ double: 4 });
    expect(run.nested).toEqual([{ key: 'run', workflow: '#twice', inputs: { n: 2 } }]);
  });
});
