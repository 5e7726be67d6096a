import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { HeddleError, type GenerateEvent, type LanguageModel } from '@heddle/core';
import { collectEvents, textOf } from '@heddle/core/testing';
import { canary, connectionTo, openHub } from './__fixtures__/open-hub.js';
import { startProviderDouble, type ProviderDouble } from './__fixtures__/provider-double.js';
import type { WireFormat } from './__fixtures__/wire-formats.js';

const patient = { connectMs: 30_000, idleMs: 30_000, totalMs: 60_000 };
const folder = join(import.meta.dirname, '__fixtures__', 'replies');
const read = (name: string): Buffer => readFileSync(join(folder, name));
const formatOf = (name: string): WireFormat =>
  (['anthropic', 'google', 'responses'] as const).find((format) => name.startsWith(format)) ?? 'openai';

/** The comparable part of the events: no times. */
function received(events: readonly GenerateEvent[]) {
  const end = events.at(-1);
  return {
    text: textOf(events),
    reasoning: events.map((event) => (event.type === 'reasoning' ? event.text : '')).join(''),
    calls: events.flatMap((event) =>
      event.type === 'tool-call' ? [[event.name, JSON.parse(event.arguments) as unknown]] : [],
    ),
    finish: end?.type === 'end' ? end.finishReason : undefined,
    usage:
      end?.type === 'end'
        ? [end.usage.inputTokens, end.usage.outputTokens, end.usage.cachedTokens, end.usage.reasoningTokens]
        : undefined,
  };
}

const calls = [
  ['weather', { city: 'Zürich' }],
  ['time', {}],
];
const expected: Readonly<Record<string, Partial<ReturnType<typeof received>>>> = {
  'openai-text.sse': { text: 'Zürich 🌦️ is wet.', finish: 'stop', usage: [1117, 46, 1024, 32] },
  'openai-tools.sse': { text: '', calls, finish: 'tool-calls', usage: [1117, 46, 1024, 32] },
  'compatible-odd-tools.sse': {
    reasoning: 'Let me see.',
    calls: [
      ['weather', { city: 'Bern' }],
      ['time', {}],
    ],
    finish: 'tool-calls',
  },
  'anthropic-text.sse': { text: 'Zürich 🌦️ is wet.', reasoning: 'Rain?', finish: 'stop' },
  'anthropic-tools.sse': { text: 'I look.', calls, finish: 'tool-calls' },
  'responses-tools.sse': {
    text: 'I look 🌦️.',
    reasoning: 'Rain?\n\nYes.',
    calls,
    finish: 'tool-calls',
    usage: [1117, 46, 1024, 32],
  },
  'google-text.sse': { text: 'Zürich 🌦️ is wet.', reasoning: 'Rain?', finish: 'stop', usage: [1117, 46, 1024, 32] },
  'google-tools.sse': { calls, finish: 'tool-calls', usage: [1117, 46, 1024, 32] },
};

describe('recorded replies', () => {
  let double: ProviderDouble;
  const start = async (name: string): Promise<LanguageModel> => {
    double = await startProviderDouble(formatOf(name), canary);
    return openHub(connectionTo(double.address, formatOf(name), { attempts: 1, timeouts: patient })).languageModel(
      'double/double',
    );
  };
  afterEach(() => double.close());
  const ask = (model: LanguageModel) => collectEvents(model, { messages: [{ role: 'user', content: 'Weather?' }] });
  const serve = (bytes: Uint8Array, isCut = false): void => {
    double.script = () => ({ type: 'text/event-stream', bytes, isCut });
  };

  it('has an expectation for every file', async () => {
    await start('openai');
    expect(readdirSync(folder).sort()).toEqual(Object.keys(expected).sort());
  });

  for (const [name, what] of Object.entries(expected)) {
    it(`${name} is read as expected`, async () => {
      const model = await start(name);
      serve(read(name));
      expect(received(await ask(model))).toMatchObject(what);
    });

    it(`${name} is never a success when it ends before its finish, cleanly or not`, async () => {
      const whole = read(name);
      const format = formatOf(name);
      const mark = {
        openai: 'finish_reason":"',
        responses: 'event: response.completed',
        anthropic: 'stop_reason',
        google: 'finishReason',
      }[format];
      const finishAt = whole.lastIndexOf(mark);
      expect(finishAt).toBeGreaterThan(100);
      await start(name);
      // The name of the model says at which byte its reply ends, so that many calls can run at once.
      double.script = ({ path, body }) => {
        const [, how, at] = /end-(cut|clean)-(\d+)/.exec(`${path} ${String(body.model)}`)!;
        return { type: 'text/event-stream', bytes: whole.subarray(0, Number(at)), isCut: how === 'cut' };
      };
      const check = async (how: 'cut' | 'clean', at: number): Promise<string | undefined> => {
        const hub = openHub(connectionTo(double.address, format, { attempts: 1, timeouts: patient }));
        const outcome = await ask(await hub.languageModel(`double/end-${how}-${at}`)).catch((error: unknown) => error);
        if (outcome instanceof HeddleError && outcome.code === 'stream_incomplete') return undefined;
        const { finish, calls: given } = Array.isArray(outcome)
          ? received(outcome)
          : { finish: String(outcome), calls: [] };
        return finish === 'incomplete' && given.length === 0
          ? undefined
          : `${how} at ${at}: ${JSON.stringify(outcome)}`;
      };
      const wrong: (string | undefined)[] = [];
      const positions = endings(whole, finishAt);
      for (let at = 0; at < positions.length; at += 8) {
        const bytes = positions.slice(at, at + 8);
        wrong.push(...(await Promise.all(bytes.flatMap((byte) => [check('clean', byte), check('cut', byte)]))));
      }
      expect(wrong).toHaveLength(positions.length * 2);
      expect(wrong.filter((entry) => entry !== undefined).slice(0, 3)).toEqual([]);
    }, 180_000);
  }
});

/** Where replies end: around every border of events, inside every character of several bytes, and at every sixteenth byte. */
function endings(whole: Buffer, before: number): readonly number[] {
  const positions = new Set<number>();
  for (let at = 0; at < before; at += 1) {
    const isInsideSign = (whole[at]! & 0xc0) === 0x80;
    const isBorder = whole[at] === 10 && (whole[at - 1] === 10 || whole[at - 2] === 10);
    if (isInsideSign || at % 16 === 0) positions.add(at);
    if (isBorder) for (const near of [-2, -1, 0, 1, 2, 7]) positions.add(at + near);
  }
  return [...positions].filter((at) => at >= 0 && at < before);
}
