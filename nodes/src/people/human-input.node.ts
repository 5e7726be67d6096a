import {
  canonicalJson,
  defineNode,
  HeddleError,
  isPlainObject,
  Json,
  LabelLevel,
  declassifyLabel,
  Text,
  type JsonObject,
  type Label,
  type NodeContext,
  type Port,
} from '@heddle/core';
import { z } from 'zod';
import { doubledNames, portName } from '../fields/field-name.js';
import { schemaCheck } from '../generation/read-json.js';
import { hashOf } from '../tools/content-hash.js';
import { listOf } from '../fields/list-of.js';

const unitMs = { minutes: 60_000, hours: 3_600_000, days: 86_400_000 } as const;
const reserved: ReadonlySet<string> = new Set(['value', 'answer', 'by', 'overdue', 'error']);

const Config = z.object({
  title: z.string().min(1).max(500).default('Is this right?').meta({ basic: true, title: 'Question' }),
  body: z
    .string()
    .max(20_000)
    .default('')
    .meta({ basic: true, title: 'Explanation', description: 'Markdown.', widget: 'text' }),
  buttons: z
    .array(
      z.object({
        name: portName.meta({ title: 'Name', description: 'The output for this choice.' }),
        title: z.string().max(100).default('').meta({ title: 'Caption' }),
      }),
    )
    .max(10)
    .default([
      { name: 'approve', title: 'Approve' },
      { name: 'refuse', title: 'Refuse' },
    ])
    .meta({ basic: true, title: 'Buttons' }),
  form: z.record(z.string(), z.unknown()).optional().meta({
    basic: true,
    title: 'Form',
    description: 'JSON schema of an object: further fields to fill in.',
    widget: 'schema',
  }),
  assignee: z.string().max(200).default('').meta({
    basic: true,
    title: 'Who answers',
    description: 'The email address or the unique name of a user. Empty: everyone who may answer.',
    widget: 'person',
  }),
  due: z.number().min(0).max(10_000).default(0).meta({ title: 'Answer within', description: '0: no time limit.' }),
  remindAfter: z.number().min(0).max(10_000).default(0).meta({ title: 'Remind after', description: '0: never.' }),
  unit: z.enum(['minutes', 'hours', 'days']).default('hours').meta({ title: 'Unit' }),
  escalateTo: z.string().max(200).default('').meta({
    title: 'Escalate to',
    description: 'Who may also answer if there is no answer: an email address or a name.',
    widget: 'person',
  }),
  escalateAfter: z
    .number()
    .min(0)
    .max(10_000)
    .default(0)
    .meta({ title: 'Escalate after', description: '0: with the reminder.' }),
  declassifyFrom: LabelLevel.optional().meta({
    title: 'Approval declassifies up to',
    description: 'With the first button, the value leaves with a lower label and without the mark untrusted.',
  }),
  declassifyTo: LabelLevel.default('internal').meta({ title: 'Declassify to' }),
});
type Config = z.infer<typeof Config>;

export const humanInput = defineNode({
  type: 'human-input',
  version: 1,
  category: 'people',
  title: 'Human input',
  summary: 'Asks a person and waits for the answer.',
  icon: 'user-check',
  keywords: listOf(`
      human, human in the loop, hitl, approval, approve, approver, approvals, review, reviewer, person, people,
      user, manual, ask a person, ask user, confirm, confirmation, escalate, escalation, sign off, signoff, form,
      inbox, interrupt, feedback, four eyes
    `),
  role: 'step',
  effects: ['human'],
  declassifies: 'approval',
  headline: 'title',
  help: `
The run is suspended while it waits and uses no memory, also across restarts of Heddle. The card shows the input **value** with its hash and its label. The answer belongs to this value: if the value changes, the person is asked again.

Each **button** is an output, and the chosen output carries the value. The filled-in **form** leaves at **answer**, the name of the person at **by**. Reminders and escalations happen on time, also after a restart; each is an event of the run and a mark in the inbox, and the request stays open. After the time limit the request closes and **overdue** carries the value.

With **Approval declassifies up to**, the first button is a recorded declassification of the value: the record has the name of the person. A value with a higher label keeps its label.
`.trim(),
  config: Config,
  inputs: { value: Json.optional().with({ title: 'Value' }), details: Text.optional().with({ title: 'Explanation' }) },
  outputs: { answer: Json, by: Text, overdue: Json },
  example: { config: { title: 'May this be sent?' }, inputs: { value: 'Dear Ada' } },
  references: ({ assignee, escalateTo }) =>
    [
      { kind: 'person' as const, id: assignee, field: 'assignee' },
      { kind: 'person' as const, id: escalateTo, field: 'escalateTo' },
    ].filter(({ id }) => id !== ''),
  ports: ({ buttons }) => ({
    outputs: {
      ...Object.fromEntries(
        buttons.map(({ name, title }): [string, Port] => [
          name,
          Json.with({ sameAs: 'value', ...(title === '' ? {} : { title }) }),
        ]),
      ),
      answer: Json,
      by: Text,
      overdue: Json.with({ sameAs: 'value' }),
    },
  }),
  declassifiesTo: ({
    buttons,
    declassifyFrom,
    declassifyTo,
  }): Readonly<Record<string, { from: LabelLevel; to: LabelLevel }>> => {
    const [first] = buttons;
    return first === undefined || declassifyFrom === undefined
      ? {}
      : { [first.name]: { from: declassifyFrom, to: declassifyTo } };
  },
  check: (config) => [
    ...timeProblems(config),
    ...doubledNames(config.buttons, 'buttons'),
    ...config.buttons.flatMap(({ name }, index) =>
      reserved.has(name)
        ? [{ field: `buttons.${index}.name`, message: `'${name}' is already an output.`, fix: 'Choose another name.' }]
        : [],
    ),
    ...formProblems(config),
  ],
  async run({ config, inputs, context }) {
    const value = inputs.value ?? null;
    const requestedAt = await context.step('asked', () => Promise.resolve(context.now()));
    const hash = await hashOf(value);
    const answer = await context.requestInput(
      `answer-${hash.slice(-12)}`,
      questionOf(config, inputs, requestedAt, hash, context),
    );
    if (answer.type === 'expired') return { overdue: value };
    const given = isPlainObject(answer.value) ? answer.value : {};
    const { choice, ...filled } = given;
    const button = config.buttons.find(({ name }) => name === choice);
    if (config.buttons.length > 0 && button === undefined)
      throw new HeddleError(
        'human_input_invalid',
        `The answer to '${config.title}' does not choose one of the buttons.`,
      );
    const [first] = config.buttons;
    context.decide({
      kind: 'approval',
      summary: `${answer.by ?? 'Someone'} answered '${config.title.slice(0, 100)}'${button === undefined ? '' : `: ${button.name}`}.`,
      details: { hash, reason: answer.reason },
    });
    if (button !== undefined && button === first && config.declassifyFrom !== undefined)
      context.declassify({
        port: button.name,
        from: config.declassifyFrom,
        to: config.declassifyTo,
        dropMarks: ['untrusted'],
        reason: answer.reason ?? `Approved: ${config.title}`,
        details: { hash },
        by: answer.by,
      });
    const outputs = { answer: filled, by: answer.by };
    return button === undefined ? outputs : { ...outputs, [button.name]: value };
  },
});

