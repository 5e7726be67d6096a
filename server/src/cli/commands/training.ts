import { HeddleError, type TrainingSetRequest } from '@heddle/core';
import type { Command } from 'commander';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { print, printJson } from '../output.js';
import { readTime } from '../read-time.js';
import { timeOf } from './channels/channels.js';
import { withClient } from './context.js';
import type { JsonOption } from './parse-argument.js';

interface TrainingOptions extends JsonOption {
  readonly format: TrainingSetRequest['format'];
  readonly clearance?: TrainingSetRequest['clearance'];
  readonly since?: string;
  readonly until?: string;
  readonly corrected?: boolean;
  readonly system?: string;
  readonly limit: number;
  readonly out: string;
}

/** `heddle training export`: writes the training set in a format, and its data card as `README.md`, which Hugging Face shows. */
export async function exportTraining(workflow: string, options: TrainingOptions, command: Command): Promise<void> {
  const { format, clearance = 'internal', corrected, system, limit, out, json } = options;
  const body = {
    format,
    clearance,
    system,
    limit,
    answers: corrected === true ? 'corrected' : 'good',
    since: readTime(options.since, '--since'),
    until: readTime(options.until, '--until'),
  } as const;
  const { content, card, ...made } = await withClient(command, ({ api }) =>
    api.POST('/api/workflows/{id}/training-set', { params: { path: { id: workflow } }, body }),
  );
  const file = join(out, `${format}.jsonl`);
  mkdirSync(out, { recursive: true });
  writeFileSync(file, content);
  writeFileSync(join(out, 'README.md'), card);
  const { consent, label, gone, unfit, same } = made.leftOut;
  if (json === true) printJson({ ...made, file });
  else
    print(
      `${file}: ${made.examples} examples, SHA-256 ${made.sha256}.`,
      `Left out: ${consent} without consent, ${label} above the clearance, ${gone} gone, ${unfit} unfit, ${same} twice.`,
    );
}

interface ConsentOptions extends JsonOption {
  readonly share?: string;
  readonly give?: boolean;
  readonly withdraw?: boolean;
}

/** `heddle training consent`. */
export async function trainingConsent(
  workflow: string,
  { share, give, withdraw, json }: ConsentOptions,
  command: Command,
): Promise<void> {
  const params = { path: { id: workflow } };
  if (share !== undefined && give !== true && withdraw !== true)
    throw new HeddleError('usage', 'Say --give or --withdraw with --share.');
  const reply = await withClient(command, ({ api }) =>
    give === true || withdraw === true
      ? api.POST('/api/workflows/{id}/training-consent', { params, body: { share, isGiven: give === true } })
      : api.GET('/api/workflows/{id}/training-consent', { params }),
  );
  if (json === true) {
    printJson(reply);
    return;
  }
  print(`Callers: ${reply.workflow === undefined ? 'no consent' : `consent since ${timeOf(reply.workflow)}`}`);
  for (const [id, since] of Object.entries(reply.shares)) print(`Users of ${id}: consent since ${timeOf(since)}`);
}
