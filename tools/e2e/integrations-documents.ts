/** A question that goes to the model which a stored policy chooses. */
export const routed = (policy: string): object => ({
  heddle: 2,
  name: 'Routed',
  nodes: {
    question: { type: 'input', version: 1, config: { fields: [{ name: 'question', type: 'text' }] } },
    pick: { type: 'route', version: 1, config: { policy } },
    answer: { type: 'fallback', version: 1, config: { models: ['office/small'] } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'text' }] } },
  },
  edges: [
    { from: 'question.question', to: 'pick.prompt' },
    { from: 'pick.decision', to: 'answer.route' },
    { from: 'question.question', to: 'answer.prompt' },
    { from: 'answer.text', to: 'reply.answer' },
  ],
});

/** Sends confidential data to a connection whose clearance is internal. */
export const exceeding: object = {
  heddle: 2,
  name: 'Too much',
  nodes: {
    question: {
      type: 'input',
      version: 1,
      config: { fields: [{ name: 'question', type: 'text', label: 'confidential' }] },
    },
    answer: { type: 'generate', version: 1, title: 'Ask outside', config: { model: 'office/small' } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'text' }] } },
  },
  edges: [
    { from: 'question.question', to: 'answer.prompt' },
    { from: 'answer.text', to: 'reply.answer' },
  ],
};

/** An agent with a calculator that uses the model of the connection. */
export const agentic: object = {
  heddle: 2,
  name: 'Agentic',
  nodes: {
    question: { type: 'input', version: 1, config: { fields: [{ name: 'question', type: 'text' }] } },
    agent: { type: 'agent', version: 1, config: { model: 'office/small', tools: [{ use: 'calculator' }] } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'text' }] } },
  },
  edges: [
    { from: 'question.question', to: 'agent.prompt' },
    { from: 'agent.text', to: 'reply.answer' },
  ],
};

/** One question to one model of the connection. */
export const direct: object = {
  heddle: 2,
  name: 'Direct',
  nodes: {
    question: { type: 'input', version: 1, config: { fields: [{ name: 'question', type: 'text' }] } },
    answer: { type: 'generate', version: 1, config: { model: 'office/small' } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'text' }] } },
  },
  edges: [
    { from: 'question.question', to: 'answer.prompt' },
    { from: 'answer.text', to: 'reply.answer' },
  ],
};
