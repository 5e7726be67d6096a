import type { FoundEntity, GraphModel, Graphs, GraphStore } from '@heddle/core';

/** What a fake language model was asked. */
export interface AskedGraph {
  readonly system: string;
  readonly prompt: string;
}

/** Graphs with two models: `marker` marks words in capitals, such as `ADA LOVELACE`, and `reader` answers as `reply` says. */
export function createFakeGraphs(
  store: GraphStore,
  reply: (asked: AskedGraph) => string | Promise<string> = () => '{}',
) {
  const asked: AskedGraph[] = [];
  const marked: string[] = [];
  const current = { clearance: 'restricted' as 'public' | 'restricted', isLocal: true };
  const destination = () => ({ name: 'reader', clearance: current.clearance, isLocal: current.isLocal });
  const model = (id: string): GraphModel =>
    id === 'marker'
      ? {
          kind: 'names',
          destination: { ...destination(), isLocal: true },
          contextTokens: 512,
          names: async (texts) => {
            marked.push(...texts);
            return texts.map(namesInCapitals);
          },
        }
      : {
          kind: 'language',
          destination: destination(),
          contextTokens: 4_000,
          write: async (prompt) => {
            asked.push(prompt);
            return reply(prompt);
          },
        };
  const graphs: Graphs = { store, describe: async (id) => model(id), model: async (_collection, id) => model(id) };
  return { graphs, asked, marked, current };
}

/** Words in capitals that stand together are one name. */
export const namesInCapitals = (text: string): readonly FoundEntity[] =>
  [...text.matchAll(/\b[A-Z]{2,}(?: [A-Z]{2,})*\b/g)].map(([name]) => ({ name, type: 'person' }));
