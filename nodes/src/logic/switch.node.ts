import { defineNode, evaluateExpression, isTrue, Json, parseExpression, type Port } from '@heddle/core';
import { z } from 'zod';
import { expressionOf } from '../fields/expression-field.js';
import { doubledNames, portName } from '../fields/field-name.js';
import { listOf } from '../fields/list-of.js';

const Case = z.object({
  name: portName.meta({ title: 'Name', description: 'The output of the case.' }),
  when: expressionOf(['value', 'iteration']).meta({
    title: 'When',
    description: 'A condition on the value.',
    widget: 'expression',
  }),
});

export const switchNode = defineNode({
  type: 'switch',
  version: 1,
  category: 'logic',
  title: 'Switch',
  summary: 'Sends a value to one of several branches, by conditions.',
  icon: 'split',
  keywords: listOf(`
      if, else, if else, if/else, elseif, then, condition, conditional, conditions, branch, branching, case, router,
      when, decision, gateway, filter, gate, rule, rules
    `),
  role: 'step',
  effects: [],
  headline: 'cases.0.when',
  help: `
Each case is an output with a condition on \`value\`. The value leaves unchanged by the first case that matches, otherwise by **otherwise**; branches of the other outputs are skipped. With **All matching branches** it can leave by several.

Conditions read and compare values:

\`\`\`
value.score >= 0.7 && "urgent" in value.tags
startsWith(lower(value), "refund") || matches(value, "*money back*")
length(value.items) > 3 && !isEmpty(value.customer.name)
value == "yes"
\`\`\`

Operators: \`== != < <= > >= in && || ! + - * / %\`. Functions: \`length lower upper trim contains startsWith endsWith matches number text isEmpty exists round abs min max\`. In \`matches\`, \`*\` matches any text and \`?\` one character.

A path to a missing value is \`null\`: equal to \`null\`, and neither smaller nor larger than any value. A number and a text are never equal and cannot be compared by size: use \`number(value)\` if a model returns a number as text. Inside a loop, \`iteration.index\`, \`iteration.max\` and \`iteration.last\` describe the iteration.
`.trim(),
  config: z.object({
    cases: z
      .array(Case)
      .min(1)
      .max(50)
      .default([Case.parse({ name: 'yes', when: 'value == true' })])
      .meta({ title: 'Cases' }),
    otherwise: portName
      .default('otherwise')
      .meta({ title: 'Otherwise', description: 'Name of the output if no case matches.' }),
    all: z
      .boolean()
      .default(false)
      .meta({ title: 'All matching branches', description: 'Otherwise only the first one.' }),
  }),
  inputs: { value: Json },
  outputs: {},
  example: {
    config: { cases: [{ name: 'good', when: 'value.score >= 0.7' }] },
    inputs: { value: { score: 0.9, text: 'Fine' } },
    outputs: { good: { score: 0.9, text: 'Fine' } },
  },
  ports: ({ cases, otherwise }) => ({
    outputs: Object.fromEntries(
      [...cases.map(({ name }) => name), otherwise].map((name): [string, Port] => [
        name,
        Json.with({ sameAs: 'value' }),
      ]),
    ),
  }),
  check: ({ cases, otherwise }) => [
    ...doubledNames(cases, 'cases'),
    ...(cases.some(({ name }) => name === otherwise)
      ? [{ field: 'otherwise', message: `A case has the name '${otherwise}', too.`, fix: 'Give them different names.' }]
      : []),
  ],
  run({ config, inputs, context }) {
    const { value } = inputs;
    const { index, max, last } = context.iteration ?? { index: 0, max: 1, last: true };
    const scope = { value, iteration: { index, max, last } };
    const taken: Record<string, unknown> = {};
    for (const { name, when } of config.cases) {
      if (!isTrue(evaluateExpression(parseExpression(when), scope))) continue;
      taken[name] = value;
      if (!config.all) break;
    }
    if (Object.keys(taken).length === 0) taken[config.otherwise] = value;
    context.log.info(`Branches: ${Object.keys(taken).join(', ')}`);
    return taken;
  },
});
