import { defineNode, HeddleError, Json, stream, Text } from '@heddle/core';
import { z } from 'zod';
import { readRedactions } from './redact.node.js';
import { createRestoreStream } from '../redaction/restore-stream.js';
import { listOf } from '../fields/list-of.js';

export const restore = defineNode({
  type: 'restore',
  version: 1,
  category: 'safety',
  title: 'Restore',
  summary: 'Puts the values that a redact node removed back into an answer, on this machine.',
  icon: 'undo-2',
  keywords: listOf('unredact, unmask, deanonymise, deanonymize, reidentify, put back, reinsert, detokenize'),
  role: 'step',
  effects: [],
  help: `
Connect **redactions** of the **redact** node. Only placeholders of this redact node are replaced; others stay. The text gets the label of the removed values again.
`.trim(),
  config: z.object({}),
  inputs: { text: stream(Text).with({ title: 'Text' }), redactions: Json.with({ title: 'Redactions' }) },
  outputs: { text: Text },
  example: {
    config: {},
    inputs: {
      text: 'I wrote to <EMAIL_1>.',
      redactions: { values: { '<EMAIL_1>': 'ada@example.org' }, counts: { EMAIL: 1 } },
    },
    outputs: { text: 'I wrote to ada@example.org.' },
  },
  async *run({ inputs }) {
    const values = readRedactions(inputs.redactions);
    if (values === undefined)
      throw new HeddleError(
        'redaction_unknown',
        'The input redactions does not come from a redact node: connect its output redactions.',
      );
    const restoring = createRestoreStream({ values });
    let text = '';
    for await (const delta of inputs.text) {
      const part = restoring.push(delta);
      text += part;
      if (part !== '') yield { delta: part };
    }
    const rest = restoring.end();
    if (rest !== '') yield { delta: rest };
    return { text: text + rest };
  },
});
