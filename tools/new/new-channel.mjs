import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { editFile, insertAfterLast, insertBefore } from './edit-file.mjs';
import { toClassName, toTitle } from './names.mjs';

/** The spec that lists how each route is audited. */
const audited = 'server/src/audit/routes-audit.spec.ts';

/**
 * Creates a channel for callers of published workflows: a controller, a service, a module and a spec. Adds the module to the server, the
 * route to the audit spec, the folder to the README, and a section to the page about channels. Returns the paths of changed files.
 */
export function newChannel(root, name) {
  const channels = findChannels(root);
  const folder = `server/src/${channels}/${name}`;
  const created = [
    [`${folder}/${name}.controller.ts`, controllerText(name)],
    [`${folder}/${name}.service.ts`, serviceText(name, channels)],
    [`${folder}/${name}.module.ts`, moduleText(name)],
    [`${folder}/${name}.spec.ts`, specText(name)],
  ];
  mkdirSync(join(root, folder));
  for (const [path, text] of created) writeFileSync(join(root, path), text);
  const page = `docs/${channels}.md`;
  const readme = `server/src/${channels}/README.md`;
  editFile(join(root, 'server/src/heddle.module.ts'), (text) => addModule(text, name, `./${channels}/${name}`));
  editFile(join(root, audited), (text) =>
    insertBefore(
      text,
      'const recordedElsewhere',
      '};\n',
      `  'POST /api/${name}/:workflow': 'starts a run, which is recorded',\n`,
    ),
  );
  editFile(join(root, readme), (text) =>
    insertAfterLast(text, /^\| `/, `| \`${name}/\` | published workflows at \`/api/${name}\` |`),
  );
  editFile(join(root, page), (text) => `${text.trimEnd()}\n${sectionText(name)}`);
  return [...created.map(([path]) => path), 'server/src/heddle.module.ts', audited, readme, page];
}

/** Finds the folder of the server's channels by the files that all channels use. */
function findChannels(root) {
  const source = join(root, 'server/src');
  const found = readdirSync(source).find((folder) => existsSync(join(source, folder, 'follow-run.ts')));
  if (found === undefined) throw new Error('No folder of server/src has follow-run.ts.');
  return found;
}

function addModule(text, name, folder) {
  const type = `${toClassName(name)}Module`;
  const line = `import { ${type} } from '${folder}/${name}.module.js';`;
  const imported = insertAfterLast(text, /^import .+\.module\.js';$/, line);
  return insertBefore(imported, 'const features', '];\n', `  ${type},\n`);
}

function controllerText(name) {
  const type = toClassName(name);
  return `import type { Principal } from '@heddle/core';
import { Body, Controller, HttpCode, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Caller } from '../../auth/caller.js';
import { ReplySignals } from '../../auth/rights/reply-signals.js';
import { Access } from '../../http/access.js';
import { TakesValues } from '../../http/bodies/body-bounds.js';
import { Reply } from '../../http/reply.js';
import { ${type}Service } from './${name}.service.js';

const ${type}Request = z
  .strictObject({ inputs: z.record(z.string(), z.unknown()).default({}) })
  .meta({ id: '${type}Request' });
type ${type}Request = z.infer<typeof ${type}Request>;

const ${type}Reply = z
  .object({ runId: z.string(), outputs: z.record(z.string(), z.unknown()) })
  .meta({ id: '${type}Reply' });
type ${type}Reply = z.infer<typeof ${type}Reply>;

/** Runs the live version of a workflow and answers with its outputs. */
@Controller('api/${name}')
export class ${type}Controller {
  constructor(
    private readonly service: ${type}Service,
    private readonly signals: ReplySignals,
  ) {}

  @Post(':workflow')
  @HttpCode(200)
  @TakesValues('inputs')
  @Access('run:published', { kind: 'workflow', param: 'workflow' })
  @Reply(${type}Reply)
  run(
    @Param('workflow') slug: string,
    @Body({ schema: ${type}Request }) { inputs }: ${type}Request,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<${type}Reply> {
    return this.service.run(slug, inputs, caller, this.signals.open(reply));
  }
}
`;
}

function serviceText(name, channels) {
  const type = toClassName(name);
  return `import { HeddleError, type Principal } from '@heddle/core';
import { Inject, Injectable } from '@nestjs/common';
import { RunHub } from '../../live/run-hub.js';
import { RunService } from '../../runs/run.service.js';
import { followRun, sourcesOf } from '../follow-run.js';
import { PUBLISHED, type Published } from '../published.js';

/** Starts published workflows and waits for their outputs. */
@Injectable()
export class ${type}Service {
  constructor(
    @Inject(PUBLISHED) private readonly published: Published,
    private readonly runs: RunService,
    private readonly hub: RunHub,
  ) {}

  /** Errors: \`not_published\`, \`input_*\`, \`label_refused\`, and those of the run. */
  async run(
    slug: string,
    inputs: Readonly<Record<string, unknown>>,
    principal: Principal,
    signal: AbortSignal,
  ): Promise<{ readonly runId: string; readonly outputs: Record<string, unknown> }> {
    const workflow = await this.published.find(slug, principal);
    if (workflow === undefined)
      throw new HeddleError('not_published', \`No version of '\${slug.slice(0, 80)}' is live: publish it.\`);
    const { version } = workflow;
    const { runId } = await this.published.start({ slug, version, inputs, principal, ${channels.slice(0, -1)}: '${name}' });
    const sources = sourcesOf(this.hub, this.runs);
    for await (const part of followRun({ ...sources, ...workflow, runId, signal }))
      if (part.type === 'result') return { runId, outputs: { ...part.outputs } };
    throw new HeddleError('stream_incomplete', \`The run \${runId} ended without a result.\`);
  }
}
`;
}

function moduleText(name) {
  const type = toClassName(name);
  return `import { Module } from '@nestjs/common';
import { LiveModule } from '../../live/live.module.js';
import { RunsModule } from '../../runs/runs.module.js';
import { ${type}Controller } from './${name}.controller.js';
import { ${type}Service } from './${name}.service.js';

/** Published workflows at \`/api/${name}\`. */
@Module({ imports: [LiveModule, RunsModule], controllers: [${type}Controller], providers: [${type}Service] })
export class ${type}Module {}
`;
}

function specText(name) {
  return `import { afterEach, expect, it } from '@jest/globals';
import type { TestServer } from '../../testing/test-server.js';
import { openPublished } from '../testing/open-published.js';

let server: TestServer | undefined;
afterEach(() => server?.close());

it('runs a published workflow and answers with its outputs', async () => {
  server = await openPublished();
  const reply = await server.call('POST', '/api/${name}/echo', { inputs: { question: 'why' } });
  expect(reply.body).toEqual({ runId: expect.any(String), outputs: { answer: 'You asked: why' } });
  expect((await server.call('POST', '/api/${name}/absent', {})).status).toBe(404);
});
`;
}

function sectionText(name) {
  return `
## ${toTitle(name)}

\`POST /api/${name}/{workflow}\` with \`{ "inputs": { … } }\` runs the live version of a workflow and answers with \`runId\` and \`outputs\`.
A caller that disconnects receives nothing; the run goes on.
`;
}
