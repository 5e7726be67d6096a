import {
  ArrivalsReply,
  HookReceived,
  SchedulePreview,
  ScheduleReply,
  SchedulesReply,
  type SchedulePreview as Reading,
} from '@heddle/core';
import type { Command } from 'commander';
import { print, printJson, table } from '../../output.js';
import { apiPath } from '../../client/api-path.js';
import type { JsonOption } from '../parse-given.js';
import { withClient } from '../context.js';
import { arrivalLines, inputsOf, theOne, timeOf } from './channels.js';

export interface ScheduleOptions extends JsonOption {
  readonly zone?: string;
  readonly input: readonly string[];
  readonly catchUp?: string;
  readonly catchUpLimit?: number;
  readonly check?: true;
}

/** `heddle schedules`. */
export async function listSchedules(workflow: string, options: JsonOption, command: Command): Promise<void> {
  const { schedules } = await withClient(command, ({ call }) =>
    call(SchedulesReply, 'GET', apiPath('workflows', workflow, 'schedules')),
  );
  if (options.json === true) printJson(schedules);
  else if (schedules.length === 0) print(`'${workflow}' runs at no time by itself.`);
  else
    print(
      ...table([
        ['id', 'name', 'when', 'next', 'last', 'trouble'],
        ...schedules.map(({ id, name, words, next, lastAt, lastError, problems, isPaused }) => [
          ...[
            id,
            name,
            words,
            isPaused ? 'paused' : timeOf(next[0]),
            timeOf(lastAt),
            problems[0]?.message ?? lastError ?? '',
          ],
        ]),
      ]),
    );
}

/** `heddle schedules create`. */
export async function createSchedule(
  workflow: string,
  name: string,
  cron: string,
  options: ScheduleOptions,
  command: Command,
): Promise<void> {
  const when = { cron, timeZone: options.zone };
  const path = apiPath('workflows', workflow, 'schedules');
  if (options.check === true) {
    const reading = await withClient(command, ({ call }) => call(SchedulePreview, 'POST', `${path}/preview`, when));
    if (options.json === true) printJson(reading);
    else print(...readingLines(reading));
    return;
  }
  const inputs = inputsOf(options.input);
  const schedule = await withClient(command, ({ call }) =>
    call(ScheduleReply, 'POST', path, {
      ...{ name, ...when },
      inputs,
      catchUp: options.catchUp,
      catchUpLimit: options.catchUpLimit,
    }),
  );
  if (options.json === true) printJson(schedule);
  else print(`id    ${schedule.id}`, ...readingLines(schedule));
}

/** `heddle schedules show`. */
export async function showSchedule(
  workflow: string,
  id: string,
  options: JsonOption & { readonly limit: number },
  command: Command,
): Promise<void> {
  const path = apiPath('workflows', workflow, 'schedules');
  const { schedule, arrivals } = await withClient(command, async ({ call }) => ({
    schedule: theOne((await call(SchedulesReply, 'GET', path)).schedules, id),
    ...(await call(ArrivalsReply, 'GET', `${path}/${encodeURIComponent(id)}/history?limit=${options.limit}`)),
  }));
  if (options.json === true) {
    printJson({ ...schedule, history: arrivals });
    return;
  }
  print(`${schedule.name}${schedule.isPaused ? ' (paused)' : ''}`, ...readingLines(schedule), '');
  if (arrivals.length === 0) print('It has begun no run yet.');
  else print(...arrivalLines(arrivals, (key) => (key === 'now' ? 'by hand' : timeOf(Number(key)))));
}

/** `heddle schedules run-now`. */
export async function runNow(workflow: string, id: string, options: JsonOption, command: Command): Promise<void> {
  const reply = await withClient(command, ({ call }) =>
    call(HookReceived.pick({ runId: true }), 'POST', apiPath('workflows', workflow, 'schedules', id, 'run'), {}),
  );
  if (options.json === true) printJson(reply);
  else print(`run ${reply.runId}`);
}

const readingLines = ({ words, next, notes }: Reading): readonly string[] => [
  `when  ${words}`,
  ...next.map((time, index) => `${index === 0 ? 'next' : '    '}  ${timeOf(time)}`),
  ...notes.map((note) => `note  ${note}`),
];
