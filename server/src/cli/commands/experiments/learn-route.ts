import { HeddleError, RouteTrainingRequest, withoutUndefined, type RouteTraining } from '@heddle/core';
import type { Command } from 'commander';
import type { Client } from '../../client/http-call.js';
import { print, printJson, printToStderr } from '../../output.js';
import { withClient } from '../context.js';
import { parseArgument, type JsonOption } from '../parse-argument.js';

interface LearnRouteOptions extends JsonOption {
  readonly cheap: string;
  readonly strong: string;
  readonly metric?: string;
  readonly judge: readonly string[];
  readonly criteria?: string;
  readonly output?: string;
  readonly input?: string;
  readonly maxLoss?: number;
  readonly embedding?: string;
  readonly budget?: number;
  readonly save?: string;
}

const pollMs = 500;

/**
 * `heddle experiments learn-route`: learns which requests the cheap variant answers well enough, and with `--save` stores the policy. Exit
 * code 1 if no policy keeps the loss within the limit.
 */
export async function learnRoute(id: string, options: LearnRouteOptions, command: Command): Promise<void> {
  const body = parseArgument(RouteTrainingRequest, requestOf(options), 'The training');
  const training = await withClient(command, async (client) => {
    const params = { path: { id } };
    const begun = await client.api.POST('/api/experiments/{id}/route-trainings', { params, body });
    const ended = await follow(client, begun);
    const policy = ended.result?.proposal;
    if (options.save !== undefined && policy !== undefined && ended.result?.isWithinLimit === true)
      await client.api.PUT('/api/policies/{name}', { params: { path: { name: options.save } }, body: policy });
    return ended;
  });
  if (options.json === true) printJson(training);
  else print(...linesOf(training, options.save));
  if (training.result?.isWithinLimit !== true) process.exitCode = 1;
}

function requestOf(options: LearnRouteOptions): Record<string, unknown> {
  const { cheap, strong, metric, judge, criteria, output, input, maxLoss, embedding, budget } = options;
  if ((metric === undefined) === (judge.length === 0))
    throw new HeddleError('usage', 'Give either --metric, or one --judge or more: they say which answer is better.');
  const by =
    metric === undefined
      ? withoutUndefined({ kind: 'judges', models: judge, criteria, output })
      : { kind: 'metric', metric };
  return withoutUndefined({ cheap, strong, by, input, maxLoss, embedding, budget });
}

async function follow({ api }: Client, { id, experiment }: RouteTraining): Promise<RouteTraining> {
  const params = { path: { id: experiment, training: id } };
  for (let status = ''; ;) {
    const now = await api.GET('/api/experiments/{id}/route-trainings/{training}', { params });
    if (now.endedAt !== undefined) return now;
    if (now.status !== status) printToStderr(textOfStatus(now));
    status = now.status;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

const textOfStatus = ({ status, rows }: RouteTraining): string =>
  status === 'waiting'
    ? 'waiting for the experiment'
    : status === 'judging'
      ? `judges compare ${rows} answers`
      : `learning from ${rows} requests`;

const points = (value: number): string => `${value.toFixed(1)} points`;
const percent = (share: number): string => `${Math.round(share * 100)} %`;

function linesOf({ status, error, result, request }: RouteTraining, name: string | undefined): readonly string[] {
  if (result === undefined) return [`The training is ${status}: ${error?.message ?? 'it has no result'}`];
  const { policy, always, chance, cost, rows, skipped, isWithinLimit } = result;
  const learned = [
    `Learned from ${rows} requests${skipped === 0 ? '' : `; ${skipped} could not be compared`}.`,
    `All requests with the cheap variant: ${points(always.loss)} lost (95 % interval ${always.low.toFixed(1)} to ${always.high.toFixed(1)}).`,
  ];
  if (!isWithinLimit)
    return [
      ...learned,
      `No policy is proved to lose at most ${points(request.maxLoss)}: the best one loses up to ${points(policy.high)} for ${percent(policy.share)}.`,
    ];
  return [
    ...learned,
    `The policy keeps ${percent(policy.share)} with the cheap variant and loses at most ${points(policy.high)} (95 %); by chance it would lose ${points(chance)}.`,
    `A request costs $${cost.policy.toFixed(4)} instead of $${cost.strong.toFixed(4)}.`,
    name === undefined ? 'Store it with --save NAME.' : `It is stored as policy ${name}: choose it in a route node.`,
  ];
}
