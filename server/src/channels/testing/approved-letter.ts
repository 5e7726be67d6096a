import type { WorkflowDocument } from '@heddle/core';

const text = (name: string) => ({ name, type: 'Text' });

/** A workflow that asks a person about a letter. */
export const approvedLetter: WorkflowDocument = {
  heddle: 2,
  name: 'Approved letter',
  nodes: {
    letter: { type: 'input', version: 1, config: { fields: [text('letter')] } },
    ask: { type: 'human-input', version: 1, config: { title: 'May it be sent?' } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'sent', type: 'Json' }, text('by')] } },
  },
  edges: [
    { from: 'letter.letter', to: 'ask.value' },
    { from: 'ask.approve', to: 'reply.sent' },
    { from: 'ask.by', to: 'reply.by' },
  ],
};
