import { availableParallelism, totalmem } from 'node:os';
import { type HubSettings } from '../sources/fetch-context.js';

/** What can be set about models; each has a default that fits the machine. */
export interface ModelSettings {
  /** Address of the model hub (HF_ENDPOINT). */
  readonly hubEndpoint?: string;
  /** Token of the model hub (HF_TOKEN). It never reaches a child process. */
  readonly hubToken?: string;
  /** Threads of generation. Default: cores - 1, at least 1. */
  readonly generateThreads?: number;
  /** Threads of embedding while nothing generates. Default: all cores. */
  readonly embedThreads?: number;
  /** Tokens that prompt and answer share, for one generation. Default 4,096, at most what the model can. */
  readonly contextTokens?: number;
  /** Generations of one model at the same time. Default 4. */
  readonly slots?: number;
  /** Generations that may wait for a slot. Default 32. */
  readonly queueLimit?: number;
  /** Milliseconds after which an unused model leaves the memory. Default 10 minutes; 0 keeps models for ever. */
  readonly idleUnloadMs?: number;
  /** Memory that loaded models may take together, in MB. Default: 70 % of the machine's. */
  readonly memoryMb?: number;
  /** Where llama.cpp computes. Default `auto`: a GPU whose runtime is installed, else the CPU. */
  readonly gpu?: 'auto' | 'cpu' | 'cuda' | 'vulkan' | 'metal';
  /** Milliseconds before a failed model host may be tried again. Default 30,000. */
  readonly hostCoolDownMs?: number;
}

export type ResolvedSettings = Required<Omit<ModelSettings, 'hubToken' | 'hubEndpoint'>> & {
  readonly hub: HubSettings;
};

/** Fills in the defaults. */
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

/** Where the hub writes what people may want to know later. */
export interface ModelLog {
  info(message: string, details?: Readonly<Record<string, unknown>>): void;
  warn(message: string, details?: Readonly<Record<string, unknown>>): void;
}
