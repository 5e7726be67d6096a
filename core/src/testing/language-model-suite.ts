import { HeddleError } from '../errors/heddle-error.js';
import type { GenerateEvent, GenerateRequest, LanguageModel } from '../ports/models/language-model.js';
import { check, checkEqual, checkRejects, type SuiteCase } from './suite.js';

/** What the suite tests: a model that is ready to generate. */
export interface LanguageModelSubject {
  readonly model: LanguageModel;
  /** Token counts of remote models are estimates, because their tokenizers are not available. Default `exact`. */
  readonly counts?: 'exact' | 'estimate';
}

const ask = (content: string): GenerateRequest['messages'] => [{ role: 'user', content }];
const counting = ask('Count from one to thirty in words, one number after the other.');

/** Collects all events of a generation. */
export async function collectEvents(
  model: LanguageModel,
  request: GenerateRequest,
  signal = new AbortController().signal,
): Promise<readonly GenerateEvent[]> {
  const events: GenerateEvent[] = [];
  for await (const event of model.generate(request, { signal })) events.push(event);
  return events;
}

/** Returns the text of a generation. */
export function textOf(events: readonly GenerateEvent[]): string {
  return events.map((event) => (event.type === 'text' ? event.text : '')).join('');
}

/** The conformance suite of language models. */
export const languageModelSuite: readonly SuiteCase<LanguageModelSubject>[] = [
  {
    name: 'streams text and ends with exactly one end',
    async run({ model }) {
      const events = await collectEvents(model, { messages: counting, maxTokens: 8, temperature: 0, seed: 1 });
      check(textOf(events).length > 0, 'no text came');
      checkEqual(events.filter((event) => event.type === 'end').length, 1, 'there must be one end');
      const last = events.at(-1);
      check(last?.type === 'end', 'the end must come last');
      check(last.usage.inputTokens > 0 && last.usage.outputTokens > 0, 'usage must count both directions');
    },
  },
  {
    name: 'sends started before the first text',
    async run({ model }) {
      const events = await collectEvents(model, { messages: counting, maxTokens: 4, temperature: 0 });
      const kinds = events.map((event) => event.type);
      check(
        kinds.includes('started') && kinds.indexOf('started') < kinds.indexOf('text'),
        `events came as ${kinds.join(' ')}`,
      );
    },
  },
  {
    name: 'stops at the token limit with the reason length',
    async run({ model }) {
      const end = (await collectEvents(model, { messages: counting, maxTokens: 3, temperature: 0 })).at(-1);
      check(end?.type === 'end' && end.finishReason === 'length', `ended as ${JSON.stringify(end)}`);
      check(end.usage.outputTokens <= 3, `wrote ${end.usage.outputTokens} tokens`);
    },
  },
  {
    name: 'gives the same text twice at temperature 0',
    async run({ model }) {
      const request: GenerateRequest = { messages: counting, maxTokens: 6, temperature: 0, seed: 7 };
      const first = textOf(await collectEvents(model, request));
      checkEqual(textOf(await collectEvents(model, request)), first, 'the texts differ');
    },
  },
  {
    name: 'ends before a stop string and leaves it out',
    async run({ model }) {
      const whole = textOf(await collectEvents(model, { messages: counting, maxTokens: 6, temperature: 0, seed: 7 }));
      const stop = whole.trim().slice(3, 6);
      const events = await collectEvents(model, {
        messages: counting,
        maxTokens: 6,
        temperature: 0,
        seed: 7,
        stop: [stop],
      });
      checkEqual(textOf(events), whole.slice(0, whole.indexOf(stop)), `the text must end before '${stop}'`);
      const end = events.at(-1);
      check(end?.type === 'end' && end.finishReason === 'stop', 'a stop string is the reason stop');
    },
  },
  {
    name: 'ends soon after the abort, as aborted',
    async run({ model }) {
      const controller = new AbortController();
      let abortedAt = 0;
      const run = async (): Promise<void> => {
        for await (const event of model.generate(
          { messages: counting, maxTokens: 1000, temperature: 0 },
          { signal: controller.signal },
        )) {
          if (event.type !== 'text' || controller.signal.aborted) continue;
          abortedAt = performance.now();
          controller.abort();
        }
      };
      await checkRejects(run(), 'aborted');
      // Even on a busy machine, generating this many words would take much longer.
      check(performance.now() - abortedAt < 10_000, 'the abort took more than ten seconds');
    },
  },
  {
    name: 'refuses a prompt that is longer than its context, and reports the counts',
    async run({ model }) {
      const messages = ask('word '.repeat(model.info.contextTokens + 10));
      try {
        await collectEvents(model, { messages, maxTokens: 4 });
      } catch (error) {
        check(error instanceof HeddleError && error.code === 'context_too_long', `threw ${String(error)}`);
        check(Number(error.details?.['inputTokens']) > model.info.contextTokens, 'details must have inputTokens');
        checkEqual(error.details?.['contextTokens'], model.info.contextTokens, 'details must have contextTokens');
        return;
      }
      throw new Error('the prompt was accepted');
    },
  },
  {
    name: 'counts the tokens that usage reports',
    async run({ model, counts = 'exact' }) {
      const counted = await model.countTokens(counting);
      if (counts === 'estimate') {
        const longer = await model.countTokens([...counting, ...counting]);
        check(counted > 0 && longer > counted, `counted ${counted}, and ${longer} for twice as much`);
        return;
      }
      const end = (await collectEvents(model, { messages: counting, maxTokens: 1, temperature: 0 })).at(-1);
      check(end?.type === 'end', 'no end');
      checkEqual(counted, end.usage.inputTokens, 'the counts differ');
    },
  },
  {
    name: 'writes JSON that fits the schema',
    async run({ model }) {
      if (!model.info.supports.schema) return;
      const schema = {
        type: 'object',
        properties: { city: { type: 'string', maxLength: 20 }, count: { type: 'integer', minimum: 0, maximum: 9 } },
        required: ['city', 'count'],
        additionalProperties: false,
      };
      const text = textOf(
        await collectEvents(model, {
          messages: ask('Name a city and a number as JSON.'),
          maxTokens: 60,
          temperature: 0,
          schema,
        }),
      );
      const parsed = JSON.parse(text) as { city: unknown; count: unknown };
      checkEqual(Object.keys(parsed).sort(), ['city', 'count'], 'the keys differ');
      check(typeof parsed.city === 'string' && Number.isInteger(parsed.count), `received ${text}`);
    },
  },
];
