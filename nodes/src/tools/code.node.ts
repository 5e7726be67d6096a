import { defineNode, HeddleError, isPlainObject, Json, portOf } from '@heddle/core';
import { z } from 'zod';
import { convertTo } from '../fields/convert-to.js';
import { doubledNames, portName, portTypeField } from '../fields/field-name.js';
import { listOf } from '../fields/list-of.js';

const Input = z.object({
  name: portName.meta({ title: 'Name', description: 'The code reads it as input.name.' }),
  type: portTypeField('Json'),
  required: z.boolean().default(true).meta({ title: 'Required' }),
});
const Output = z.object({
  name: portName.meta({ title: 'Name', description: 'A key of the object that the code returns.' }),
  type: portTypeField('Json'),
});

export const code = defineNode({
  type: 'code',
  version: 1,
  category: 'tools',
  title: 'Code',
  summary: 'Runs JavaScript on the inputs in a sandbox.',
  icon: 'code',
  keywords: listOf(`
      javascript, js, node.js, nodejs, typescript, ts, script, scripting, function, custom code, program, eval,
      sandbox, formula, expression, logic, compute, calculate, calculation, math, maths, arithmetic
    `),
  standsFor: [
    {
      names: listOf('python, py, pandas, ruby, php, java, bash, c#'),
      note: 'There is no node for other languages: Code runs JavaScript.',
    },
    {
      names: listOf('regex, regexp, regular expression, replace text, substring, uppercase, lowercase, trim'),
      note: 'There is no node for it: Code does it with a line of JavaScript.',
    },
    {
      names: listOf(`
      date, time, datetime, date format, xml, yaml, base64, hash, uuid, random, sum, average, count, filter list,
      sort list, unique, calculator, wasm
    `),
      note: 'There is no node for it: Code does it in JavaScript.',
    },
  ],
  role: 'step',
  effects: ['process'],
  headline: 'code',
  help: `
The code is the body of a function with the parameter \`input\`. Its return value becomes the output:

\`\`\`js
const total = input.value.items.reduce((sum, item) => sum + item.price, 0);
return { total, isLarge: total > 100 };
\`\`\`

Without outputs in the settings, the return value leaves as **result**. With outputs, the code returns an object, and each output takes the key with its name. An output without a key is dropped, so code can route.

The code runs in a small JavaScript engine in a separate process: no network, no files, no timers, no modules; JSON in and JSON out. Its timeout counts processor time, so a busy machine does not cause it. A timeout is \`code_timeout\`, too much memory \`code_memory\`, and an exception \`code_error\` with its line.
`.trim(),
  config: z.object({
    code: z.string().max(100_000).default('return input.value;').meta({ title: 'Code', widget: 'code' }),
    inputs: z
      .array(Input)
      .max(50)
      .default([Input.parse({ name: 'value' })])
      .meta({ title: 'Inputs' }),
    outputs: z
      .array(Output)
      .max(50)
      .default([])
      .meta({ title: 'Outputs', description: 'Empty: the return value leaves as result.' }),
    timeoutMs: z.int().min(10).max(60_000).default(1_000).meta({ title: 'Timeout', widget: 'duration' }),
  }),
  inputs: {},
  outputs: {},
  example: { config: { code: 'return input.value.map((word) => word.length);' }, inputs: { value: ['one', 'three'] } },
  ports: ({ inputs, outputs }) => ({
    inputs: Object.fromEntries(
      inputs.map(({ name, type, required }) => [name, required ? portOf(type) : portOf(type).optional()]),
    ),
    outputs:
      outputs.length === 0
        ? { result: Json }
        : Object.fromEntries(outputs.map(({ name, type }) => [name, portOf(type)])),
  }),
  check: ({ inputs, outputs }) => [...doubledNames(inputs, 'inputs'), ...doubledNames(outputs, 'outputs')],
  async run({ config, inputs, context }) {
    const sandbox = await context.use('sandbox');
    const result = await sandbox.run(config.code, inputs, { timeoutMs: config.timeoutMs, signal: context.signal });
    if (config.outputs.length === 0) return { result: result ?? null };
    if (!isPlainObject(result)) {
      throw new HeddleError(
        'code_error',
        `The code must return an object with the keys ${config.outputs.map(({ name }) => name).join(', ')}: it returned something else.`,
      );
    }
    const taken = config.outputs.filter(({ name }) => Object.hasOwn(result, name) && result[name] !== undefined);
    return Object.fromEntries(taken.map(({ name, type }) => [name, convertTo(type, result[name])]));
  },
});
