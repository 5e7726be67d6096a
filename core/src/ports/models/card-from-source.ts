import type { z } from 'zod';
import type { ModelCard } from './models.js';

interface OwnModel {
  readonly id: string;
  readonly kind: ModelCard['kind'];
  /** Sources of the weights, tried in order, such as `hf:OWNER/REPO@REVISION/model.gguf` or `file:/models/model.gguf`. */
  readonly sources: readonly string[];
  readonly contextTokens?: number;
  /** For a LoRA adapter: the model that it extends. */
  readonly baseModel?: string;
  readonly licence?: string;
}

/**
 * Creates the catalogue entry for a model that a user adds. Facts that the source does not reveal are marked as unknown.
 *
 * @example const card = ModelCard.safeParse(cardFromSource({ id: 'mine', kind: 'generate', sources: ['file:/models/mine.gguf'] }));
 */
export function cardFromSource(own: OwnModel): z.input<typeof ModelCard> {
  const { id, kind, sources, contextTokens, baseModel, licence } = own;
  const name = sources[0]?.split(/[/\\]/).at(-1) ?? '';
  const isGguf = name.toLowerCase().endsWith('.gguf');
  return {
    id,
    title: id,
    kind,
    runtime: isGguf ? 'llama' : 'onnx',
    format: isGguf ? 'gguf' : 'onnx',
    summary: 'Added by a user.',
    publisher: 'unknown',
    licence: licence ?? 'unknown',
    use: 'See the licence of the publisher.',
    files: [{ role: kind === 'lora' ? 'adapter' : 'weights', name, sources: [...sources] }],
    contextTokens: contextTokens ?? (kind === 'embed' ? 512 : 4096),
    languages: [],
    baseModel,
  };
}
