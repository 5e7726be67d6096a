import { type SchedulePreview as Reading } from '@heddle/core';
import type { Command } from 'commander';
import { print, printJson, table } from '../../output.js';
import type { JsonOption } from '../parse-argument.js';
import { withClient } from '../context.js';
import { arrivalLines, inputsOf, channelById, timeOf } from './channels.js';

interface ScheduleOptions extends JsonOption {
  readonly zone?: string;
  readonly input: readonly string[];
  readonly catchUp?: string;
  readonly catchUpLimit?: number;
  readonly check?: true;
}

/** `heddle schedules`. */
export async function listSchedules(workflow: string, options: JsonOption, command: Command): Promise<void> {
  const { schedules } = await withClient(command, ({ api }) =>
    api.GET('/api/workflows/{id}/schedules', { params: { path: { id: workflow } } }),
  );
  if (options.json === true) printJson(schedules);
  else if (schedules.length === 0) print(`'${workflow}' has no schedules.`);
  else
    print(
      ...table([
        ['id', 'name', 'when', 'next', 'last', 'trouble'],
        ...schedules.map(({ id, name, words: text, next, lastAt, lastError, problems, isPaused }) => [
          ...[
            id,
            name,
            text,
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
  const params = { path: { id: workflow } };
  if (options.check === true) {
    const reading = await withClient(command, ({ api }) =>
      api.POST('/api/workflows/{id}/schedules/preview', { params, body: when }),
    );
    if (options.json === true) printJson(reading);
    else print(...readingLines(reading));
    return;
  }
  const inputs = inputsOf(options.input);
  const schedule = await withClient(command, ({ api }) =>
    api.POST('/api/workflows/{id}/schedules', {
      params,
      body: { name, ...when, inputs, catchUp: options.catchUp, catchUpLimit: options.catchUpLimit },
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
  const params = { path: { id: workflow } };
  const { schedule, arrivals } = await withClient(command, async ({ api }) => ({
    schedule: channelById((await api.GET('/api/workflows/{id}/schedules', { params })).schedules, id),
    ...(await api.GET('/api/workflows/{id}/schedules/{schedule}/history', {
      params: { path: { id: workflow, schedule: id }, query: { limit: options.limit } },
    })),
  }));
  if (options.json === true) {
    printJson({ ...schedule, history: arrivals });
    return;
  }
  print(`${schedule.name}${schedule.isPaused ? ' (paused)' : ''}`, ...readingLines(schedule), '');
  if (arrivals.length === 0) print('It has started no runs yet.');
  else print(...arrivalLines(arrivals, (key) => (key === 'now' ? 'by hand' : timeOf(Number(key)))));
}

/** `heddle schedules run-now`. */
export async function runNow(workflow: string, id: string, options: JsonOption, command: Command): Promise<void> {
  const reply = await withClient(command, ({ api }) =>
    api.POST('/api/workflows/{id}/schedules/{schedule}/run', { params: { path: { id: workflow, schedule: id } } }),
  );
  if (options.json === true) printJson(reply);
  else print(`run ${reply.runId}`);
}

const readingLines = ({ words: text, next, notes }: Reading): readonly string[] => [
  `when  ${text}`,
  ...next.map((time, index) => `${index === 0 ? 'next' : '    '}  ${timeOf(time)}`),
  ...notes.map((note) => `note  ${note}`),
];
