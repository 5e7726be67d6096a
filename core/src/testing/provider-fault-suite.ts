import { HeddleError } from '../errors/heddle-error.js';
import type { GenerateEvent, GenerateRequest, LanguageModel } from '../ports/models/language-model.js';
import { textOf } from './language-model-suite.js';
import { check, checkEqual, type SuiteCase } from './suite.js';

/** A fault of a provider's server. */
export type ProviderFault =
  | 'none'
  | 'rate-limited-seconds'
  | 'rate-limited-date'
  | 'rate-limited-bare'
  | 'rate-limited-always'
  | 'server-error'
  | 'server-error-once'
  | 'html-error'
  | 'html-success'
  | 'unauthorized'
  | 'bad-request'
  | 'too-long'
  | 'redirect'
  | 'cut-before-text'
  | 'cut-in-text'
  | 'no-finish'
  | 'empty'
  | 'broken-json'
  | 'error-in-stream'
  | 'split-utf8'
  | 'slow-bytes'
  | 'silent'
  | 'hang'
  | 'endless'
  | 'oversized'
  | 'tool-fragments';

/** A model whose provider has a fault. Its connection makes three attempts with timeouts of about 300 ms. */
export interface FaultyModel {
  readonly model: LanguageModel;
  /** The key, which must never appear in an error. The server repeats it in its error replies. */
  readonly key: string;
  requests(): number;
  /** Returns the number of sockets with an active call; idle sockets do not count. */
  sockets(): number;
  /** The text that the model generates without a fault. It contains characters of two, three and four bytes. */
  readonly text: string;
}

/** What the suite tests: an adapter with a faulty provider. */
export interface FaultSubject {
  open(fault: ProviderFault): Promise<FaultyModel>;
}

interface Outcome {
  readonly events: readonly GenerateEvent[];
  readonly error: HeddleError | undefined;
}

const request: GenerateRequest = { messages: [{ role: 'user', content: 'Greet the world.' }], maxTokens: 100 };

async function outcome({ model }: FaultyModel, signal = new AbortController().signal): Promise<Outcome> {
  const events: GenerateEvent[] = [];
  try {
    for await (const event of model.generate(request, { signal })) events.push(event);
    return { events, error: undefined };
  } catch (error) {
    check(error instanceof HeddleError, `threw something else than a HeddleError: ${String(error)}`);
    return { events, error };
  }
}

/** Everything in an error that a log or a reply could show. */
function visible(error: unknown, depth = 0): string {
  if (!(error instanceof Error) || depth > 5) return String(error);
  const details = 'details' in error ? JSON.stringify(error.details) : '';
  const own = JSON.stringify(Object.getOwnPropertyNames(error).map((name) => String(Reflect.get(error, name))));
  return `${error.message} ${error.stack ?? ''} ${details} ${own} ${visible(error.cause, depth + 1)}`;
}

const fails = (fault: ProviderFault, code: string, requests: number): SuiteCase<FaultSubject> => ({
  name: `${fault} ends as ${code} after ${requests} ${requests === 1 ? 'request' : 'requests'}`,
  async run(subject) {
    const faulty = await subject.open(fault);
    const { error, events } = await outcome(faulty);
    checkEqual(error?.code, code, `ended with ${events.map(({ type }) => type).join(' ')}, ${String(error)}`);
    check(!events.some(({ type }) => type === 'end'), 'an end came before the error');
    checkEqual(faulty.requests(), requests, 'requests');
    const seen = visible(error);
    check(!seen.includes(faulty.key), 'the error shows the key');
    check(!seen.includes(faulty.key.slice(0, 14)), 'the error shows a part of the key');
    check(!/<[a-z]/i.test(error?.message ?? ''), 'the message has markup');
  },
});

const succeeds = (fault: ProviderFault, requests: number, waits?: number): SuiteCase<FaultSubject> => ({
  name: `${fault} succeeds with ${requests} ${requests === 1 ? 'request' : 'requests'}`,
  async run(subject) {
    const faulty = await subject.open(fault);
    const startedAt = Date.now();
    const { error, events } = await outcome(faulty);
    check(error === undefined, `failed: ${String(error)}`);
    const end = events.at(-1);
    check(end?.type === 'end' && end.finishReason === 'stop', `ended as ${JSON.stringify(end)}`);
    checkEqual(textOf(events), faulty.text, 'the text');
    checkEqual(faulty.requests(), requests, 'requests');
    const retries = events.filter(({ type }) => type === 'retrying');
    checkEqual(retries.length, requests - 1, 'every retry must be reported');
    if (waits !== undefined) check(Date.now() - startedAt >= waits, `it did not wait ${waits} ms`);
  },
});

