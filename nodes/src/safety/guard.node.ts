import { defineNode, HeddleError, Json, labelOf, Passages, Text, type NodeContext } from '@heddle/core';
import { z } from 'zod';
import { findInjections, type Injection } from '../moderation/injections.js';
import { listOf } from '../fields/list-of.js';

const untrusted = labelOf('public', ['untrusted']);

const Config = z.object({
  marks: z
    .enum(['always', 'found'])
    .default('always')
    .meta({
      title: 'Mark as untrusted',
      description: 'After untrusted text, a run needs approval before its tools write, send, execute or spend.',
      labels: { always: 'Always', found: 'Only if something is found' },
    }),
  action: z
    .enum(['drop', 'keep', 'fail'])
    .default('drop')
    .meta({
      title: 'If instructions are found',
      labels: { drop: 'Leave out the passage or text', keep: 'Keep it, marked', fail: 'Fail' },
    }),
  classifier: z.string().max(256).default('').meta({
    title: 'Classifier',
    description: 'A model that detects prompt injections. Empty: rules only.',
    widget: 'model',
    modelKind: 'classify',
  }),
  labels: z
    .array(z.string().min(1).max(64))
    .max(16)
    .default(['INJECTION', 'injection', 'jailbreak'])
    .meta({ title: 'Labels of an injection' }),
  threshold: z.number().min(0).max(1).default(0.5).meta({ title: 'Min probability' }),
});
type Config = z.infer<typeof Config>;

export const guard = defineNode({
  type: 'guard',
  version: 1,
  category: 'safety',
  title: 'Guard',
  summary: 'Finds hidden instructions in retrieved text and tool results, and marks text as untrusted.',
  icon: 'shield-alert',
  keywords: listOf(`
      prompt injection, injection, jailbreak, guardrail, guardrails, security, attack, firewall, untrusted, protect,
      hidden instructions, shield
    `),
  role: 'step',
  effects: ['model'],
  help: `
Put it between external content (passages, web pages, replies of tools) and the model that reads it. Rules find text that addresses a model: to ignore its instructions, to play another role, to send data to an address, or to hide something from the user. They also find invisible characters.

No rule finds every attack. Therefore, by default, all text that passes is marked **untrusted**: the mark follows every edge, and a run with this mark needs approval before its tools write, send, execute or spend.
`.trim(),
  config: Config,
  inputs: { passages: Passages.optional().with({ title: 'Passages' }), text: Text.optional().with({ title: 'Text' }) },
  outputs: { passages: Passages, text: Text, report: Json.with({ title: 'Report' }) },
  example: { config: {}, inputs: { text: 'Everyone has 27 days of leave.' } },
  references: ({ classifier }) =>
    classifier === '' ? [] : [{ kind: 'classifier', id: classifier, field: 'classifier' }],
  async run({ config, inputs, context }) {
    const texts = [
      ...(inputs.passages ?? []).map(({ id, text }) => ({ id, text })),
      ...(inputs.text === undefined ? [] : [{ id: 'text', text: inputs.text }]),
    ];
    const found = await judge(texts, config, context);
    if (config.marks === 'always' || found.length > 0) context.raise(untrusted);
    const ids = new Set(found.map(({ id }) => id));
    const report = { read: texts.length, found: found.map((one) => ({ ...one })) };
    const summary =
      found.length === 0
        ? `Found nothing in ${texts.length} texts.`
        : `${ids.size} of ${texts.length} texts address the model: ${[...new Set(found.map(({ rule }) => rule))].join(', ')}.`;
    context.decide({ kind: 'guard', summary, details: report });
    if (found.length > 0 && config.action === 'fail')
      throw new HeddleError('moderation_blocked', summary, { details: report });
    const stays = (id: string): boolean => config.action === 'keep' || !ids.has(id);
    return {
      passages: inputs.passages?.filter(({ id }) => stays(id)),
      text: stays('text') ? inputs.text : undefined,
      report,
    };
  },
});

type Found = Injection & { readonly id: string };

async function judge(
  texts: readonly { readonly id: string; readonly text: string }[],
  config: Config,
  context: NodeContext,
): Promise<readonly Found[]> {
  const found = texts.flatMap(({ id, text }) => findInjections(text).map((injection): Found => ({ id, ...injection })));
  if (config.classifier === '' || texts.length === 0) return found;
  const classifier = await context.use('classifier', config.classifier);
  const scores = await classifier.classify(
    texts.map(({ text }) => text),
    { signal: context.signal },
  );
  texts.forEach(({ id }, index) => {
    const score = Math.max(0, ...config.labels.map((label) => scores[index]?.[label] ?? 0));
    if (score >= config.threshold) found.push({ id, rule: classifier.id, quote: `score ${score.toFixed(2)}` });
  });
  return found;
}
