import type { FoundEntity, GraphModel, Graphs, GraphStore } from '@heddle/core';

/** A prompt that the fake language model received. */
export interface AskedGraph {
  readonly system: string;
  readonly prompt: string;
}

/** Creates graphs with two fake models: `marker` finds capitalised names such as `ADA LOVELACE`, and `reader` answers with `reply`. */
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

/** Finds names: consecutive words in capitals are one name. */
export const namesInCapitals = (text: string): readonly FoundEntity[] =>
  [...text.matchAll(/\b[A-Z]{2,}(?: [A-Z]{2,})*\b/g)].map(([name]) => ({ name, type: 'person' }));
