import type { ConfigProblem, NodeReference } from '@heddle/core';
import { z } from 'zod';
import { schemaCheck } from '../generation/read-json.js';

const isUse =
  (...uses: readonly string[]) =>
  (use: string): boolean =>
    uses.includes(use);

/** Tools that a workflow can rename. Tools of a tool server keep their approved names. */
const own = ['search', 'calculator', 'time', 'http', 'code', 'workflow'];

/** One entry of an agent's tools. */
export const ToolEntry = z.object({
  use: z
    .enum(['search', 'calculator', 'time', 'http', 'code', 'workflow', 'mcp'])
    .default('calculator')
    .meta({
      title: 'Tool',
      labels: {
        search: 'Search a collection',
        calculator: 'Calculator',
        time: 'Time',
        http: 'HTTP',
        code: 'Code',
        workflow: 'A workflow',
        mcp: 'A tool server (MCP)',
      },
    }),
  collection: z
    .string()
    .max(128)
    .default('')
    .meta({ title: 'Collection', widget: 'collection', onlyFor: { use: ['search'] } }),
  workflow: z
    .string()
    .max(128)
    .default('')
    .meta({ title: 'Workflow', widget: 'workflow', onlyFor: { use: ['workflow'] } }),
  server: z
    .string()
    .max(64)
    .default('')
    .meta({
      title: 'Server',
      description: 'A registered tool server.',
      widget: 'tool-server',
      onlyFor: { use: ['mcp'] },
    }),
  only: z
    .array(z.string().max(128).meta({ title: '', widget: 'tool' }))
    .max(100)
    .default([])
    .meta({
      title: 'Chosen tools',
      description: 'As server__tool. Empty: all approved tools.',
      onlyFor: { use: ['mcp'] },
    }),
  permission: z
    .enum(['allow', 'ask', 'deny'])
    .default('allow')
    .meta({ title: 'Permission', labels: { allow: 'Always', ask: 'After approval', deny: 'Never' } }),
  name: z
    .string()
    .regex(/^[A-Za-z0-9_-]{0,64}$/)
    .default('')
    .meta({ title: 'Name', description: 'The name for the model.', onlyFor: { use: own } }),
  description: z
    .string()
    .max(4_000)
    .default('')
    .meta({ title: 'Description', widget: 'text', onlyFor: { use: own } }),
  parameters: z
    .record(z.string(), z.unknown())
    .optional()
    .meta({
      title: 'Inputs',
      description: 'JSON schema of its inputs.',
      widget: 'schema',
      onlyFor: { use: ['workflow'] },
    }),
  changes: z
    .boolean()
    .default(true)
    .meta({
      title: 'Has effects',
      description: 'It writes, sends, executes or spends. It then needs an approval after untrusted text.',
      onlyFor: { use: ['workflow'] },
    }),
});
export type ToolEntry = z.infer<typeof ToolEntry>;

/** The references that the tools of a config make. */
export const toolReferences = (tools: readonly ToolEntry[]): readonly NodeReference[] =>
  tools.flatMap(({ use, collection, workflow, server, only }, index): NodeReference[] => {
    if (use === 'search' && collection !== '')
      return [{ kind: 'collection', id: collection, field: `tools.${index}.collection` }];
    if (use === 'workflow' && workflow !== '')
      return [{ kind: 'workflow', id: workflow, field: `tools.${index}.workflow` }];
    if (use === 'mcp' && server !== '')
      return [
        { kind: 'tool', id: server, field: `tools.${index}.server` },
        // The tool server is a reference too, and it has the destination.
        ...only.map((id) => ({ kind: 'tool' as const, id, field: `tools.${index}.only`, isChoice: true })),
      ];
    return use === 'http' ? [{ kind: 'network', id: '*', field: `tools.${index}.use` }] : [];
  });

/** Checks the rules for a list of tools that the schema cannot express. */
export const checkTools = (tools: readonly ToolEntry[]): readonly ConfigProblem[] =>
  tools.flatMap(({ use, collection, workflow, server, parameters }, index): ConfigProblem[] => {
    const missing = (field: string, what: string): ConfigProblem[] => [
      { field: `tools.${index}.${field}`, message: `No ${what} is chosen.`, fix: `Choose a ${what}, or another tool.` },
    ];
    if (isUse('search')(use) && collection === '') return missing('collection', 'collection');
    if (isUse('workflow')(use) && workflow === '') return missing('workflow', 'workflow');
    if (isUse('mcp')(use) && server === '') return missing('server', 'server');
    const problem = parameters === undefined ? undefined : schemaCheck(parameters);
    return typeof problem === 'string'
      ? [
          {
            field: `tools.${index}.parameters`,
            message: `This is not a valid JSON schema: ${problem}`,
            fix: 'Describe an object with "type", "properties" and "required".',
          },
        ]
      : [];
  });
