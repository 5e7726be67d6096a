import { type ModelCard } from '@heddle/core';
import { type Caller } from '../../child/create-caller.js';
import { untilAborted } from '../../child/until-aborted.js';
import { type HostSupervisor } from './host-supervisor.js';

export interface LoaderOptions {
  readonly supervisor: HostSupervisor;
  readonly idleUnloadMs: number;
  /** Room that models may take together; asked again at each load. */
  readonly memory: MemoryBudget;
  /** Opens a model in the child; its result is kept beside the model. */
  readonly load: (caller: Caller, card: ModelCard) => Promise<LoadedFacts>;
  readonly unload: (caller: Caller, id: string) => Promise<void>;
  readonly onChange: () => void;
}

/** What is known of a model once it is open. */
export interface LoadedFacts {
  readonly memoryMb: number;
  readonly contextTokens?: number;
}

/** A budget that the loaders of all hosts share. */
export interface MemoryBudget {
  readonly limitMb: number;
  readonly loaders: Set<ModelLoader>;
}

interface LoadedModel {
  readonly card: ModelCard;
  readonly caller: Caller;
  readonly facts: Promise<LoadedFacts>;
  needMb: number;
  inUse: number;
  lastUsed: number;
}

/** The models that are open in one host: opened at their first use, closed when idle or when others need the room. */
export interface ModelLoader {
  use<Value>(
    card: ModelCard,
    needMb: number,
    work: (caller: Caller, facts: LoadedFacts) => Promise<Value>,
    /**
     * Ends the waiting for the host, the model and the work, because a busy host may take seconds to agree. Host and
     * model are opened all the same, for the next caller, and the model is in use until the work has ended.
     */
    signal?: AbortSignal,
  ): Promise<Value>;
  loaded(): readonly {
    readonly card: ModelCard;
    readonly needMb: number;
    readonly inUse: number;
    readonly lastUsed: number;
  }[];
  unload(id: string): Promise<void>;
  /** Forgets everything: the child is gone. */
  forget(): void;
  close(): void;
}

export function createModelLoader(options: LoaderOptions): ModelLoader {
  const models = new Map<string, LoadedModel>();
  const unload = async (id: string): Promise<void> => {
    const model = models.get(id);
    if (model === undefined || !models.delete(id)) return;
    options.onChange();
    await options.unload(model.caller, id);
  };
  const open = (card: ModelCard, needMb: number, caller: Caller): LoadedModel => {
    const facts = makeRoom(options.memory, needMb).then(() => options.load(caller, card));
    const model: LoadedModel = { card, caller, facts, needMb, inUse: 0, lastUsed: performance.now() };
    models.set(card.id, model);
    facts.then(
      ({ memoryMb }) => {
        model.needMb = memoryMb;
        options.onChange();
      },
      () => {
        if (models.get(card.id) === model) models.delete(card.id);
      },
    );
    return model;
  };
  const timer = setInterval(
    () => {
      if (options.idleUnloadMs === 0) return;
      for (const [id, model] of models) {
        // An unload that fails means that the child is gone, and the model with it.
        if (model.inUse === 0 && performance.now() - model.lastUsed >= options.idleUnloadMs)
          void unload(id).catch(() => undefined);
      }
    },
    Math.min(15_000, Math.max(50, options.idleUnloadMs / 4)),
  );
  timer.unref();
  const useNow: ModelLoader['use'] = async (card, needMb, work, signal) => {
    const caller = await untilAborted(options.supervisor.caller(), signal);
    const known = models.get(card.id);
    const model = known?.caller === caller ? known : open(card, needMb, caller);
    model.inUse += 1;
    try {
      const value = await work(caller, await untilAborted(model.facts, signal));
      options.supervisor.succeeded();
      return value;
    } finally {
      model.inUse -= 1;
      model.lastUsed = performance.now();
    }
  };
  const loader: ModelLoader = {
    use: (card, needMb, work, signal) => untilAborted(useNow(card, needMb, work, signal), signal),
    loaded: () => [...models.values()],
    unload,
    forget: () => models.clear(),
    close() {
      clearInterval(timer);
      options.memory.loaders.delete(loader);
    },
  };
  options.memory.loaders.add(loader);
  return loader;
}

/** Closes idle models, the longest unused first, until there is room. What is in use stays. */
async function makeRoom({ limitMb, loaders }: MemoryBudget, needMb: number): Promise<void> {
  const all = [...loaders].flatMap((loader) => loader.loaded().map((model) => ({ loader, ...model })));
  let used = all.reduce((sum, model) => sum + model.needMb, 0);
  const idle = all.filter(({ inUse }) => inUse === 0).sort((left, right) => left.lastUsed - right.lastUsed);
  for (const { loader, card, needMb: freed } of idle) {
    if (used + needMb <= limitMb) return;
    await loader.unload(card.id).catch(() => undefined); // the child is gone, and its memory with it
    used -= freed;
  }
}
