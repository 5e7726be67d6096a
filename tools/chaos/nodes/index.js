import { defineNode, Json, Text } from '@heddle/core';
import { z } from 'zod';

/** Asks a person for a word and gives it on. */
export const requestPerson = defineNode({
  type: 'ask-person',
  version: 1,
  category: 'human',
  title: 'Ask a person',
  summary: 'Asks a person for a word.',
  role: 'step',
  effects: ['human'],
  config: z.object({ title: z.string().default('Which word?').meta({ title: 'Question' }) }),
  inputs: { value: Json },
  outputs: { word: Text },
  async run({ config, context }) {
    const answer = await context.requestInput('word', {
      title: config.title,
      schema: { type: 'object', properties: { word: { type: 'string' } }, required: ['word'] },
    });
    return { word: answer.type === 'answered' ? String(answer.value.word) : 'nobody answered' };
  },
});
