import { importPeer } from './load.mjs';

export const packages = ['@llamaindex/workflow-core'];
export const store = undefined;
export const noStore = 'none: events live in memory';

export async function open() {
  const { createWorkflow, workflowEvent } = await importPeer('@llamaindex/workflow-core');
  return {
    chain: (length) => {
      const events = Array.from({ length: length + 1 }, () => workflowEvent());
      const workflow = createWorkflow();
      for (let index = 0; index < length; index += 1)
        workflow.handle([events[index]], (_context, { data }) => events[index + 1].with(data));
      return async () => {
        const { stream, sendEvent } = workflow.createContext();
        sendEvent(events[0].with('x'));
        const all = await stream.until(events[length]).toArray();
        if (all.at(-1)?.data !== 'x') throw new Error('the value was lost');
      };
    },
    fanOut: (width) => {
      const start = workflowEvent();
      const done = workflowEvent();
      const joined = workflowEvent();
      const branches = Array.from({ length: width }, () => workflowEvent());
      const workflow = createWorkflow();
      let arrived = 0;
      workflow.handle([start], ({ sendEvent }, { data }) => {
        for (const branch of branches) sendEvent(branch.with(data));
      });
      for (const branch of branches) workflow.handle([branch], (_context, { data }) => done.with(data));
      workflow.handle([done], () => {
        arrived += 1;
        return arrived === width ? joined.with(String(arrived)) : undefined;
      });
      return async () => {
        const { stream, sendEvent } = workflow.createContext();
        arrived = 0;
        sendEvent(start.with('x'));
        const all = await stream.until(joined).toArray();
        if (all.at(-1)?.data !== String(width)) throw new Error('a branch was lost');
      };
    },
  };
}
