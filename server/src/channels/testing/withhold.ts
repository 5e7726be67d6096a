import { defineNode, stream, Text } from '@heddle/core';
import { z } from 'zod';

/** A small moderator for tests: it passes text on one word behind, and ends it before a blocked word. */
export const withhold = defineNode({
  type: 'withhold',
  version: 1,
  category: 'data',
  title: 'Withhold',
  summary: 'Ends a text before a blocked word.',
  role: 'step',
  effects: [],
  config: z.object({ word: z.string().meta({ title: 'Word' }) }),
  inputs: { text: stream(Text) },
  outputs: { text: Text },
  async *run({ config, inputs }) {
    let held = '';
    let text = '';
    const pass = (delta: string) => {
      text += delta;
      return { port: 'text', delta };
    };
    for await (const delta of inputs.text) {
      held += delta;
      if (held.includes(config.word)) {
        yield pass(held.slice(0, held.indexOf(config.word)));
        return { text };
      }
      const safe = Math.max(0, held.length - config.word.length);
      if (safe > 0) yield pass(held.slice(0, safe));
      held = held.slice(safe);
    }
    yield pass(held);
    return { text };
  },
});
