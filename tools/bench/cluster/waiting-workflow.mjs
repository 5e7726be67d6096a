const text = (type) => ({ type, version: 1, config: { fields: [{ name: 'text', type: 'Text' }] } });

/** Makes a workflow with `count` nodes in a row that wait `ms` milliseconds each. A waiting node occupies a slot, as a model call does. */
export function waiting(count, ms) {
  const nodes = { question: text('input'), reply: text('output') };
  const edges = [];
  for (let index = 0; index < count; index += 1) {
    nodes[`wait${index}`] = { type: 'write-steadily', version: 1, config: { tokens: 2, perSecond: 1000 / ms } };
    edges.push({ from: index === 0 ? 'question.text' : `wait${index - 1}.text`, to: `wait${index}.value` });
  }
  edges.push({ from: `wait${count - 1}.text`, to: 'reply.text' });
  return { heddle: 2, name: `Waiting ${count} times ${ms} ms`, nodes, edges };
}