function questionOf(
  config: Config,
  inputs: { readonly value?: unknown; readonly details?: string | undefined },
  requestedAt: number,
  hash: string,
  context: NodeContext,
): Parameters<NodeContext['requestInput']>[1] {
  const { title, body, assignee, due, remindAfter, unit, escalateTo, escalateAfter, buttons } = config;
  const explained = [body, inputs.details ?? ''].filter((text) => text !== '').join('\n\n');
  return {
    title,
    schema: schemaOf(config),
    ...(explained === '' ? {} : { body: explained }),
    ...(assignee === '' ? {} : { assignee }),
    ...(due === 0 ? {} : { dueAt: requestedAt + due * unitMs[unit] }),
    ...(remindAfter === 0 ? {} : { remindAt: requestedAt + remindAfter * unitMs[unit] }),
    ...(escalateTo === '' ? {} : { escalateTo }),
    ...(escalateTo === '' || escalateAfter === 0 ? {} : { escalateAt: requestedAt + escalateAfter * unitMs[unit] }),
    ...(buttons.length === 0
      ? {}
      : { buttons: buttons.map((button) => ({ id: button.name, title: button.title || button.name })) }),
    details: {
      value: inputs.value === undefined ? undefined : (JSON.parse(canonicalJson(inputs.value)) as JsonObject),
      hash,
      label: { level: context.label.level, marks: context.label.marks },
      ...declassifiesOf(config, context.label),
    },
  };
}

/** The label after a click on the first button, so that people see the declassification before they answer. */
function declassifiesOf(
  { buttons, declassifyFrom, declassifyTo }: Config,
  label: Label,
): { readonly declassifies?: JsonObject } {
  const [first] = buttons;
  if (first === undefined || declassifyFrom === undefined) return {};
  const to = declassifyLabel(label, { from: declassifyFrom, to: declassifyTo, dropMarks: ['untrusted'] });
  if (to.level === label.level && to.marks.length === label.marks.length) return {};
  return { declassifies: { button: first.title || first.name, to: { level: to.level, marks: to.marks } } };
}

/** The schema of an answer: the form and the chosen button. */
function schemaOf({ form, buttons }: Config): JsonObject {
  // A schema from a document is JSON; the copy makes it a plain object.
  const plain = JSON.parse(JSON.stringify(form ?? { type: 'object' })) as JsonObject;
  if (buttons.length === 0) return plain;
  const properties = plain['properties'];
  const required: readonly unknown[] = Array.isArray(plain['required']) ? plain['required'] : [];
  return {
    ...plain,
    type: 'object',
    properties: {
      ...(isPlainObject(properties) ? properties : {}),
      choice: { type: 'string', enum: buttons.map(({ name }) => name) },
    },
    required: [...required.filter((name) => typeof name === 'string'), 'choice'],
  };
}

function formProblems({ form }: Config): { field: string; message: string; fix: string }[] {
  const problem = form === undefined ? undefined : schemaCheck(form);
  if (typeof problem !== 'string') return [];
  return [
    {
      field: 'form',
      message: `This is not a valid JSON schema: ${problem}`,
      fix: 'Describe an object with "type" and "properties".',
    },
  ];
}

/** Problems with times: a reminder or escalation after the request has closed, or an escalation without a time. */
function timeProblems({ due, remindAfter, escalateAfter, escalateTo }: Config): {
  field: string;
  message: string;
  fix: string;
}[] {
  const afterDeadline = (field: string, after: number) =>
    due > 0 && after >= due
      ? [
          {
            field,
            message: 'The request is already closed at this time.',
            fix: 'Choose a time before *Answer within*.',
          },
        ]
      : [];
  return [
    ...afterDeadline('remindAfter', remindAfter),
    ...afterDeadline('escalateAfter', escalateAfter),
    ...(escalateTo !== '' && remindAfter === 0 && escalateAfter === 0
      ? [{ field: 'escalateAfter', message: 'The escalation has no time.', fix: 'Set a time, or a reminder.' }]
      : []),
  ];
}
