import { defineNode } from '@heddle/core';
import { z } from 'zod';
import { noWorkflow, workflowField } from '../fields/workflow-field.js';
import { listOf } from '../fields/list-of.js';

export const workflow = defineNode({
  type: 'workflow',
  version: 1,
  category: 'logic',
  title: 'Workflow',
  summary: 'Runs another workflow as one step of this one.',
  icon: 'workflow',
  keywords: listOf(`
      subworkflow, sub-workflow, sub workflow, subflow, sub flow, subgraph, flow, call workflow, execute workflow,
      run workflow, nested, reuse, component, module, chain
    `),
  role: 'step',
  effects: [],
  headline: 'workflow',
  help: `
The inputs and outputs of the workflow become those of this node. It runs as a nested run that you can open on the canvas; its results are kept when an interrupted run continues.

Use \`#name\` for a workflow inside the same document, and the slug for a stored workflow. A workflow cannot run itself: use a loop edge to repeat.
`.trim(),
  config: z.object({ workflow: workflowField }),
  inputs: {},
  outputs: {},
  example: { config: { workflow: '#check-answer' } },
  references: (config) =>
    config.workflow === '' ? [] : [{ kind: 'workflow', id: config.workflow, field: 'workflow' }],
  interfaceOf: (config) => (config.workflow === '' ? undefined : config.workflow),
  check: (config) => (config.workflow === '' ? [noWorkflow] : []),
  async run({ config, inputs, context }) {
    const { outputs } = await context.run('run', config.workflow, inputs);
    return outputs;
  },
});
