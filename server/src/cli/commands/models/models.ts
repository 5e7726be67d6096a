import { cardFromSource, HeddleError, ModelCard, pinText, type ModelState, type PullProgress } from '@heddle/core';
import type { Command } from 'commander';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { downloadModel } from '../../client/jobs.js';
import { endProgress, print, printJson, printToStderr, showProgress, table } from '../../output.js';
import { untilInterrupted, withClient } from '../context.js';

/** `heddle models`: lists the catalogue, and which models are on this machine. */
export async function listModels(options: { readonly json?: true }, command: Command): Promise<void> {
  const { models } = await withClient(command, ({ api }) => api.GET('/api/models'));
  if (options.json === true) {
    printJson(models);
    return;
  }
  const rows = models.map(({ card, status, bytes, files }) => [
    card.id,
    card.kind,
    status,
    bytes > 0 ? megabytes(bytes) : sizeOf(card),
    pinOf(files ?? []),
    card.licence,
    card.languages.join(' '),
    card.title,
  ]);
  print(...table([['id', 'kind', 'state', 'size', 'pin', 'licence', 'languages', 'title'], ...rows]));
}

/** `heddle models pull`: downloads a model. */
export async function pullModel(id: string, options: { readonly json?: true }, command: Command): Promise<void> {
  await withClient(command, async (client) => {
    await untilInterrupted((signal) => downloadModel(client, id, { signal, onProgress: showPullProgress }));
    endProgress();
    const { models } = await client.api.GET('/api/models');
    const model = models.find(({ card }) => card.id === id);
    if (options.json === true) printJson(model);
    else print(`${id} is here (${megabytes(model?.bytes ?? 0)}).`, ...fileLines(model?.files ?? []));
  });
}

interface AddOptions {
  readonly kind?: string;
  readonly source: readonly string[];
  readonly context?: number;
  readonly base?: string;
  readonly json?: true;
}

/** `heddle models add`: adds an entry to the catalogue. */
export async function addModel(card: string, options: AddOptions, command: Command): Promise<void> {
  const entry = existsSync(card) ? await readCard(card) : cardOf(card, options);
  const added = await withClient(command, ({ api }) => api.POST('/api/models', { body: entry }));
  if (options.json === true) printJson(added);
  else {
    print(`${added.id} is in the catalogue: heddle models pull ${added.id}`);
    if (added.files.some(({ sha256 }) => sha256 === undefined))
      printToStderr('The first download records its commits and hashes; later ones keep to them.');
  }
}

async function readCard(file: string): Promise<unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new HeddleError(
      'bad_json',
      `${file} is not a model card: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
  return checkedCard(parsed);
}

function cardOf(id: string, { kind, source, context, base }: AddOptions): unknown {
  if (kind === undefined || source.length === 0) {
    throw new HeddleError(
      'usage',
      `There is no file '${id}'. To add a model by its source, give --kind and --source, such as --kind generate --source hf:OWNER/REPO@REVISION/model.gguf.`,
    );
  }
  return checkedCard(
    cardFromSource({
      id,
      kind: kindOf(kind),
      sources: source,
      contextTokens: context,
      baseModel: base,
    }),
  );
}

/** Errors: `usage`. */
function kindOf(kind: string): ModelCard['kind'] {
  const known = ModelCard.shape.kind.safeParse(kind);
  if (known.success) return known.data;
  throw new HeddleError('usage', `--kind must be one of ${ModelCard.shape.kind.options.join(', ')}.`);
}

/** Errors: `usage`, with the location of each problem. */
function checkedCard(value: unknown): unknown {
  const parsed = ModelCard.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new HeddleError(
    'usage',
    `The model card is not valid: ${parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')}.`,
  );
}

function showPullProgress({ file, bytes, total, stage, source, commit, sha256 }: PullProgress): void {
  if (stage === 'connect' && (commit ?? sha256) !== undefined) {
    showProgress(
      `${file}: ${[commit && `commit ${commit}`, sha256 && `SHA-256 ${sha256}`].filter(Boolean).join(', ')}`,
    );
    endProgress();
    return;
  }
  const share =
    total === undefined || total === 0
      ? megabytes(bytes)
      : `${Math.floor((bytes / total) * 100)} % of ${megabytes(total)}`;
  showProgress(`${file}: ${stage} ${share} (${source.split(':')[0] ?? ''})`);
}

/** The weakest verification among the files of a model. */
function pinOf(files: NonNullable<ModelState['files']>): string {
  return (['none', 'recorded', 'entry', 'heddle'] as const).find((pin) => files.some((file) => file.pin === pin)) ?? '';
}

function fileLines(files: NonNullable<ModelState['files']>): string[] {
  return files.map((file) => `  ${file.name}: ${pinText(file)}`);
}

function sizeOf(card: ModelCard): string {
  const size = card.files.reduce((sum, file) => sum + (file.size ?? 0), 0);
  return size > 0 ? megabytes(size) : '';
}

function megabytes(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.round(bytes / 1e6)} MB`;
}
