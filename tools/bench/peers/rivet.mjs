import { importPeer } from './load.mjs';

export const packages = ['@ironclad/rivet-node'];
export const store = undefined;
export const noStore = 'none: a graph is run from its start';

export async function open() {
  const { graphInputNode, graphOutputNode, passthroughNode, runGraph } = await importPeer('@ironclad/rivet-node');
  const create = (definition, id, data) => {
    const node = definition.impl.create();
    node.id = id;
    Object.assign(node.data, data);
    return node;
  };
  const link = (outputNodeId, outputId, inputNodeId, inputId) => ({ outputNodeId, outputId, inputNodeId, inputId });
  const runner = (nodes, connections) => {
    const all = [
      create(graphInputNode, 'in', { id: 'value', dataType: 'string' }),
      ...nodes,
      create(graphOutputNode, 'out', { id: 'value', dataType: 'string' }),
    ];
    const project = {
      metadata: { id: 'bench', title: 'Bench', description: '', mainGraphId: 'graph' },
      graphs: { graph: { metadata: { id: 'graph', name: 'graph', description: '' }, nodes: all, connections } },
      plugins: [],
    };
    return async () => {
      const inputs = { value: { type: 'string', value: 'x' } };
      const { value } = await runGraph(project, { graph: 'graph', inputs, context: {}, openAiKey: '' });
      if (value?.value !== 'x') throw new Error('the value was lost');
    };
  };
  return {
    chain: (length) =>
      runner(
        Array.from({ length }, (_, index) => create(passthroughNode, `n${index}`)),
        [
          ...Array.from({ length }, (_, index) =>
            index === 0 ? link('in', 'data', 'n0', 'input1') : link(`n${index - 1}`, 'output1', `n${index}`, 'input1'),
          ),
          link(`n${length - 1}`, 'output1', 'out', 'value'),
        ],
      ),
    fanOut: (width) =>
      runner(
        [
          ...Array.from({ length: width }, (_, index) => create(passthroughNode, `n${index}`)),
          create(passthroughNode, 'join'),
        ],
        [
          ...Array.from({ length: width }, (_, index) => [
            link('in', 'data', `n${index}`, 'input1'),
            link(`n${index}`, 'output1', 'join', `input${index + 1}`),
          ]).flat(),
          link('join', 'output1', 'out', 'value'),
        ],
      ),
  };
}