const freesSocket = (fault: ProviderFault): SuiteCase<FaultSubject> => ({
  name: `an abort in ${fault} frees the socket`,
  async run(subject) {
    const faulty = await subject.open(fault);
    const controller = new AbortController();
    const running = outcome(faulty, controller.signal);
    await until(() => faulty.requests() > 0, 'the request never came');
    controller.abort();
    const { error } = await running;
    checkEqual(error?.code, 'aborted', String(error));
    await until(() => faulty.sockets() === 0, 'the socket is still open', 10_000);
    checkEqual(faulty.requests(), 1, 'an aborted call must not be made again');
  },
});

/** The conformance suite for adapters whose provider misbehaves. */
export const providerFaultSuite: readonly SuiteCase<FaultSubject>[] = [
  succeeds('none', 1),
  succeeds('rate-limited-seconds', 2, 1000),
  succeeds('rate-limited-date', 2, 0),
  succeeds('rate-limited-bare', 2),
  succeeds('server-error-once', 2),
  succeeds('cut-before-text', 2),
  succeeds('split-utf8', 1),
  succeeds('slow-bytes', 1),
  fails('rate-limited-always', 'provider_rate_limited', 3),
  fails('server-error', 'provider_failed', 3),
  fails('html-error', 'provider_failed', 3),
  fails('html-success', 'provider_reply_invalid', 1),
  fails('unauthorized', 'provider_unauthorized', 1),
  fails('bad-request', 'provider_refused', 1),
  fails('too-long', 'context_too_long', 1),
  fails('redirect', 'provider_failed', 1),
  fails('cut-in-text', 'stream_incomplete', 1),
  fails('empty', 'stream_incomplete', 3),
  fails('broken-json', 'provider_reply_invalid', 1),
  fails('error-in-stream', 'provider_failed', 1),
  fails('silent', 'provider_timeout', 1),
  fails('hang', 'provider_timeout', 3),
  fails('oversized', 'provider_reply_invalid', 1),
  freesSocket('hang'),
  freesSocket('endless'),
  {
    name: 'no-finish ends as incomplete, never as a success',
    async run(subject) {
      const faulty = await subject.open('no-finish');
      const { error, events } = await outcome(faulty);
      check(error === undefined, `failed: ${String(error)}`);
      const end = events.at(-1);
      check(end?.type === 'end' && end.finishReason === 'incomplete', `ended as ${JSON.stringify(end)}`);
    },
  },
  {
    name: 'a reader that stops reading frees the socket',
    async run(subject) {
      const faulty = await subject.open('endless');
      const { signal } = new AbortController();
      for await (const event of faulty.model.generate(request, { signal })) if (event.type === 'text') break;
      await until(() => faulty.sockets() === 0, 'the socket is still open', 10_000);
    },
  },
  {
    name: 'two fragmented tool calls arrive whole and once, with the reason tool-calls',
    async run(subject) {
      const faulty = await subject.open('tool-fragments');
      const { error, events } = await outcome(faulty);
      check(error === undefined, `failed: ${String(error)}`);
      const calls = events.filter((event) => event.type === 'tool-call');
      checkEqual(
        calls.map(({ name, arguments: text }) => ({ name, arguments: JSON.parse(text) as unknown })),
        [
          { name: 'weather', arguments: { city: 'Zürich', days: 2 } },
          { name: 'time', arguments: { zone: 'Europe/Zurich' } },
        ],
        'the calls',
      );
      checkEqual(new Set(calls.map(({ id }) => id)).size, 2, 'each call has an id of its own');
      const end = events.at(-1);
      check(end?.type === 'end' && end.finishReason === 'tool-calls', `ended as ${JSON.stringify(end)}`);
    },
  },
];

async function until(holds: () => boolean, otherwise: string, within = 5000): Promise<void> {
  const limit = Date.now() + within;
  while (!holds()) {
    if (Date.now() > limit) throw new Error(otherwise);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
