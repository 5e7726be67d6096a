import { join } from 'node:path';
import { importPeer } from './load.mjs';

export const packages = ['@mastra/core', '@mastra/libsql'];
export const store = 'its libSQL storage in a file';

export async function open(folder) {
  const { createStep, createWorkflow } = await importPeer('@mastra/core/workflows');
  const { z } = await importPeer('zod');
  const Value = z.object({ value: z.string() });
  const step = (id) =>
    createStep({
      id,
      inputSchema: Value,
      outputSchema: Value,
      execute: async ({ inputData }) => ({ value: inputData.value }),
    });
  const chainOf = (length) => {
    let workflow = createWorkflow({ id: `chain-${length}`, inputSchema: Value, outputSchema: Value });
    for (let index = 0; index < length; index += 1) workflow = workflow.then(step(`n${index}`));
    return workflow.commit();
  };
  const runner = (workflow) => async () => {
    const run = await workflow.createRun();
    const { status, error } = await run.start({ inputData: { value: 'x' } });
    if (status !== 'success') throw new Error(`it ended ${status}: ${error}`);
  };
  return {
    chain: (length) => runner(chainOf(length)),
    fanOut: (width) => {
      const join = createStep({
        id: 'join',
        inputSchema: z.any(),
        outputSchema: Value,
        execute: async ({ inputData }) => ({ value: String(Object.keys(inputData).length) }),
      });
      const workflow = createWorkflow({ id: 'fan-out', inputSchema: Value, outputSchema: Value })
        .parallel(Array.from({ length: width }, (_, index) => step(`n${index}`)))
        .then(join)
        .commit();
      return runner(workflow);
    },
    durable: async (length, work) => {
      const { Mastra } = await importPeer('@mastra/core/mastra');
      const { LibSQLStore } = await importPeer('@mastra/libsql');
      const mastra = new Mastra({
        workflows: { chain: chainOf(length) },
        storage: new LibSQLStore({ id: 'bench', url: `file:${join(folder, 'mastra.db')}` }),
        logger: false,
      });
      return work(runner(mastra.getWorkflow('chain')));
    },
  };
}
