// The ONNX host: a child process that loads embedding, reranking and classification models and runs one batch at a time.
import { stat } from 'node:fs/promises';
import { constants, setPriority } from 'node:os';
import { HeddleError } from '@heddle/core';
import { type InferenceSession } from 'onnxruntime-node';
import { type CallContext, serveCalls } from '../../child/serve-calls.js';
import { loadTokenizer, type LoadedTokenizer } from '../tokenizers/load-tokenizer.js';
import { encodePair, encodeText, planBatches, type EncodedText } from './encode-texts.js';
import { openSpacy, type SpacyNames } from '../spacy/open-spacy.js';
import { checkLengths } from './check-lengths.js';
import { openSession, runSession, type RunOutput } from './onnx-session.js';
import { poolRows } from './pool-rows.js';
import { createPriorityQueue } from './priority-queue.js';
import { onnxRequests, type OnnxModel, type OnnxRows } from './protocol.js';

interface OpenModel {
  readonly model: OnnxModel;
  readonly tokenizer: LoadedTokenizer;
  /** By number of threads. A small model has a second session with fewer threads, for the time when generation needs the cores. */
  readonly sessions: Map<number, InferenceSession>;
  readonly isSmall: boolean;
}

// An import keeps every core busy for minutes, and the server's event loop must come first. Threads created from here on inherit this
// priority.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);

const smallBytes = 256 * 2 ** 20;
const open = new Map<string, OpenModel>();
const pipelines = new Map<string, SpacyNames>();
const queue = createPriorityQueue();

async function load(model: OnnxModel): Promise<OpenModel> {
  const known = open.get(model.id);
  if (known !== undefined) return known;
  const [session, tokenizer, { size }] = await Promise.all([
    openSession(model.weights, model.threads),
    loadTokenizer(model.tokenizer),
    stat(model.weights),
  ]);
  const opened = { model, tokenizer, sessions: new Map([[model.threads, session]]), isSmall: size <= smallBytes };
  open.set(model.id, opened);
  return opened;
}

async function sessionFor(opened: OpenModel, threads: number): Promise<InferenceSession> {
  const found = opened.sessions.get(threads) ?? (opened.isSmall ? undefined : [...opened.sessions.values()][0]);
  if (found !== undefined) return found;
  const session = await openSession(opened.model.weights, threads);
  opened.sessions.set(threads, session);
  return session;
}

function opened(id: string): OpenModel {
  const found = open.get(id);
  if (found === undefined) throw new HeddleError('internal', `Model '${id}' is not open in the ONNX host.`);
  return found;
}

const openPipeline = ({ weights, tokenizer, threads }: OnnxModel, lookups: string): Promise<SpacyNames> =>
  openSpacy({ weights, tokenizer: tokenizer.path, lookups }, threads);

interface Job {
  readonly target: OpenModel;
  readonly inputs: readonly EncodedText[];
  readonly threads: number;
  readonly isUrgent: boolean;
  readonly rowsOf: (output: RunOutput, lengths: readonly number[]) => readonly Float32Array[];
}

async function runJob({ target, inputs, threads, isUrgent, rowsOf }: Job, context: CallContext): Promise<OnnxRows> {
  const rows: Float32Array[] = Array.from({ length: inputs.length });
  let done = 0;
  for (const batch of planBatches(
    inputs.map(({ ids }) => ids.length),
    target.model.batchTokens,
  )) {
    if (context.signal.aborted) throw new HeddleError('aborted', `The work of model '${target.model.id}' was stopped.`);
    const texts = batch.flatMap((index) => inputs[index] ?? []);
    const output = await queue.run(isUrgent, async () => runSession(await sessionFor(target, threads), texts));
    rowsOf(
      output,
      texts.map(({ ids }) => ids.length),
    ).forEach((row, position) => {
      rows[batch[position] ?? 0] = row;
    });
    done += batch.length;
    context.emit({ done });
  }
  return flatten(rows);
}

function flatten(rows: readonly Float32Array[]): OnnxRows {
  const width = rows[0]?.length ?? 0;
  const values = new Float32Array(rows.length * width);
  rows.forEach((row, index) => values.set(row, index * width));
  return { values, width };
}

serveCalls({
  async load(payload) {
    const model = onnxRequests.load.parse(payload);
    if (model.lookups === undefined) await load(model);
    else if (!pipelines.has(model.id)) pipelines.set(model.id, await openPipeline(model, model.lookups));
    return undefined;
  },
  async unload(payload) {
    const { id } = onnxRequests.unload.parse(payload);
    const sessions = [...(open.get(id)?.sessions.values() ?? [])];
    const pipeline = pipelines.get(id);
    open.delete(id);
    pipelines.delete(id);
    await Promise.all([...sessions, ...(pipeline === undefined ? [] : [pipeline])].map((one) => one.release()));
    return undefined;
  },
  async embed(payload, context) {
    const { id, texts, prefix, isUrgent, threads, refusesFrom } = onnxRequests.embed.parse(payload);
    const target = opened(id);
    const inputs = texts.map((text) => encodeText(target.tokenizer, prefix + text, target.model.maxTokens));
    checkLengths(
      inputs.map(({ whole }) => whole),
      { model: id, maxTokens: target.model.maxTokens, refusesFrom },
    );
    const pooling = target.model.pooling ?? 'mean';
    const rows = await runJob(
      { target, inputs, threads, isUrgent, rowsOf: (output, lengths) => poolRows(output, lengths, pooling) },
      context,
    );
    return { ...rows, tokens: inputs.reduce((sum, { ids }) => sum + ids.length, 0) };
  },
  async tag(payload) {
    const { id, text, threads } = onnxRequests.tag.parse(payload);
    const target = opened(id);
    const input = encodeText(target.tokenizer, text, target.model.maxTokens);
    const { data, shape } = await queue.run(true, async () => runSession(await sessionFor(target, threads), [input]));
    if (shape.length !== 3)
      throw new HeddleError(
        'model_file_invalid',
        'The model scores a whole text, not each token: it cannot find names.',
      );
    const width = shape[2] ?? 0;
    return { values: data.slice(0, input.ids.length * width), width };
  },
  async names(payload, { signal }) {
    const { id, text, labels } = onnxRequests.names.parse(payload);
    const pipeline = pipelines.get(id);
    if (pipeline === undefined) throw new HeddleError('internal', `Model '${id}' is not open in the ONNX host.`);
    return pipeline.tag(text, labels, { signal, run: (work) => queue.run(true, work) });
  },
  async score(payload, context) {
    const { id, query, texts, threads } = onnxRequests.score.parse(payload);
    const target = opened(id);
    const { maxTokens } = target.model;
    const inputs = texts.map((text) =>
      query === undefined
        ? encodeText(target.tokenizer, text, maxTokens)
        : encodePair(target.tokenizer, query, text, maxTokens),
    );
    return runJob({ target, inputs, threads, isUrgent: true, rowsOf: logits }, context);
  },
});

/** The raw outputs for each text. The caller interprets them. */
function logits({ data, shape }: RunOutput, lengths: readonly number[]): readonly Float32Array[] {
  const width = shape.length === 1 ? 1 : (shape.at(-1) ?? 0);
  if (shape.length > 2)
    throw new HeddleError(
      'model_file_invalid',
      'The model returns a vector for each token, not a score for each text: it is not a reranker or classifier.',
    );
  return lengths.map((_, row) => data.slice(row * width, (row + 1) * width));
}
