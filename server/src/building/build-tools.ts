import { DraftChanges, HeddleError, jsonSchemaOf, type BuildTool, type StoredProposal } from '@heddle/core';
import { z } from 'zod';
import type { Builder } from './builder.js';
import type { BuildService, Draft } from './build.service.js';
import { shownTests, type ProposalService } from './proposals/proposal.service.js';

/** The services that the tools use. */
export interface BuildServices {
  readonly build: BuildService;
  readonly proposals: ProposalService;
}

/** A tool that builders can call, with the schema of its arguments. */
export interface OfferedTool extends BuildTool {
  call(services: BuildServices, builder: Builder, args: unknown): Promise<unknown>;
}

const workflow = z.string().min(1).max(128).meta({ description: 'Id or slug of a workflow of list_workflows.' });
const inputs = z
  .record(z.string(), z.unknown())
  .optional()
  .meta({ description: 'Inputs by name. Required ones that are missing get samples.' });
const seconds = z
  .int()
  .min(1)
  .max(300)
  .optional()
  .meta({ description: 'The run ends after this time; 120 by default.' });
const revision = z
  .int()
  .positive()
  .meta({ description: 'The revision that you have read: another one is a conflict.' });
const note = z
  .string()
  .max(5_000)
  .default('')
  .meta({ description: 'What changes and why, for the person who decides.' });

function tool<Shape extends z.ZodType>(
  about: Pick<BuildTool, 'name' | 'title' | 'description' | 'isReadOnly'>,
  input: Shape,
  call: (services: BuildServices, builder: Builder, args: z.infer<Shape>) => Promise<unknown>,
): OfferedTool {
  let schema: BuildTool['inputSchema'] | undefined;
  return {
    ...about,
    // Computed when somebody first lists the tools, so that the start of the server does not wait for it.
    get inputSchema() {
      return (schema ??= jsonSchemaOf(input));
    },
    call: async (services, builder, args) => call(services, builder, checked(about.name, input, args)),
  };
}

function checked<Shape extends z.ZodType>(name: string, input: Shape, args: unknown): z.infer<Shape> {
  const parsed = input.safeParse(args ?? {});
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues
    .slice(0, 5)
    .map(({ path, message }) => `${path.join('.') || 'arguments'}: ${message}`);
  throw new HeddleError('bad_request', `The arguments of ${name} do not fit: ${problems.join('; ')}.`);
}

const readOnly = { isReadOnly: true } as const;
const changing = { isReadOnly: false } as const;

/** Tools that read node types. */
const nodeTools: readonly OfferedTool[] = [
  tool(
    {
      name: 'list_node_types',
      title: 'List node types',
      ...readOnly,
      description:
        'Lists node types with their ports. Search with plain words, such as "search documents" or "ask a person".',
    },
    z.strictObject({ search: z.string().max(200).optional(), category: z.string().max(50).optional() }),
    ({ build }, _builder, asked) => Promise.resolve({ nodeTypes: build.nodeTypes(asked) }),
  ),
  tool(
    {
      name: 'read_node_type',
      title: 'Read a node type',
      ...readOnly,
      description:
        'A node type with the JSON schema of its settings, its defaults, ports, documentation and an example.',
    },
    z.strictObject({ type: z.string().min(1).max(128) }),
    (services, _builder, { type }) => new Promise((resolve) => resolve(services.build.nodeType(type))),
  ),
];

/** Tools that read stored workflows and runs. */
const readTools: readonly OfferedTool[] = [
  tool(
    {
      name: 'list_workflows',
      title: 'List workflows',
      ...readOnly,
      description: 'The workflows of the project, with the errors of their drafts.',
    },
    z.strictObject({}),
    async ({ build }, builder) => ({ workflows: await build.list(builder) }),
  ),
  tool(
    {
      name: 'read_workflow',
      title: 'Read a workflow',
      ...readOnly,
      description:
        'The draft of a workflow, its revision and its issues. Keys, and values above your clearance, are hidden.',
    },
    z.strictObject({ workflow }),
    ({ build }, builder, asked) => build.read(builder, asked.workflow),
  ),
  tool(
    {
      name: 'explain_run',
      title: 'Explain a run',
      ...readOnly,
      description: 'How a run ended: the failed step with its code, and what usually repairs it.',
    },
    z.strictObject({ run: z.string().min(1).max(100) }),
    ({ build }, builder, { run }) => build.explain(builder, run),
  ),
];

/** Tools for one draft; another function finds the draft. */
interface DraftTools<Named extends z.ZodRawShape> {
  readonly named: Named;
  readonly nameOf: (what: string) => string;
  readonly find: (services: BuildServices, builder: Builder, args: Readonly<Record<string, unknown>>) => Promise<Draft>;
}

