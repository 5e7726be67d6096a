import { HeddleError, modelIdPattern, usualEmbedder } from '@heddle/core';
import type { HeadFile } from '@heddle/adapters/models';
import type { Command } from 'commander';
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { downloadModel } from '../../client/jobs.js';
import { endProgress, print, printJson, showProgress, table } from '../../output.js';
import { settingsOf, untilInterrupted, withClient } from '../context.js';

interface TrainOptions {
  readonly embedding?: string;
  readonly folds?: number;
  readonly out?: string;
  readonly language?: readonly string[];
  readonly dry?: true;
  readonly json?: true;
}

/** `heddle models train`: trains a classifier head, prints its metrics, and adds it to the catalogue. */
export async function trainClassifier(
  id: string,
  examples: string,
  options: TrainOptions,
  command: Command,
): Promise<void> {
  if (!modelIdPattern.test(id))
    throw new HeddleError('usage', `'${id}' is not a model id: lower-case letters, digits, '.', '_' and '-'.`);
  const { headCard } = await import('@heddle/adapters/models');
  const head = await train(examples, options, command);
  const out = resolve(options.out ?? `${id}.head.json`);
  if (options.dry !== true) {
    await writeFile(out, `${JSON.stringify(head)}\n`);
    await withClient(command, async (client) => {
      await client.api.POST('/api/models', { body: headCard(id, head, out, options.language ?? []) });
      await downloadModel(client, id);
    });
  }
  if (options.json === true) printJson({ id, ...(options.dry === true ? {} : { file: out }), measured: head.measured });
  else print(...report(id, head), ...(options.dry === true ? [] : [`${id} is in the catalogue; its file is ${out}.`]));
}

async function train(examples: string, options: TrainOptions, command: Command): Promise<HeadFile> {
  const { LocalModelHub, defaultModelsFolder, makeHead } = await import('@heddle/adapters/models');
  let text: string;
  try {
    text = await readFile(examples, 'utf8');
  } catch (cause) {
    throw new HeddleError('file_not_found', `There is no file '${examples}' that can be read.`, { cause });
  }
  const { dataFolder, modelsFolder } = settingsOf(command);
  const hub = new LocalModelHub({ dataFolder, modelsFolder: modelsFolder ?? defaultModelsFolder() });
  try {
    return await untilInterrupted(async (signal) =>
      makeHead(text, await hub.embedder(options.embedding ?? usualEmbedder), {
        folds: options.folds,
        signal,
        onProgress: (done, of) => showProgress(`embedding ${done} of ${of} texts`),
      }),
    );
  } finally {
    endProgress();
    await hub.close();
  }
}

function report(id: string, { measured, embedding }: HeadFile): readonly string[] {
  if (measured === undefined) return [];
  const share = (value: number): string => `${(value * 100).toFixed(1)} %`;
  const rows = measured.labels.map(({ label, texts, known, precision, recall, f1, ...more }) => [
    label,
    String(texts),
    String(known ?? measured.texts),
    share(precision),
    share(recall),
    share(f1),
    share(more.averagePrecision ?? 0),
    (more.threshold ?? 0.5).toFixed(2),
    share(more.atThreshold?.f1 ?? f1),
  ]);
  return [
    `${id} over ${embedding}, measured on ${measured.texts} texts in ${measured.folds} folds, threshold 0.5:`,
    ...table([
      ['label', 'texts', 'known', 'precision', 'recall', 'F1', 'average precision', 'best threshold', 'F1 there'],
      ...rows,
    ]),
    `All labels right: ${share(measured.exact)} (always saying the commonest: ${share(measured.baseline)}).`,
  ];
}
