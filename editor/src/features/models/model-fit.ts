import type { ModelMachine, ModelState } from '@heddle/core';
import { formatBytes } from '../../ui/format/format-bytes.js';

interface ModelFit {
  /** Undefined if the model's size is unknown. */
  readonly fits: boolean | undefined;
  readonly text: string;
}

const megabytes = (count: number): string => formatBytes(count * 2 ** 20);

/**
 * Compares the memory that a model needs with the memory that models may use here. Undefined if the server does not describe its machine.
 */
export function fitOf({ needMb }: Pick<ModelState, 'needMb'>, machine: ModelMachine | undefined): ModelFit | undefined {
  if (machine === undefined) return undefined;
  const { limitMb, memoryMb } = machine;
  if (needMb === undefined)
    return { fits: undefined, text: 'Its card states no size: whether it fits is known after the download.' };
  if (needMb <= limitMb)
    return {
      fits: true,
      text: `Fits this machine: about ${megabytes(needMb)} of the ${megabytes(limitMb)} for models.`,
    };
  const reason =
    needMb > memoryMb
      ? `this machine has ${megabytes(memoryMb)} of memory`
      : `models may use ${megabytes(limitMb)} of ${megabytes(memoryMb)}`;
  return { fits: false, text: `Does not fit this machine: it needs about ${megabytes(needMb)}, and ${reason}.` };
}

const gpus = { cuda: 'NVIDIA GPU (CUDA)', vulkan: 'GPU (Vulkan)', metal: 'Apple GPU (Metal)' } as const;

/** Describes in a sentence what this machine has for models. */
export function machineText({ memoryMb, limitMb, gpu, usesGpu }: ModelMachine): string {
  const device =
    gpu === undefined
      ? 'no GPU that models can use'
      : usesGpu
        ? `models compute on the ${gpus[gpu]}`
        : `${gpus[gpu]} found, but models do not use it: its runtime is not installed, or the settings choose the CPU`;
  return `This machine: ${megabytes(memoryMb)} of memory, ${megabytes(limitMb)} for models; ${device}.`;
}

/** The speed of a model, as measured on this machine. */
export function speedText({ speed, card }: Pick<ModelState, 'speed' | 'card'>): string {
  if (speed === undefined) return 'not measured yet';
  const verb = card.kind === 'generate' ? '' : ' read';
  return `${speed.tokensPerSecond.toLocaleString(undefined, { maximumFractionDigits: speed.tokensPerSecond < 10 ? 1 : 0 })} tokens/s${verb}`;
}
