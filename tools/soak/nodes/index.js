import { defineNode, Json, Text } from '@heddle/core';
import { z } from 'zod';
import { setTimeout as pause } from 'node:timers/promises';

/** Writes tokens at a steady pace; each tells when it was written, so that a watcher on the same machine knows how long it took. */
export const writeSteadily = defineNode({
  type: 'write-steadily',
  version: 1,
  category: 'model',
  title: 'Write steadily',
  summary: 'Writes tokens at a steady pace, as a model does.',
  role: 'step',
  effects: ['process'],
  config: z.object({
    tokens: z.int().min(1).default(500).meta({ title: 'Tokens' }),
    perSecond: z.number().min(0.1).default(50).meta({ title: 'Tokens a second' }),
    size: z.int().min(1).default(24).meta({ title: 'Characters a token' }),
  }),
  inputs: { value: Json },
  outputs: { text: Text },
  async *run({ config, context }) {
    let text = '';
    const begin = performance.now();
    for (let index = 0; index < config.tokens; index += 1) {
      const wait = begin + (index * 1000) / config.perSecond - performance.now();
      if (wait > 0) await pause(wait, undefined, { signal: context.signal });
      context.signal.throwIfAborted();
      const token = `${(performance.timeOrigin + performance.now()).toFixed(2)} `.padStart(config.size, '.');
      text += token;
      yield { port: 'text', delta: token };
    }
    return { text };
  },
});
