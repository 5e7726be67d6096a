import { loadPeer } from './load.mjs';

export const packages = ['n8n-core'];
export const store = undefined;
export const noStore = 'its database belongs to the n8n server package, which stores executions, not each result';

export async function open(folder) {
  process.env.N8N_USER_FOLDER = folder;
  process.env.N8N_ENCRYPTION_KEY = 'bench';
  loadPeer('reflect-metadata');
  const { ExecutionLifecycleHooks, WorkflowExecute } = loadPeer('n8n-core');
  const { Workflow } = loadPeer('n8n-workflow');
  const typeOf = (inputs) => ({
    description: {
      displayName: 'Step',
      name: 'step',
      group: ['transform'],
      version: 1,
      description: '',
      defaults: { name: 'Step' },
      inputs,
      outputs: ['main'],
      properties: [],
    },
    async execute() {
      return [this.getInputData()];
    },
  });
  const workflowOf = (names, links, inputs) => {
    const types = { step: typeOf(['main']), join: typeOf(Array.from({ length: inputs }, () => 'main')) };
    const node = (name) => ({
      id: name,
      name,
      type: name === 'join' ? 'join' : 'step',
      typeVersion: 1,
      position: [0, 0],
      parameters: {},
    });
    const connections = {};
    for (const [from, to, index = 0] of links) {
      connections[from] ??= { main: [[]] };
      connections[from].main[0].push({ node: to, type: 'main', index });
    }
    const getByName = (name) => types[name];
    const nodeTypes = { getByName, getByNameAndVersion: getByName, getKnownTypes: () => ({}) };
    return new Workflow({
      id: 'bench',
      name: 'Bench',
      nodes: names.map(node),
      connections,
      active: false,
      nodeTypes,
      settings: {},
    });
  };
  const runner = (workflow, count) => async () => {
    const about = { id: 'bench', name: 'Bench', nodes: [], connections: {} };
    const additional = {
      hooks: new ExecutionLifecycleHooks('manual', '1', about),
      executionId: '1',
      credentialsHelper: {},
      variables: {},
      setExecutionStatus: () => undefined,
    };
    const result = await new WorkflowExecute(additional, 'manual').run({
      workflow,
      startNode: workflow.getNode('n0'),
    });
    const ran = Object.keys(result.data.resultData.runData).length;
    if (result.status !== 'success' || ran !== count) throw new Error(`it ended ${result.status} after ${ran} nodes`);
  };
  return {
    chain: (length) => {
      const names = Array.from({ length }, (_, index) => `n${index}`);
      return runner(
        workflowOf(
          names,
          names.slice(1).map((name, index) => [names[index], name]),
          1,
        ),
        length,
      );
    },
    fanOut: (width) => {
      const branches = Array.from({ length: width }, (_, index) => `n${index + 1}`);
      const links = branches.flatMap((name, index) => [
        ['n0', name],
        [name, 'join', index],
      ]);
      return runner(workflowOf(['n0', ...branches, 'join'], links, width), width + 2);
    },
  };
}
