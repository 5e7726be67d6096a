import {
  decideRoute,
  defineNode,
  HeddleError,
  ImagePort,
  Json,
  Messages,
  Passages,
  RoutePolicy,
  Text,
  type CandidateFacts,
  type JsonObject,
  type RouteDecision,
  type RouteRequest,
} from '@heddle/core';
import { z } from 'zod';
import { difficultyOfRequest } from '../routing/difficulty-of-request.js';
import { routeRequest } from '../routing/route-request.js';
import { listOf } from '../fields/list-of.js';

const policy = RoutePolicy.shape;

const Config = z.object({
  policy: z.string().max(100).default('').meta({
    basic: true,
    title: 'Policy',
    description: 'A stored policy by name. Empty: the policy below.',
    widget: 'policy',
  }),
  candidates: policy.candidates.default([{ model: 'smollm2-135m', when: [] }]).meta({
    basic: true,
    title: 'Candidates',
    description: 'Models in order, each with its conditions.',
    widget: 'candidates',
  }),
  prefer: policy.prefer.meta({
    basic: true,
    title: 'Prefer',
    labels: {
      order: 'First',
      cheapest: 'Cheapest',
      fastest: 'Fastest',
      best: 'Best rated',
    },
  }),
  explore: policy.explore.meta({
    title: 'Explore',
    description: 'Share of calls that go to the second-best model, so that it is measured, too.',
  }),
  maxTokens: z.int().min(1).max(131_072).default(1024).meta({ title: 'Max answer tokens' }),
  needsTools: z.boolean().default(false).meta({ title: 'Needs tools' }),
  needsSchema: z.boolean().default(false).meta({ title: 'Needs a schema' }),
  otherwise: z
    .enum(['fail', 'none'])
    .default('fail')
    .meta({ basic: true, title: 'If no model remains', labels: { fail: 'Fail', none: 'Take the output none' } }),
});

export const route = defineNode({
  type: 'route',
  version: 1,
  category: 'logic',
  title: 'Route',
  summary: 'Chooses the model for a request by label, price, measured speed and quality, budget and load.',
  icon: 'route',
  keywords: listOf(`
      model router, llm router, router, routing, choose model, pick model, select model, model selection, cost,
      cheapest, price, load balancing, load balancer, litellm, policy, budget
    `),
  role: 'step',
  effects: ['model'],
  headline: 'prefer',
  help: `
Connect **model** to a **generate** or **reason** node, and **decision** to its **route**, so that the next candidate is used if a budget is spent in the meantime. **local** and **remote** also carry the id of the model, and only one of them has a value: for branches that handle both differently.

Under every policy, a model is never chosen for data above its clearance, for more tokens than its context, for images, tools or schemas that it does not support, while its connection is blocked after failures, or beyond a budget. The policy decides the rest: candidates in order, each with conditions such as *label at most internal* or *latency at most 800*. A fact without measurements does not exclude a candidate; an unknown price does.

A policy that was learned from an experiment knows the *difficulty* of a request: how likely the strong model answers it better. An embedding model reads the last message and the prompt for it. If it cannot, the difficulty is unknown, and conditions on it are not true.

Each decision is stored with the run: all facts, the excluded candidates with the reasons, and a summary.
`.trim(),
  config: Config,
  inputs: {
    prompt: Text.optional().with({ title: 'Prompt' }),
    messages: Messages.optional().with({ title: 'Messages' }),
    passages: Passages.optional().with({ title: 'Passages' }),
    image: ImagePort.optional().with({ title: 'Image' }),
    category: Text.optional().with({ title: 'Category', help: 'The category from a classify node.' }),
  },
  outputs: {
    model: Text.with({ title: 'Model' }),
    local: Text.with({ title: 'Local', help: 'The model, if it is local.' }),
    remote: Text.with({ title: 'Remote', help: 'The model, if it is of a connection.' }),
    decision: Json.with({ title: 'Decision' }),
  },
  example: { config: { candidates: [{ model: 'smollm2-135m' }] }, inputs: { prompt: 'Name a colour.' } },
  ports: ({ otherwise }) => (otherwise === 'none' ? { outputs: { none: Json.with({ title: 'None' }) } } : {}),
  check: ({ policy: name, candidates }) =>
    name !== ''
      ? []
      : candidates.flatMap(({ when }, index) =>
          when.some(({ fact }) => fact === 'difficulty')
            ? [
                {
                  field: `candidates.${index}.when`,
                  message: 'The difficulty of a request is known only to a policy that was learned.',
                  fix: 'Choose a learned policy, or remove the condition.',
                },
              ]
            : [],
        ),
  references: ({ policy: name, candidates }) =>
    name !== ''
      ? [{ kind: 'policy', id: name, field: 'policy' }]
      : candidates.map(({ model }, index) => ({
          kind: 'model' as const,
          id: model,
          field: `candidates.${index}.model`,
          isChoice: true,
        })),
  async run({ config, inputs, context }) {
    const routing = await context.use('routing');
    const rules =
      config.policy === ''
        ? { name: 'policy', candidates: config.candidates, prefer: config.prefer, explore: config.explore }
        : await routing.policy(config.policy);
    const needs = { maxTokens: config.maxTokens, tools: config.needsTools, schema: config.needsSchema };
    const request = {
      ...routeRequest(inputs, { label: context.label.level, ...needs }),
      difficulty: await difficultyOfRequest(rules, inputs, context),
    };
    const facts = await routing.facts([...new Set(rules.candidates.map(({ model }) => model))]);
    const decision = decideRoute(rules, request, facts, `${context.runId}:${context.path}`);
    const record = recordOf(rules, request, facts, decision);
    context.decide({ kind: 'route', summary: decision.summary, details: record });
    if (decision.model === undefined) {
      if (config.otherwise === 'none') return { none: record, decision: record };
      throw new HeddleError('route_no_candidate', decision.summary, { details: { excluded: decision.excluded } });
    }
    const isLocal = facts.find(({ model }) => model === decision.model)?.isLocal === true;
    return {
      model: decision.model,
      decision: record,
      ...(isLocal ? { local: decision.model } : { remote: decision.model }),
    };
  },
});

/**
 * Everything that the decision depends on, so that it can be repeated with another policy. Of a learned boundary, only its training and
 * size are recorded.
 */
function recordOf(
  rules: RoutePolicy,
  request: RouteRequest,
  facts: readonly CandidateFacts[],
  decision: RouteDecision,
): JsonObject {
  const { boundary, ...policy } = rules;
  const learned = boundary === undefined ? {} : { boundary: { training: boundary.training, rows: boundary.rows } };
  const copy: unknown = JSON.parse(JSON.stringify({ ...decision, request, facts, policy: { ...policy, ...learned } }));
  return copy as JsonObject; // It went through JSON, so it is plain data.
}
