import { LabRequest, localPrincipal, Rubric, type WorkflowDocument } from '@heddle/core';
import type { Shown, TwoProjects } from '../testing/two-projects.js';

/** The members of replies that are read here. */
interface Said {
  readonly id?: unknown;
  readonly runId?: unknown;
  readonly summary?: { readonly runId?: unknown };
  readonly status?: unknown;
  readonly endedAt?: unknown;
  readonly task?: { readonly item: unknown };
  readonly test?: { readonly id: unknown };
  readonly judge?: unknown;
}

/** The kinds of the quality loop, by the route parameter that stands for them. Rows of the sweep name them. */
export type ThingName =
  | 'workflow'
  | 'run'
  | 'dataset'
  | 'experiment'
  | 'training'
  | 'lab'
  | 'replay'
  | 'queue'
  | 'item'
  | 'prompt'
  | 'alert'
  | 'channel'
  | 'monitor'
  | 'test'
  | 'judge';

/** The things of one project. `canary` occurs only in their values; `name` is their name. */
export interface QualityThings {
  readonly owner: Shown & { readonly id: string };
  readonly project: string;
  readonly canary: string;
  readonly name: string;
  readonly ids: Readonly<Record<ThingName, string>>;
}

/** A workflow that answers with its question. The prompt is a setting, so variants of an experiment can change it. */
export const answering = (name: string, label: 'internal' | 'confidential' = 'internal'): WorkflowDocument => ({
  heddle: 2,
  name,
  nodes: {
    question: { type: 'input', version: 1, config: { fields: [{ name: 'question', type: 'Text', label }] } },
    say: { type: 'prompt', version: 1, config: { template: '{{ question }}' } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'Text' }] } },
  },
  edges: [
    { from: 'question.question', to: 'say.question' },
    { from: 'say.text', to: 'reply.answer' },
  ],
});

/** Fills a project with one thing of each kind, through the API, as its owner. */
export async function fillWithQuality(
  house: TwoProjects,
  project: string,
  canary: string,
  label?: 'confidential',
): Promise<QualityThings> {
  const owner = house.person({ [project]: ['owner'] });
  const name = `named-${canary.slice(7)}`;
  const { heddle } = house.server;
  const call = async (method: string, path: string, body?: object): Promise<Said> => {
    const reply = await house.call(owner, method, path, body, project);
    if (reply.status >= 300) throw new Error(`${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
    return reply.body as Said;
  };
  const make = async (path: string, body: object): Promise<string> => String((await call('POST', path, body)).id);
  const { id: workflow } = await house.published(project, answering(name, label));
  const second = { acceptDataMap: true as const, goLive: false, note: 'The same once more.' };
  await heddle.publishing.versions.publish(workflow, second, localPrincipal);
  const started = await call('POST', `/api/workflows/${workflow}/runs?wait=1`, { inputs: { question: canary } });
  const run = String(started.runId ?? started.summary?.runId);
  await heddle.runs.settled(run);
  await call('POST', `/api/runs/${run}/feedback`, { thumb: 'up', comment: canary });
  const dataset = await make('/api/datasets', { name });
  await call('POST', `/api/datasets/${dataset}/runs`, { runs: [run] });
  const experiment = await make('/api/experiments', {
    name,
    dataset,
    evaluators: [{ kind: 'exact' }],
    variants: [{ workflow }, { workflow, set: { 'say.template': 'Q: {{ question }}' } }],
  });
  const ended = async (path: string, isOver: (body: Said) => boolean): Promise<void> => {
    while (!isOver(await call('GET', path))) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  await ended(`/api/experiments/${experiment}`, ({ status }) => status === 'done');
  const training = await make(`/api/experiments/${experiment}/route-trainings`, {
    cheap: 'v2',
    strong: 'v1',
    by: { kind: 'metric', metric: 'exact' },
    models: { cheap: 'small', strong: 'big' },
  });
  const replay = await make('/api/replays', { workflow });
  await ended(`/api/replays/${replay}`, ({ endedAt }) => endedAt !== undefined);
  const around = await fillAround({ call, make }, { run, name, canary });
  const monitor = await make('/api/monitors', { name, workflow, evaluators: [{ kind: 'refusal' }] });
  const arms = [1, 2].map((version) => ({ version, share: 0.5 }));
  const { test } = await call('POST', `/api/workflows/${workflow}/ab`, { primary: { name: 'feedback' }, arms });
  await call('PUT', '/api/gate', { rules: [{ kind: 'tests', id: 'tests', title: name, workflows: [workflow] }] });
  const evaluator = { kind: 'judge', config: { models: [name] } };
  const pairs = [{ subject: run, judge: 1, person: 1 }];
  const judged = await call('POST', '/api/evaluators/calibrations', { evaluator, pairs });
  const lab = await labOf(house, { dataset, project, owner: owner.id });
  const ids = { workflow, run, dataset, experiment, training, lab, replay, monitor, ...around };
  return {
    owner,
    project,
    canary,
    name,
    ids: { ...ids, test: String(test?.id), judge: String(judged.judge ?? judged.id) },
  };
}

/** Stores a lab that has ended. How a lab searches a collection is tested elsewhere. */
async function labOf(
  { server }: TwoProjects,
  of: { readonly dataset: string; readonly project: string; readonly owner: string },
): Promise<string> {
  const id = `l_${of.project}`;
  const request = LabRequest.parse({ collection: 'none', grid: { mode: ['dense'] } });
  const { labs, tables } = server.heddle.parts;
  await tables.commit(
    labs.write.insert({ id, ...of, version: 1, request, questions: 5, skipped: 0, createdAt: 0 }, []),
  );
  return id;
}

/** Adds what depends on a run at most: a queue with an item, a prompt, an alert and its channel. */
async function fillAround(
  api: {
    readonly call: (method: string, path: string, body?: object) => Promise<Said>;
    readonly make: (path: string, body: object) => Promise<string>;
  },
  { run, name, canary }: { readonly run: string; readonly name: string; readonly canary: string },
) {
  const { call, make } = api;
  const rubric = Rubric.parse({ hasText: true });
  const queue = await make('/api/annotation-queues', { name, rubric, clearance: 'restricted' });
  await call('POST', `/api/annotation-queues/${queue}/items`, { runs: [run] });
  const next = await call('POST', `/api/annotation-queues/${queue}/next`, {});
  const prompt = await make('/api/prompts', { name: 'asked', content: { kind: 'text', text: canary } });
  const condition = { kind: 'threshold', metric: 'runs', value: 1e9 };
  const alert = await make('/api/alerts', { name, condition });
  const channel = await make('/api/alert-channels', { kind: 'webhook', name, url: 'http://127.0.0.1:1/in' });
  return { queue, item: String(next.task?.item), prompt, alert, channel };
}