function draftTools<Named extends z.ZodRawShape>({ named, nameOf, find }: DraftTools<Named>): readonly OfferedTool[] {
  return [
    tool(
      {
        name: nameOf('compile'),
        title: 'Compile',
        ...readOnly,
        description:
          'Every issue of the draft with its location and what to do, its interface, and the ports of each node.',
      },
      z.strictObject({ ...named }),
      async (services, builder, args) => services.build.compileDraft(builder, await find(services, builder, args)),
    ),
    tool(
      {
        name: nameOf('run'),
        title: 'Run with samples',
        ...changing,
        description:
          'Runs the draft with your inputs and samples. Models and collections answer and cost money. Nothing is sent or written: such nodes give samples.',
      },
      z.strictObject({ ...named, inputs, seconds }),
      async (services, builder, args) => {
        const asked = z.looseObject({ inputs, seconds }).parse(args);
        return services.build.run(builder, await find(services, builder, args), {
          inputs: asked.inputs,
          seconds: asked.seconds,
        });
      },
    ),
    tool(
      {
        name: nameOf('test'),
        title: 'Run the tests',
        ...changing,
        description:
          'Runs the tests of the workflow on the draft: which pass, and which assertion of the others fails.',
      },
      z.strictObject({ ...named }),
      async (services, builder, args) => {
        const tests = await services.build.test(builder, await find(services, builder, args));
        return tests === undefined ? { tests: 'The workflow has no tests.' } : shownTests(tests);
      },
    ),
    tool(
      {
        name: nameOf('data_map'),
        title: 'Show the data map',
        ...readOnly,
        description:
          'Where the data of the draft goes, with the highest label that can get there: what leaves this machine first.',
      },
      z.strictObject({ ...named }),
      async (services, builder, args) => services.build.dataMap(builder, await find(services, builder, args)),
    ),
  ];
}

const storedTools = draftTools({
  named: { workflow },
  nameOf: (what) => `${what}_workflow`.replace('data_map_workflow', 'show_data_map'),
  find: async ({ build }, builder, args) => {
    const { id, document } = await build.stored(builder, z.looseObject({ workflow }).parse(args).workflow);
    return { document, workflow: id };
  },
});

/** Tools that change stored drafts, and tools that make proposals. */
const writeTools: readonly OfferedTool[] = [
  tool(
    {
      name: 'create_workflow',
      title: 'Create a workflow',
      ...changing,
      description:
        'Makes a draft, with the changes of a list made already. It answers with the document and its issues.',
    },
    z.strictObject({
      name: z.string().trim().min(1).max(200),
      description: z.string().max(10_000).optional(),
      changes: DraftChanges.optional(),
    }),
    ({ build }, builder, { changes = [], ...about }) => build.create(builder, { ...about, changes }),
  ),
  tool(
    {
      name: 'change_workflow',
      title: 'Change a workflow',
      ...changing,
      description:
        'Makes a list of changes in a draft, whole or not at all. It answers with the new document and its issues.',
    },
    z.strictObject({ workflow, revision, changes: DraftChanges }),
    ({ build }, builder, { workflow: name, revision: read, changes }) => build.change(builder, name, read, changes),
  ),
  tool(
    {
      name: 'propose_change',
      title: 'Propose a change',
      ...changing,
      description:
        'Proposes changes of a draft without making them: a person accepts the difference and the data map in the editor.',
    },
    z.strictObject({ workflow, changes: DraftChanges, note }),
    async ({ build, proposals }, builder, asked) => {
      const stored = await build.stored(builder, asked.workflow);
      const document = await build.changed(builder, stored.document, asked.changes);
      return proposalFor(await proposals.proposeDraft(builder, stored, document, asked.note));
    },
  ),
  tool(
    {
      name: 'propose_publish',
      title: 'Propose to publish',
      ...changing,
      description:
        'Proposes the draft as the next version. Nothing is published: a person accepts the difference and the data map in the editor.',
    },
    z.strictObject({ workflow, note }),
    async ({ proposals }, builder, asked) =>
      proposalFor(await proposals.proposePublish(builder, asked.workflow, asked.note)),
  ),
  tool(
    {
      name: 'read_proposal',
      title: 'Read a proposal',
      ...readOnly,
      description: 'Whether a person has decided about a proposal, or the draft changed meanwhile.',
    },
    z.strictObject({ proposal: z.string().min(1).max(64) }),
    async ({ proposals }, { principal }, { proposal }) =>
      proposalFor(await proposals.summary(await proposals.readable(principal, proposal))),
  ),
];

const proposalFor = ({
  id,
  kind,
  state,
  workflow: of,
  version,
  note: said,
}: Awaited<ReturnType<ProposalService['summary']>>) => ({
  proposal: id,
  kind,
  state,
  workflow: of,
  version,
  note: said,
  decide: `A person decides in the editor: /proposals/${id}`,
});

/** The tools of `/mcp/build` and `heddle build`. */
export const buildTools: readonly OfferedTool[] = [...nodeTools, ...readTools, ...storedTools, ...writeTools];

/** The tools of a chat: they read like the others, but change only the working copy of the chat. */
export function chatTools(proposal: () => Promise<StoredProposal>): readonly OfferedTool[] {
  const find = async (): Promise<Draft> => {
    const { body, workflow: of } = await proposal();
    return { document: body.document, workflow: of };
  };
  return [
    ...nodeTools,
    ...readTools,
    ...draftTools({ named: {}, nameOf: (what) => `${what}_draft`.replace('data_map_draft', 'show_data_map'), find }),
    tool(
      {
        name: 'read_draft',
        title: 'Read the draft',
        ...readOnly,
        description: 'The draft that you work on, and its issues.',
      },
      z.strictObject({}),
      async ({ build }, builder) => build.shown(builder, await find()),
    ),
    tool(
      {
        name: 'change_draft',
        title: 'Change the draft',
        ...changing,
        description:
          'Makes a list of changes in the draft, whole or not at all. It answers with the new document and its issues.',
      },
      z.strictObject({ changes: DraftChanges }),
      async ({ build, proposals }, builder, { changes }) => {
        const { id } = await proposal();
        return proposals.inOrder(id, async () => {
          const before = await proposal();
          const document = await build.changed(builder, before.body.document, changes);
          const { body, workflow: of } = await proposals.work(builder, before, { document });
          return build.shown(builder, { document: body.document, workflow: of });
        });
      },
    ),
  ];
}
