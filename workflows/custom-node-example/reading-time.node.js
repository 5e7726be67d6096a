import { defineNode, HeddleError, Json, Number, Text } from '@heddle/core';
import { z } from 'zod';

/** Counts words and tells how long reading takes; lets a text through only where it is short enough. */
export const readingTime = defineNode({
  type: 'example/reading-time',
  version: 1,
  category: 'data',
  title: 'Reading time',
  summary: 'Counts the words of a text and tells how long reading it takes.',
  icon: 'book-open',
  role: 'step',
  effects: [],
  headline: 'wordsPerMinute',
  help: `
Gives the number of **words** and the **minutes** that reading takes. With a limit, the text leaves by **short** when it
takes at most that long, else by **long**, so that the node works as a switch.

A text without a word is \`input_empty\`.
`.trim(),

  // One zod schema is the form in the editor, the check in the compiler and the type of `config`.
  config: z.object({
    wordsPerMinute: z.number().min(50).max(1000).default(200).meta({ title: 'Words a minute' }),
    limitMinutes: z.number().min(0).default(0).meta({ title: 'Limit in minutes', description: '0: no limit.' }),
  }),

  inputs: { text: Text },
  outputs: { words: Number, minutes: Number, longest: Json },

  // Outputs that follow from the config: a port that `run` leaves out is not taken, so this node routes.
  ports: ({ limitMinutes }) => ({ outputs: limitMinutes > 0 ? { short: Text, long: Text } : {} }),

  example: {
    config: { wordsPerMinute: 60 },
    inputs: { text: 'A loom holds the warp while the weft is woven in.' },
    outputs: { words: 11, minutes: 0.2, longest: ['holds', 'while', 'woven'] },
  },

  run({ config, inputs, context }) {
    const words = inputs.text.match(/[\p{L}\p{N}'’-]+/gu) ?? [];
    if (words.length === 0) {
      throw new HeddleError('input_empty', 'The text has no words: connect a text that holds some.');
    }
    const minutes = Math.round((words.length / config.wordsPerMinute) * 10) / 10;
    const longest = Math.max(...words.map((word) => word.length));
    context.log.info(`${words.length} words, ${minutes} minutes`);
    return {
      words: words.length,
      minutes,
      longest: [...new Set(words.filter((word) => word.length === longest))],
      ...(config.limitMinutes === 0 ? {} : { [minutes <= config.limitMinutes ? 'short' : 'long']: inputs.text }),
    };
  },
});
