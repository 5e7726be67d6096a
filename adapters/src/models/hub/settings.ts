import { availableParallelism, totalmem } from 'node:os';
import { type HubSettings } from '../sources/fetch-context.js';

/** The settings of local models. Each has a default that fits the machine. */
export interface ModelSettings {
  readonly hubEndpoint?: string;
  /** The token for the model hub (HF_TOKEN). It is never passed to a child process. */
  readonly hubToken?: string;
  /** Threads for generation. Default: cores - 1, at least 1. */
  readonly generateThreads?: number;
  /** Threads for embedding while nothing is being generated. Default: all cores. */
  readonly embedThreads?: number;
  /** The tokens of prompt and answer together, for one generation. Default 4,096; at most what the model supports. */
  readonly contextTokens?: number;
  /** Generations of a model at the same time. Default 4. */
  readonly slots?: number;
  /** Generations that may wait for a slot. Default 32. */
  readonly queueLimit?: number;
  /** An unused model is unloaded after this many milliseconds. Default 10 minutes; 0 keeps models loaded for ever. */
  readonly idleUnloadMs?: number;
  /** The memory of all loaded models together, in MB. Default: 70 % of the machine's. */
  readonly memoryMb?: number;
  /** The device for llama.cpp. Default `auto`: a GPU with an installed runtime, else the CPU. */
  readonly gpu?: 'auto' | 'cpu' | 'cuda' | 'vulkan' | 'metal';
  /** Milliseconds after which a failed model host may be started again. Default 30,000. */
  readonly hostCoolDownMs?: number;
}

export type ResolvedSettings = Required<Omit<ModelSettings, 'hubToken' | 'hubEndpoint'>> & {
  readonly hub: HubSettings;
};

export function resolveSettings(settings: ModelSettings): ResolvedSettings {
  const cores = availableParallelism();
  return {
    generateThreads: settings.generateThreads ?? Math.max(1, cores - 1),
    embedThreads: settings.embedThreads ?? cores,
    contextTokens: settings.contextTokens ?? 4096,
    slots: settings.slots ?? 4,
    queueLimit: settings.queueLimit ?? 32,
    idleUnloadMs: settings.idleUnloadMs ?? 600_000,
    memoryMb: settings.memoryMb ?? Math.floor((totalmem() / 2 ** 20) * 0.7),
    gpu: settings.gpu ?? 'auto',
    hostCoolDownMs: settings.hostCoolDownMs ?? 30_000,
    hub: {
      endpoint: settings.hubEndpoint ?? 'https://huggingface.co',
      token: settings.hubToken,
      answerMs: 3000,
      idleMs: 30_000,
    },
  };
}

/** The log of the hub. */
export interface ModelLog {
  info(message: string, details?: Readonly<Record<string, unknown>>): void;
  warn(message: string, details?: Readonly<Record<string, unknown>>): void;
}
