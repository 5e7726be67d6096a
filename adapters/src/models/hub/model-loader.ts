import { type ModelCard } from '@heddle/core';
import { type Caller } from '../../child/create-caller.js';
import { untilAborted } from '../../child/until-aborted.js';
import { type HostSupervisor } from './host-supervisor.js';

interface LoaderOptions {
  readonly supervisor: HostSupervisor;
  readonly idleUnloadMs: number;
  /** The memory budget, which is checked at each load. */
  readonly memory: MemoryBudget;
  readonly load: (caller: Caller, card: ModelCard) => Promise<LoadedFacts>;
  readonly unload: (caller: Caller, id: string) => Promise<void>;
  readonly onChange: () => void;
}

/** Facts that are known only after a model is loaded. */
interface LoadedFacts {
  readonly memoryMb: number;
  readonly contextTokens?: number;
}

/** A memory budget that the loaders of all hosts share. */
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

/**
 * Manages the models in one host. A model is loaded at its first use, and unloaded when it is idle or when other models need the memory.
 */
export class ModelLoader {
  private readonly options: LoaderOptions;
  private readonly models = new Map<string, LoadedModel>();
  private readonly timer: NodeJS.Timeout;

  constructor(options: LoaderOptions) {
    this.options = options;
    this.timer = setInterval(
      () => {
        if (options.idleUnloadMs === 0) return;
        for (const [id, model] of this.models) {
          // If unloading fails, the child process has exited, and the model is gone too.
          if (model.inUse === 0 && performance.now() - model.lastUsed >= options.idleUnloadMs)
            void this.unload(id).catch(() => undefined);
        }
      },
      Math.min(15_000, Math.max(50, options.idleUnloadMs / 4)),
    );
    this.timer.unref();
    options.memory.loaders.add(this);
  }

  use<Value>(
    card: ModelCard,
    needMb: number,
    work: (caller: Caller, facts: LoadedFacts) => Promise<Value>,
    signal?: AbortSignal,
  ): Promise<Value> {
    return untilAborted(this.useNow(card, needMb, work, signal), signal);
  }

  loaded(): readonly {
    readonly card: ModelCard;
    readonly needMb: number;
    readonly inUse: number;
    readonly lastUsed: number;
  }[] {
    return [...this.models.values()];
  }

  /** Forgets all models because the child process has exited. */
  forget(): void {
    this.models.clear();
  }

  close(): void {
    clearInterval(this.timer);
    this.options.memory.loaders.delete(this);
  }

  async unload(id: string): Promise<void> {
    const model = this.models.get(id);
    if (model === undefined || !this.models.delete(id)) return;
    this.options.onChange();
    await this.options.unload(model.caller, id);
  }

  private async useNow<Value>(...[card, needMb, work, signal]: Parameters<typeof this.use<Value>>): Promise<Value> {
    const caller = await untilAborted(this.options.supervisor.caller(), signal);
    const known = this.models.get(card.id);
    const model = known?.caller === caller ? known : this.open(card, needMb, caller);
    model.inUse += 1;
    try {
      const value = await work(caller, await untilAborted(model.facts, signal));
      this.options.supervisor.succeeded();
      return value;
    } finally {
      model.inUse -= 1;
      model.lastUsed = performance.now();
    }
  }

  private open(card: ModelCard, needMb: number, caller: Caller): LoadedModel {
    const facts = makeRoom(this.options.memory, needMb).then(() => this.options.load(caller, card));
    const model: LoadedModel = { card, caller, facts, needMb, inUse: 0, lastUsed: performance.now() };
    this.models.set(card.id, model);
    facts.then(
      ({ memoryMb }) => {
        model.needMb = memoryMb;
        this.options.onChange();
      },
      () => {
        if (this.models.get(card.id) === model) this.models.delete(card.id);
      },
    );
    return model;
  }
}

/** Unloads idle models, those unused for longest first, until there is enough memory. Models in use stay. */
async function makeRoom({ limitMb, loaders }: MemoryBudget, needMb: number): Promise<void> {
  const all = [...loaders].flatMap((loader) => loader.loaded().map((model) => ({ loader, ...model })));
  let used = all.reduce((sum, model) => sum + model.needMb, 0);
  const idle = all.filter(({ inUse }) => inUse === 0).sort((left, right) => left.lastUsed - right.lastUsed);
  for (const { loader, card, needMb: freed } of idle) {
    if (used + needMb <= limitMb) return;
    await loader.unload(card.id).catch(() => undefined); // The child process has exited, so its memory is free.
    used -= freed;
  }
}
