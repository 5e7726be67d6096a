import { defineNode, HeddleError, Json, NumberPort, Text } from '@heddle/core';
import { z } from 'zod';

/** Counts words, estimates the reading time, and lets only short texts pass. */
export const readingTime = defineNode({
  type: 'example/reading-time',
  version: 1,
  category: 'data',
  title: 'Reading time',
  summary: 'Counts the words of a text and estimates the reading time.',
  icon: 'book-open',
  role: 'step',
  effects: [],
  headline: 'wordsPerMinute',
  help: `
Returns the number of **words** and the reading time in **minutes**. With a limit, the text leaves by **short** if the time
is within the limit, otherwise by **long**, so that the node works as a switch.

A text without words is \`input_empty\`.
`.trim(),

  // The zod schema is the form in the editor, the check in the compiler and the type of `config`.
  config: z.object({
    wordsPerMinute: z.number().min(50).max(1000).default(200).meta({ title: 'Words per minute' }),
    limitMinutes: z.number().min(0).default(0).meta({ title: 'Limit in minutes', description: '0: no limit.' }),
  }),

  inputs: { text: Text },
  outputs: { words: NumberPort, minutes: NumberPort, longest: Json },

  // Ports can follow from the config. An output that `run` leaves out is dropped, so this node routes.
  ports: ({ limitMinutes }) => ({ outputs: limitMinutes > 0 ? { short: Text, long: Text } : {} }),

  example: {
    config: { wordsPerMinute: 60 },
    inputs: { text: 'A loom holds the warp while the weft is woven in.' },
    outputs: { words: 11, minutes: 0.2, longest: ['holds', 'while', 'woven'] },
  },

  run({ config, inputs, context }) {
    const words = inputs.text.match(/[\p{L}\p{N}'’-]+/gu) ?? [];
    if (words.length === 0) {
      throw new HeddleError('input_empty', 'The text has no words: connect a text with words.');
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
