import { BooleanPort, defineNode, HeddleError, Json, Text } from '@heddle/core';
import { z } from 'zod';
import { listOf } from '../fields/list-of.js';

const unitMs = { seconds: 1_000, minutes: 60_000, hours: 3_600_000, days: 86_400_000 } as const;
const mostMs = 366 * unitMs.days;
const timePattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

export const wait = defineNode({
  type: 'wait',
  version: 1,
  category: 'logic',
  title: 'Wait',
  summary: 'Suspends the run for a duration or until a time.',
  icon: 'timer',
  keywords: listOf('delay, sleep, pause, timer, timeout, wait until, later, suspend, hold, throttle'),
  role: 'step',
  effects: [],
  headline: 'amount',
  help: `
The run uses no memory while it waits and continues by itself, also after a restart of Heddle. A waiting node holds no slot.

Set a duration or a time: an ISO time with a time zone, such as \`2026-12-01T09:00:00+01:00\`, in the settings or at the input **until**. A time in the past does not wait. The maximum is a year.

The input **value** leaves unchanged.
`.trim(),
  config: z.object({
    amount: z.number().min(0).max(100_000_000).default(1).meta({ title: 'Wait for' }),
    unit: z.enum(['seconds', 'minutes', 'hours', 'days']).default('seconds').meta({ title: 'Unit' }),
    until: z
      .string()
      .max(40)
      .default('')
      .meta({ title: 'Until', description: 'A time with a time zone, instead of a duration.', widget: 'time' }),
  }),
  inputs: { value: Json.optional(), until: Text.optional().with({ title: 'Until' }) },
  outputs: { value: Json.with({ sameAs: 'value' }), done: BooleanPort },
  example: {
    config: { amount: 5, unit: 'minutes' },
    inputs: { value: 'later' },
    outputs: { value: 'later', done: true },
  },
  check: ({ until }) =>
    until === '' || timePattern.test(until)
      ? []
      : [
          {
            field: 'until',
            message: `'${until}' is not a time with a time zone.`,
            fix: 'Write it as 2026-12-01T09:00:00Z.',
          },
        ],
  async run({ config, inputs, context }) {
    const moment = inputs.until ?? config.until;
    // The time is stored as a step: after the suspension this function runs again from its top and must get the same time.
    const until = await context.step('until', () =>
      Promise.resolve(moment === '' ? context.now() + config.amount * unitMs[config.unit] : momentOf(moment)),
    );
    if (until - context.now() > mostMs)
      throw new HeddleError('input_type', 'A run can wait at most a year: choose an earlier time.');
    if (until > context.now()) await context.sleep(until);
    return { value: inputs.value, done: true };
  },
});

function momentOf(text: string): number {
  const time = timePattern.test(text.trim()) ? Date.parse(text.trim()) : Number.NaN;
  if (Number.isNaN(time))
    throw new HeddleError(
      'input_type',
      `'${text.slice(0, 60)}' is not a time with a time zone: write it as 2026-12-01T09:00:00Z.`,
    );
  return time;
}
