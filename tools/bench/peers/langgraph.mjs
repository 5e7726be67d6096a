import { join } from 'node:path';
import { importPeer } from './load.mjs';

export const packages = ['@langchain/langgraph', '@langchain/langgraph-checkpoint-sqlite'];
export const store = 'its SQLite checkpointer, a thread a run';

export async function open(folder) {
  const { Annotation, END, START, StateGraph } = await importPeer('@langchain/langgraph');
  const State = Annotation.Root({ value: Annotation(), joined: Annotation() });
  const branch = Annotation.Root({
    value: Annotation(),
    joined: Annotation({ reducer: (known, added) => [...known, ...added], default: () => [] }),
  });
  const step = (state) => ({ value: state.value });
  const options = { recursionLimit: 1_000 };
  const graphOf = (length) => {
    const graph = new StateGraph(State);
    for (let index = 0; index < length; index += 1) graph.addNode(`n${index}`, step);
    graph.addEdge(START, 'n0');
    for (let index = 1; index < length; index += 1) graph.addEdge(`n${index - 1}`, `n${index}`);
    return graph.addEdge(`n${length - 1}`, END);
  };
  return {
    chain: (length) => {
      const app = graphOf(length).compile();
      return async () => expectValue(await app.invoke({ value: 'x' }, options));
    },
    fanOut: (width) => {
      const graph = new StateGraph(branch);
      graph.addNode('join', ({ joined }) => ({ value: String(joined.length) }));
      graph.addEdge('join', END);
      const names = Array.from({ length: width }, (_, index) => `n${index}`);
      for (const name of names) {
        graph.addNode(name, ({ value }) => ({ joined: [value] }));
        graph.addEdge(START, name);
      }
      graph.addEdge(names, 'join');
      const app = graph.compile();
      return async () => expectValue(await app.invoke({ value: 'x' }, options), String(width));
    },
    durable: async (length, work) => {
      const { SqliteSaver } = await importPeer('@langchain/langgraph-checkpoint-sqlite');
      const app = graphOf(length).compile({ checkpointer: SqliteSaver.fromConnString(join(folder, 'langgraph.db')) });
      let run = 0;
      return work(async () => {
        run += 1;
        expectValue(await app.invoke({ value: 'x' }, { ...options, configurable: { thread_id: `run-${run}` } }));
      });
    },
  };
}

function expectValue({ value }, wanted = 'x') {
  if (value !== wanted) throw new Error(`it gave ${value}, not ${wanted}`);
}
